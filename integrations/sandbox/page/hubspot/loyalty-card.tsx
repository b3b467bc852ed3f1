/** The loyalty card on a contact, as HubSpot draws it for marketing. */
import { useState } from 'react'
import type { Outcome, ShownContact } from '../../shown.ts'
import type { Api } from '../api.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import type { Card, MemberCard, NoMemberCard } from './card-types.ts'
import { IssueReward } from './issue-reward.tsx'

export interface LoyaltyCardProps<Of extends Card = Card> {
  card: Of
  contact: ShownContact
  api: Api
  onChanged: () => void
}

export function LoyaltyCard({ card, ...rest }: LoyaltyCardProps) {
  return (
    <section className="card" aria-label="Loyalty card">
      {card.kind === 'member' ? <Member card={card} {...rest} /> : <NotAMember card={card} {...rest} />}
    </section>
  )
}

const RISK_TAGS = { low: 'good', medium: 'warn', high: 'bad' } as const

function Member({ card, contact, api, onChanged }: LoyaltyCardProps<MemberCard>) {
  const [isIssuing, setIssuing] = useState(false)
  const [issued, setIssued] = useState<Outcome | null>(null)
  const onDone = (outcome: Outcome): void => {
    setIssuing(false)
    setIssued(outcome)
    onChanged()
  }
  return (
    <>
      <p className="card-program">{card.program}</p>
      <p className="card-headline">{card.headline}</p>
      {card.status !== null && <p className="note warn">{card.status}</p>}
      {card.progress !== null && <Progress progress={card.progress} />}
      {card.expiring !== null && <p>{card.expiring}</p>}
      {card.risk !== null && (
        <p>
          <span className={`tag ${RISK_TAGS[card.risk.level]}`}>Risk: {card.risk.level}</span> {card.risk.text}
        </p>
      )}
      {card.badges.length > 0 && (
        <ul className="chips" aria-label="Badges">
          {card.badges.map(({ id, name }) => (
            <li key={id} className="tag">
              {name}
            </li>
          ))}
        </ul>
      )}
      <History lines={card.history} />
      <Issued outcome={issued} />
      {isIssuing ? (
        <IssueReward card={card} contact={contact} api={api} onDone={onDone} onCancel={() => setIssuing(false)} />
      ) : (
        card.mayIssue && (
          <button type="button" className="primary" onClick={() => setIssuing(true)}>
            Issue reward
          </button>
        )
      )}
    </>
  )
}

const Progress = ({ progress: { percent, label } }: { progress: NonNullable<MemberCard['progress']> }) => (
  <div className="card-progress">
    <span>{label}</span>
    <progress aria-label={label} max={100} value={percent} />
    <span className="figures muted">{percent} %</span>
  </div>
)

function History({ lines }: { lines: MemberCard['history'] }) {
  if (lines.length === 0) return <p className="muted">Nothing has happened yet.</p>
  return (
    <ul className="card-history" aria-label="Last lines of the history">
      {lines.map(({ id, on, points, text }) => (
        <li key={id}>
          <span className="muted">{on}</span>
          <span className="figures">{points}</span>
          <span>{text}</span>
        </li>
      ))}
    </ul>
  )
}

const CODE = /\b[A-Z0-9]{3,}-[A-Z0-9]{3,}\b/

function Issued({ outcome }: { outcome: Outcome | null }) {
  const said = outcome?.ok === true ? (outcome.said ?? 'It is theirs.') : null
  const code = said === null ? null : (CODE.exec(said)?.[0] ?? null)
  return (
    <>
      <Said outcome={outcome} good={said} />
      {code !== null && <CopyButton label="Copy for the customer" text={() => code} />}
    </>
  )
}

function NotAMember({ card, contact, api, onChanged }: LoyaltyCardProps<NoMemberCard>) {
  const { isBusy, outcome, run } = useDoing()
  const enrol = async (): Promise<void> => {
    const given = { contactId: contact.id, email: contact.email, name: contact.name || null, ticket: card.ticket }
    if (await run(() => api.post('card/enrol', given))) onChanged()
  }
  return (
    <>
      <p className="card-headline">{card.message}</p>
      {contact.email === '' && <p>Give the contact an e-mail address to enrol them.</p>}
      {card.mayEnrol && (
        <button type="button" className="primary" disabled={isBusy} onClick={() => void enrol()}>
          Enrol
        </button>
      )}
      <Said outcome={outcome} />
    </>
  )
}
