/** How Stripe's webhooks come: they are never as orderly as one would like. */
import type { ShownShop } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { Switch } from '../parts/switch.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { counted } from '../words.ts'

const LATE_MS = 10_000

export function ShopSwitches({ shop: { habits, isDown, waiting }, api }: { shop: ShownShop; api: Api }) {
  const { outcome, run } = useDoing()
  const set = (over: Partial<ShownShop['habits']>): void =>
    void run(() => api.do('shop/habits', { ...habits, ...over }))
  return (
    <section className="block" aria-label="How Stripe behaves">
      <h3>How Stripe behaves</h3>
      <div className="switches">
        <Switch isOn={habits.twice} onChange={(twice) => set({ twice })}>
          Deliver twice
        </Switch>
        <Switch isOn={habits.shuffled} onChange={(shuffled) => set({ shuffled })}>
          Out of order
        </Switch>
        <Switch isOn={habits.lateMs > 0} onChange={(isLate) => set({ lateMs: isLate ? LATE_MS : 0 })}>
          Ten seconds late
        </Switch>
        <Switch isOn={isDown} onChange={(down) => void run(() => api.do('shop/trouble', { isDown: down }))}>
          Stripe is down
        </Switch>
      </div>
      {waiting > 0 && <p className="muted small">{counted(waiting, 'webhook is', 'webhooks are')} still to come.</p>}
      <Said outcome={outcome?.ok === false ? outcome : null} />
    </section>
  )
}
