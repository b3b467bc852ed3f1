// Stripe's past through the real processes: backfill, Ctrl-C and going on, reconcile, setup.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCliIn, spawnCli, startStripe } from '../support/cli-process.ts'
import { plain } from '../support/programs.ts'
import { newFolder, removeFolder } from '../support/server.ts'
import { charge } from '../support/stripe-objects.ts'

const DAY_S = 86_400
const START_S = Date.parse('2026-09-01T00:00:00Z') / 1_000

/** A payment of $25 on the nth day. */
const paid = (n: number) =>
  charge({
    id: `ch_${n}`,
    payment_intent: null,
    customer: null,
    invoice: null,
    created: START_S + n * DAY_S + 3_600,
    amount: 2_500,
    amount_captured: 2_500,
    billing_details: { email: `member${n % 3}@example.org`, name: null, phone: null },
    receipt_email: null,
    livemode: false,
  })

/** Each test starts several processes, on a machine that may have other work. */
const SLOW_MS = 60_000
const folder = newFolder()
let stripe: Awaited<ReturnType<typeof startStripe>>
let env: Record<string, string>
const charges = [5, 4, 3, 2, 1, 0].map(paid)

beforeAll(async () => {
  stripe = await startStripe(
    { '/v1/charges': charges },
    {
      'POST /v1/webhook_endpoints': ({ body }) => ({
        id: 'we_1',
        object: 'webhook_endpoint',
        url: body.url,
        secret: 'whsec_made',
      }),
    },
  )
  writeFileSync(join(folder, 'program.json'), JSON.stringify(plain))
  env = { STRIPE_SECRET_KEY: 'sk_test_cli', STRIPE_API_URL: stripe.url }
})
afterAll(() => {
  stripe.stop()
  removeFolder(folder)
})

const regulars = (...words: string[]) => runCliIn(folder, words, env)

describe('the command line with Stripe', { timeout: SLOW_MS }, () => {
  test('ends a backfill in order after Ctrl-C, and goes on where it was', async () => {
    const words = ['backfill', '--since', '2026-09-01', '--until', '2026-09-07']
    const { child, ended } = spawnCli(folder, words, env)
    while (stripe.calls.length < 10) await new Promise((done) => setTimeout(done, 5))
    child.kill('SIGINT')
    const interrupted = await ended
    expect([interrupted.code, interrupted.err]).toEqual([
      130,
      expect.stringContaining('Go on with: npx regulars backfill'),
    ])
    const { code, out, err } = await regulars(...words)
    expect([code, err]).toEqual([0, expect.stringMatching(/Going on from 2026-09-0[2-9]/)])
    expect(out).toContain('new to us')
    const verified = await regulars('verify')
    expect([verified.code, verified.out]).toEqual([0, expect.stringMatching(/^3 members, 6 payments, 6 entries/)])
  })

  test('changes nothing when it is run again from the beginning', async () => {
    const { code, out } = await regulars('backfill', '--since', '2026-09-01', '--until', '2026-09-03', '--restart')
    expect([code, out]).toEqual([0, expect.stringContaining('3 objects read')])
    expect((await regulars('verify')).out).toMatch(/^3 members, 6 payments, 6 entries/)
  })

  test('finds what is missing, learns it, and then nothing differs', async () => {
    charges.unshift(paid(9))
    const found = await regulars('reconcile', '--month', '2026-09')
    expect([found.code, found.out]).toEqual([
      1,
      expect.stringContaining('7 payments at Stripe: 6 match, 1 missing here'),
    ])
    expect(found.out).toContain('2026-09-10 ch_9: missing, Stripe 25.00 usd')
    const fixed = await regulars('reconcile', '--month', '2026-09', '--fix')
    expect([fixed.code, fixed.out]).toEqual([0, expect.stringContaining('All of it was learnt.')])
    const after = await regulars('reconcile', '--month', '2026-09', '--json')
    expect([after.code, JSON.parse(after.out)]).toEqual([0, expect.objectContaining({ payments: 7, matched: 7 })])
  })

  test('makes the webhook endpoint, and shows its secret once', async () => {
    const { code, out } = await regulars('setup', 'stripe', '--url', 'https://loyalty.example.org')
    expect([code, out]).toEqual([0, expect.stringContaining('STRIPE_WEBHOOK_SECRET=whsec_made')])
    expect(out).toContain('Made https://loyalty.example.org/stripe/webhook')
  })
})
