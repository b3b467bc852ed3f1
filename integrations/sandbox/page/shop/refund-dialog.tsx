/** All of the money back, or a part of it. */
import { type FormEvent, useState } from 'react'
import type { ShownPayment } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'

export interface RefundDialogProps {
  payment: ShownPayment
  api: Api
  onClose: () => void
}

export function RefundDialog({ payment: { charge, by, amount, refunded, currency }, api, onClose }: RefundDialogProps) {
  const words = useWords()
  const left = amount - refunded
  const [how, setHow] = useState<'all' | 'part'>('all')
  const [typed, setTyped] = useState(words.major(Math.ceil(left / 2), currency))
  const { isBusy, outcome, run } = useDoing()
  const part = words.minor(typed, currency)
  const isGood = how === 'all' || (part !== null && part > 0 && part <= left)
  const refund = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isGood) return
    const given = how === 'all' ? { charge } : { charge, amount: part }
    if (await run(() => api.do('shop/refund', given))) onClose()
  }
  const options = [
    { value: 'all', name: `All of ${words.money(left, currency)}` },
    { value: 'part', name: 'A part' },
  ] as const
  return (
    <Dialog title={`Refund ${by}`} onClose={onClose}>
      <form onSubmit={(event) => void refund(event)}>
        <Choice label="How much?" options={options} value={how} onChange={setHow} />
        {how === 'part' && (
          <label className="field">
            <span>Amount in {currency.toUpperCase()}</span>
            <input
              inputMode="decimal"
              value={typed}
              autoComplete="off"
              aria-invalid={!isGood}
              onChange={({ target }) => setTyped(target.value)}
            />
          </label>
        )}
        {!isGood && <p className="note bad">Something between nothing and {words.money(left, currency)}.</p>}
        <Said outcome={outcome} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isBusy || !isGood}>
            Refund {words.money(how === 'all' ? left : (part ?? 0), currency)}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
