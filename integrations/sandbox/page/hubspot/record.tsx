/** One contact's record: the loyalty card, and the loyalty group of its properties. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ShownRecord } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { isCard } from './card-types.ts'
import { LoyaltyCard } from './loyalty-card.tsx'
import { Properties } from './properties.tsx'
import { useRecord } from './use-record.ts'

export interface RecordProps {
  id: string
  now: number
  api: Api
  onClose: () => void
}

export function Record({ id, now, api, onClose }: RecordProps) {
  const { record, isGone, lookAgain } = useRecord(api, id, now)
  const heading = useRef<HTMLHeadingElement>(null)
  const [isFocused, setFocused] = useState(false)
  useEffect(() => {
    if (record === null || isFocused) return
    heading.current?.focus({ preventScroll: true })
    setFocused(true)
  }, [record, isFocused])
  const again = useCallback(() => void lookAgain(), [lookAgain])
  return (
    <section className="block" aria-label="Contact">
      <button type="button" className="quiet small" onClick={onClose}>
        <Icon name="left" /> All contacts
      </button>
      {isGone && <p className="empty">This contact is not there any more.</p>}
      {record === null && !isGone && <p className="muted">Looking them up</p>}
      {record !== null && <Opened record={record} heading={heading} now={now} api={api} onChanged={again} />}
    </section>
  )
}

interface OpenedProps {
  record: ShownRecord
  heading: React.RefObject<HTMLHeadingElement>
  now: number
  api: Api
  onChanged: () => void
}

function Opened({ record: { contact, properties, card }, heading, now, api, onChanged }: OpenedProps) {
  return (
    <>
      <h3 ref={heading} tabIndex={-1} className="record-name" dir="auto">
        {contact.name === '' ? contact.email : contact.name}
      </h3>
      {contact.name !== '' && <p className="muted">{contact.email}</p>}
      {isCard(card) ? (
        <LoyaltyCard card={card} contact={contact} api={api} onChanged={onChanged} />
      ) : (
        <p className="note bad">The card could not be loaded now.</p>
      )}
      <Properties properties={properties} now={now} />
    </>
  )
}
