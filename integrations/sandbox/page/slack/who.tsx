/** Whose Slack is looked at: what each may do is said, and a dot tells of what they have not read. */
import { useId } from 'react'
import type { ShownStaff } from '../../shown.ts'
import { Avatar } from './avatar.tsx'
import { hasUnread, type Read } from './conversation.ts'

interface WhoProps {
  me: string
  staff: readonly ShownStaff[]
  read: Read
  onSwitch: (id: string) => void
}

/** After the name. */
const MAY: Record<string, string> = {
  issuer: 'serves customers; above the limit, others decide.',
  approver: 'decides on what is above the limit, and gives nothing.',
  admin: 'runs the program: gives, decides, sees its health.',
  nobody: 'has no role, and may do what everybody in the team may.',
}

export function Who({ me, staff, read, onSwitch }: WhoProps) {
  const name = useId()
  const now = staff.find(({ id }) => id === me)
  return (
    <fieldset className="sl-who">
      <legend className="sl-unseen">Who you are in Slack</legend>
      <div className="sl-people">
        {staff.map((one) => {
          const isNew = one.id !== me && hasUnread(read, one)
          return (
            <label key={one.id} title={`${one.name} ${one.about}`}>
              <input
                type="radio"
                name={name}
                value={one.id}
                checked={one.id === me}
                onChange={() => onSwitch(one.id)}
              />
              <Avatar name={one.name} size="small" />
              <span className="sl-first-name">{one.name.split(' ')[0]}</span>
              {isNew && <span className="sl-dot" role="img" aria-label="has something new" />}
            </label>
          )
        })}
      </div>
      {now !== undefined && (
        <p>
          <b>{now.name}</b> {MAY[now.role] ?? `${now.about}.`}
        </p>
      )}
    </fieldset>
  )
}
