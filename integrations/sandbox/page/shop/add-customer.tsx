/** A new customer of the shop. */
import { type FormEvent, useState } from 'react'
import type { Api } from '../api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'

const LANGUAGES = [
  { tag: 'en', name: 'English' },
  { tag: 'am', name: 'አማርኛ' },
  { tag: 'hy', name: 'Հայերեն' },
  { tag: 'az', name: 'Azərbaycanca' },
  { tag: 'sw', name: 'Kiswahili' },
] as const

export function AddCustomer({ api, onClose }: { api: Api; onClose: () => void }) {
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [language, setLanguage] = useState('en')
  const { isBusy, outcome, run } = useDoing()
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!(await run(() => api.do('shop/customer', { name: name.trim() || null, email: email.trim(), language }))))
      return
    api.look({ customers: email.trim() })
    onClose()
  }
  return (
    <Dialog title="Add a customer" onClose={onClose}>
      <form onSubmit={(event) => void add(event)}>
        <label className="field">
          <span>Name</span>
          <input value={name} maxLength={200} autoComplete="off" onChange={({ target }) => setName(target.value)} />
        </label>
        <label className="field">
          <span>E-mail</span>
          <input
            type="email"
            required
            value={email}
            maxLength={200}
            autoComplete="off"
            onChange={({ target }) => setEmail(target.value)}
          />
        </label>
        <label className="field">
          <span>Language</span>
          <select value={language} onChange={({ target }) => setLanguage(target.value)}>
            {LANGUAGES.map(({ tag, name: called }) => (
              <option key={tag} value={tag} lang={tag}>
                {called}
              </option>
            ))}
          </select>
        </label>
        <Said outcome={outcome} />
        <div className="dialog-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isBusy}>
            Add
          </button>
        </div>
      </form>
    </Dialog>
  )
}
