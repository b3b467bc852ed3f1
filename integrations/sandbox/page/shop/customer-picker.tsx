/** Who buys. */
import { useCallback, useState } from 'react'
import type { ShownCustomer, ShownShop } from '../../shown.ts'
import type { Api } from '../api.ts'
import { SearchField } from '../parts/search-field.tsx'
import { useWords } from '../use-words.ts'
import { AddCustomer } from './add-customer.tsx'
import { Face } from './face.tsx'

export interface CustomerPickerProps {
  shop: ShownShop
  api: Api
  isChoosing: boolean
  onChoosing: (isChoosing: boolean) => void
  onChoose: (customer: string) => void
}

export function CustomerPicker({ shop, api, isChoosing, onChoosing, onChoose }: CustomerPickerProps) {
  const [isAdding, setAdding] = useState(false)
  return (
    <section className="block" aria-label="Customer">
      {isChoosing ? (
        <Choosing shop={shop} api={api} onChoose={onChoose} />
      ) : (
        shop.chosen !== null && <Chosen customer={shop.chosen} onChange={() => onChoosing(true)} />
      )}
      {isChoosing && (
        <button type="button" className="quiet small" onClick={() => setAdding(true)}>
          Add a customer
        </button>
      )}
      {isAdding && <AddCustomer api={api} onClose={() => setAdding(false)} />}
    </section>
  )
}

function Choosing({ shop, api, onChoose }: Pick<CustomerPickerProps, 'shop' | 'api' | 'onChoose'>) {
  const words = useWords()
  const search = useCallback((customers: string) => api.look({ customers }), [api])
  const { customers, counts, chosen } = shop
  return (
    <>
      <h3>Who buys?</h3>
      <SearchField label="Find a customer" placeholder="Name or e-mail" onSearch={search} />
      <ul className="rows customers" aria-label="Customers">
        {customers.map((customer) => (
          <li key={customer.id}>
            <button
              type="button"
              className="row-button"
              aria-pressed={customer.id === chosen?.id}
              onClick={() => onChoose(customer.id)}
            >
              <Face name={customer.name ?? customer.email ?? '?'} />
              <Who customer={customer} />
            </button>
          </li>
        ))}
      </ul>
      {customers.length === 0 && <p className="empty">Nobody is called that.</p>}
      {counts.found > customers.length && (
        <p className="muted small">
          {words.number(customers.length)} of {words.number(counts.found)} are shown: type a name to find others.
        </p>
      )}
    </>
  )
}

const Who = ({ customer: { name, email, language } }: { customer: ShownCustomer }) => (
  <span className="who">
    <span className="who-name" dir="auto" lang={language ?? undefined}>
      {name ?? email}
    </span>
    {name !== null && <span className="muted">{email}</span>}
  </span>
)

const Chosen = ({ customer, onChange }: { customer: ShownCustomer; onChange: () => void }) => (
  <div className="chosen">
    <Face name={customer.name ?? customer.email ?? '?'} />
    <Who customer={customer} />
    <button type="button" onClick={onChange}>
      Somebody else
    </button>
  </div>
)
