/** The shop, whose money Stripe takes: who buys, what, and what became of it. */
import { memo, useCallback, useState } from 'react'
import type { ShownShop } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Pane, type PaneName } from '../parts/pane.tsx'
import { BasketForm } from './basket-form.tsx'
import { CustomerPicker } from './customer-picker.tsx'
import { Payments } from './payments.tsx'
import { ShopSwitches } from './shop-switches.tsx'
import { Subscriptions } from './subscriptions.tsx'

export interface ShopPaneProps {
  shop: ShownShop
  now: number
  currency: string
  api: Api
  tab: PaneName | null
}

export const ShopPane = memo(({ shop, now, currency, api, tab }: ShopPaneProps) => {
  const [isChoosing, setChoosing] = useState(true)
  const choose = useCallback(
    (customer: string) => {
      api.look({ customer })
      setChoosing(false)
    },
    [api],
  )
  const { chosen } = shop
  return (
    <Pane name="shop" title="Shop" vendor="Stripe" tab={tab}>
      <CustomerPicker
        shop={shop}
        api={api}
        isChoosing={isChoosing || chosen === null}
        onChoosing={setChoosing}
        onChoose={choose}
      />
      <BasketForm shop={shop} currency={currency} api={api} />
      {chosen !== null && <Subscriptions customer={chosen} products={shop.products} api={api} />}
      <Payments shop={shop} now={now} api={api} />
      <ShopSwitches shop={shop} api={api} />
    </Pane>
  )
}, isSameMinute)

/** The clock alone redraws it once a minute. */
function isSameMinute({ now, ...before }: ShopPaneProps, { now: later, ...after }: ShopPaneProps): boolean {
  const names = Object.keys(before) as (keyof typeof before)[]
  return Math.floor(now / 60_000) === Math.floor(later / 60_000) && names.every((name) => before[name] === after[name])
}
