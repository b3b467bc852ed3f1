/** What is bought, with what code, and the button that everything begins with. */
import { useState } from 'react'
import type { ShownProduct, ShownShop } from '../../shown.ts'
import type { Api } from '../api.ts'
import { type Basket, linesOf, totalOf, withOne } from '../basket.ts'
import { Icon } from '../parts/icon.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'
import { CodeField } from './code-field.tsx'
import { GuestDialog } from './guest-dialog.tsx'

export interface BasketFormProps {
  shop: ShownShop
  currency: string
  api: Api
}

export function BasketForm({ shop, currency, api }: BasketFormProps) {
  const words = useWords()
  const [basket, setBasket] = useState<Basket>({})
  const [code, setCode] = useState('')
  const [isGuest, setGuest] = useState(false)
  const { isBusy, outcome, run, forget } = useDoing()
  const shelf = shop.products.filter(({ interval }) => interval === null)
  const lines = linesOf(basket, shelf)
  const total = totalOf(basket, shelf)
  const { chosen } = shop
  const buy = async (who: { customer: string | null; email?: string }): Promise<boolean> => {
    const isDone = await run(() => api.do('shop/buy', { ...who, lines, code: code.trim() || null }))
    if (isDone) {
      setBasket({})
      setCode('')
    }
    return isDone
  }
  const change = (price: string, by: 1 | -1): void => {
    forget()
    setBasket((before) => withOne(before, price, by))
  }
  const money = shelf[0]?.currency ?? currency
  return (
    <section className="block" aria-label="Basket">
      <h3>Basket</h3>
      <ul className="rows">
        {shelf.map((product) => (
          <Product key={product.price} product={product} quantity={basket[product.price] ?? 0} onChange={change} />
        ))}
      </ul>
      <CodeField codes={chosen?.codes ?? []} value={code} onChange={setCode} />
      <div className="buttons">
        <button
          type="button"
          className="primary"
          disabled={isBusy || lines.length === 0 || chosen === null}
          onClick={() => chosen !== null && void buy({ customer: chosen.id })}
        >
          {total > 0 ? `Buy for ${words.money(total, money)}${code.trim() === '' ? '' : ' less the code'}` : 'Buy'}
        </button>
        <button type="button" disabled={isBusy || lines.length === 0} onClick={() => setGuest(true)}>
          Buy as guest
        </button>
      </div>
      {lines.length === 0 && outcome === null && <p className="muted small">Put something into the basket.</p>}
      {lines.length > 0 && chosen === null && <p className="muted small">Choose who buys, or buy as a guest.</p>}
      {!isGuest && <Said outcome={outcome} good="Bought. Watch it travel in What happened." />}
      {isGuest && (
        <GuestDialog
          price={words.money(total, money)}
          outcome={outcome}
          isBusy={isBusy}
          onBuy={async (email) => {
            if (await buy({ customer: null, email })) setGuest(false)
          }}
          onClose={() => {
            forget()
            setGuest(false)
          }}
        />
      )}
    </section>
  )
}

interface ProductProps {
  product: ShownProduct
  quantity: number
  onChange: (price: string, by: 1 | -1) => void
}

function Product({ product: { price, name, amount, currency }, quantity, onChange }: ProductProps) {
  const words = useWords()
  return (
    <li className="product">
      <span className="product-name">{name}</span>
      <span className="muted figures">{words.money(amount, currency)}</span>
      <span className="quantity">
        <button
          type="button"
          className="round"
          aria-label={`One ${name} less`}
          disabled={quantity === 0}
          onClick={() => onChange(price, -1)}
        >
          <Icon name="minus" />
        </button>
        <output aria-label={`${name} in the basket`}>{quantity}</output>
        <button type="button" className="round" aria-label={`One ${name} more`} onClick={() => onChange(price, 1)}>
          <Icon name="plus" />
        </button>
      </span>
    </li>
  )
}
