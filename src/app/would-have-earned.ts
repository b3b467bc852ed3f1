/** What somebody who has not joined would have earned by what they bought: a reason to join, told and never posted. */

import { isPurchase, moneyTime } from '../core/decide-payment.ts'
import { derivePayment } from '../core/derive-payment.ts'
import { evaluate } from '../core/earning.ts'
import { type Context, done, findMember, noMember } from './context.ts'
import type { App } from './ports.ts'

/** Nobody buys so often without joining: beyond it the newest purchases are told. */
const PAYMENTS_LIMIT = 1_000

export const createWouldHaveEarned = (context: Context): Pick<App, 'wouldHaveEarned'> => ({
  wouldHaveEarned: (ref) =>
    context.read((tx) => {
      const found = findMember(tx, ref)
      if (found === null || found.status === 'erased') return noMember()
      const { current: program } = context.programsIn(tx)
      let points = 0
      for (const payment of tx.paymentsOf(found.id).slice(-PAYMENTS_LIMIT)) {
        const derived = derivePayment(payment.parts)
        if (payment.eligible === true || payment.parts.account !== null || !isPurchase(derived)) continue
        const buyer = { segment: null, member: null, at: moneyTime(derived, payment) }
        const { earned } = evaluate(program, derived, payment.parts, null, buyer)
        points += earned.reduce((sum, one) => sum + (one.waitsForItems ? 0 : one.points), 0)
      }
      return done(points)
    }),
})
