/** What was paid, the newest first: of whoever is served, or of everybody. */
import { useState } from 'react'
import type { ShownShop } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { useWords } from '../use-words.ts'
import { PaymentRow } from './payment-row.tsx'

export function Payments({ shop, now, api }: { shop: ShownShop; now: number; api: Api }) {
  const words = useWords()
  const [whose, setWhose] = useState<'theirs' | 'all'>('all')
  const { chosen, counts } = shop
  const isTheirs = whose === 'theirs' && chosen !== null
  const payments = isTheirs ? shop.theirs : shop.payments
  const options = [
    { value: 'all', name: 'Everybody’s' },
    { value: 'theirs', name: 'Theirs' },
  ] as const
  return (
    <section className="block" aria-label="Payments">
      <div className="block-head">
        <h3>Payments {counts.payments > 0 && <span className="muted">{words.number(counts.payments)}</span>}</h3>
        {chosen !== null && (
          <Choice isQuiet label="Whose payments" options={options} value={whose} onChange={setWhose} />
        )}
      </div>
      {payments.length === 0 ? (
        <p className="empty">{isTheirs ? 'They have not bought anything yet.' : 'Nothing was bought yet.'}</p>
      ) : (
        <ul className="rows">
          {payments.map((payment) => (
            <PaymentRow key={payment.charge} payment={payment} now={now} api={api} />
          ))}
        </ul>
      )}
    </section>
  )
}
