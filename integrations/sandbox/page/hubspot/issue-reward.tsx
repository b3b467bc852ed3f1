/** The form under *Issue reward*: which one, who pays, and a word about it. */
import { type FormEvent, useState } from 'react'
import type { Outcome, ShownContact } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { Said } from '../parts/said.tsx'
import type { MemberCard } from './card-types.ts'

export interface IssueRewardProps {
  card: MemberCard
  contact: ShownContact
  api: Api
  onDone: (outcome: Outcome) => void
  onCancel: () => void
}

const CHARGES = [
  { value: 'member', name: 'From their points' },
  { value: 'house', name: 'A present from us' },
] as const

export function IssueReward({ card, contact, api, onDone, onCancel }: IssueRewardProps) {
  const [charge, setCharge] = useState<'member' | 'house'>('member')
  const [chosen, setChosen] = useState('')
  const [note, setNote] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Outcome | null>(null)
  const offered = card.rewards.filter(({ byPoints }) => charge === 'house' || byPoints)
  const reward = offered.some(({ id }) => id === chosen) ? chosen : ''
  const issue = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    const about = { contactId: contact.id, ...(contact.email !== '' && { email: contact.email }) }
    const outcome = await api.post('card/rewards', { ...about, reward, charge, note, ticket: card.ticket })
    setBusy(false)
    if (outcome.ok) onDone(outcome)
    else setRefused(outcome)
  }
  return (
    <form className="card-form" onSubmit={(event) => void issue(event)}>
      <Choice label="Who pays" options={CHARGES} value={charge} onChange={setCharge} />
      <label className="field">
        <span>Reward</span>
        <select value={reward} required onChange={({ target }) => setChosen(target.value)}>
          <option value="">{offered.length > 0 ? 'Choose a reward' : 'Their points are not enough for any'}</option>
          {offered.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>Why (kept in the history)</span>
        <input value={note} maxLength={500} autoComplete="off" onChange={({ target }) => setNote(target.value)} />
      </label>
      <Said outcome={refused} />
      <div className="buttons">
        <button type="submit" className="primary" disabled={isBusy || reward === ''}>
          Issue
        </button>
        <button type="button" disabled={isBusy} onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
