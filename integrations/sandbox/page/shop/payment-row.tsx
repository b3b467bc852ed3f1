/** One payment, and everything that can go wrong with it. */
import { memo, useState } from 'react'
import type { ShownPayment } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'
import { RefundDialog } from './refund-dialog.tsx'

export interface PaymentRowProps {
  payment: ShownPayment
  now: number
  api: Api
}

export const PaymentRow = memo(({ payment, now, api }: PaymentRowProps) => {
  const words = useWords()
  const [isRefunding, setRefunding] = useState(false)
  const { isBusy, outcome, run } = useDoing()
  const { charge, by, amount, refunded, currency, at, isDisputed, dispute, refunds } = payment
  const press = (what: string, given: object): void => void run(() => api.do(`shop/${what}`, given))
  const left = amount - refunded
  return (
    <li className="payment">
      <div className="payment-line">
        <span className="product-name" dir="auto">
          {by}
        </span>
        <span className="figures">{words.money(amount, currency)}</span>
        <span className="muted small" title={words.moment(at)}>
          {words.ago(at, now)}
        </span>
      </div>
      {(refunded > 0 || isDisputed) && (
        <div className="payment-line">
          {refunded > 0 && (
            <span className="tag warn">
              {left === 0 ? 'All given back' : `${words.money(refunded, currency)} given back`}
            </span>
          )}
          {isDisputed && <span className="tag bad">{dispute === null ? 'Dispute lost' : 'Disputed'}</span>}
        </div>
      )}
      <div className="payment-buttons">
        {left > 0 && !isDisputed && (
          <>
            <button type="button" className="small" disabled={isBusy} onClick={() => setRefunding(true)}>
              Refund
            </button>
            <button type="button" className="small" disabled={isBusy} onClick={() => press('dispute', { charge })}>
              Dispute
            </button>
          </>
        )}
        {dispute !== null &&
          (['won', 'lost'] as const).map((how) => (
            <button
              key={how}
              type="button"
              className="small"
              disabled={isBusy}
              onClick={() => press('close-dispute', { dispute, outcome: how })}
            >
              The dispute is {how}
            </button>
          ))}
        {refunds
          .filter(({ status }) => status === 'succeeded')
          .map((refund) => (
            <button
              key={refund.id}
              type="button"
              className="small"
              disabled={isBusy}
              onClick={() => press('fail-refund', { refund: refund.id })}
            >
              Fail the refund of {words.money(refund.amount, currency)}
            </button>
          ))}
      </div>
      <Said outcome={outcome?.ok === false ? outcome : null} />
      {isRefunding && <RefundDialog payment={payment} api={api} onClose={() => setRefunding(false)} />}
    </li>
  )
})
