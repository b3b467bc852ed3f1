/** What a customer pays for again and again. */
import type { ShownCustomer, ShownProduct, ShownSubscription } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'

export interface SubscriptionsProps {
  customer: ShownCustomer
  products: readonly ShownProduct[]
  api: Api
}

export function Subscriptions({ customer, products, api }: SubscriptionsProps) {
  const words = useWords()
  const { isBusy, outcome, run } = useDoing()
  const offered = products.filter(({ interval }) => interval !== null)
  if (offered.length === 0 && customer.subscriptions.length === 0) return null
  const press = (what: string, given: object): void => void run(() => api.do(`shop/${what}`, given))
  return (
    <section className="block" aria-label="Subscriptions">
      <h3>Subscriptions</h3>
      <ul className="rows">
        {customer.subscriptions.map((subscription) => (
          <Subscription key={subscription.id} subscription={subscription} isBusy={isBusy} onPress={press} />
        ))}
        {offered.map(({ price, name, amount, currency, interval }) => (
          <li key={price} className="product">
            <span className="product-name">{name}</span>
            <span className="muted figures">
              {words.money(amount, currency)} a {interval}
            </span>
            <button
              type="button"
              disabled={isBusy}
              onClick={() => press('subscribe', { customer: customer.id, price })}
            >
              Subscribe
            </button>
          </li>
        ))}
      </ul>
      <Said outcome={outcome} />
    </section>
  )
}

interface SubscriptionProps {
  subscription: ShownSubscription
  isBusy: boolean
  onPress: (what: string, given: object) => void
}

function Subscription({ subscription, isBusy, onPress }: SubscriptionProps) {
  const words = useWords()
  const { id, name, status, paidUntil, isEnding, isOpen } = subscription
  const given = { subscription: id }
  const isOver = status === 'canceled'
  const when = words.date(paidUntil)
  return (
    <li className="payment">
      <div className="payment-line">
        <span className="product-name">{name}</span>
        <span className={isOpen ? 'tag bad' : isOver ? 'tag' : 'tag good'}>{STATUSES[status] ?? status}</span>
        <span className="muted small">{isOver ? '' : isEnding ? `ends ${when}` : `paid until ${when}`}</span>
      </div>
      {!isOver && (
        <div className="payment-buttons">
          {isEnding ? (
            <button
              type="button"
              className="small"
              disabled={isBusy}
              onClick={() => onPress('keep-subscription', given)}
            >
              Keep
            </button>
          ) : (
            <button
              type="button"
              className="small"
              disabled={isBusy}
              onClick={() => onPress('cancel-subscription', given)}
            >
              Cancel
            </button>
          )}
          <button type="button" className="small" disabled={isBusy} onClick={() => onPress('fail-payment', given)}>
            Fail a payment
          </button>
          {isOpen && (
            <button type="button" className="small" disabled={isBusy} onClick={() => onPress('pay-invoice', given)}>
              Pay what is open
            </button>
          )}
        </div>
      )}
    </li>
  )
}

const STATUSES: Record<string, string> = {
  active: 'Active',
  past_due: 'Payment failed',
  canceled: 'Ended',
  incomplete: 'Not paid yet',
  trialing: 'On trial',
}
