/** A guest is known by the address for the receipt. */
import { type FormEvent, useState } from 'react'
import type { Outcome } from '../../shown.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Said } from '../parts/said.tsx'

export interface GuestDialogProps {
  price: string
  outcome: Outcome | null
  isBusy: boolean
  onBuy: (email: string) => Promise<void>
  onClose: () => void
}

export function GuestDialog({ price, outcome, isBusy, onBuy, onClose }: GuestDialogProps) {
  const [email, setEmail] = useState('guest@example.org')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void onBuy(email.trim())
  }
  return (
    <Dialog title="Buy as guest" onClose={onClose}>
      <form onSubmit={submit}>
        <label className="field">
          <span>E-mail for the receipt</span>
          <input
            type="email"
            required
            value={email}
            autoComplete="off"
            onChange={({ target }) => setEmail(target.value)}
          />
        </label>
        <Said outcome={outcome?.ok === false ? outcome : null} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isBusy}>
            Buy for {price}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
