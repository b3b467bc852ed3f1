/** The contacts, found by name or by list. */
import { useCallback, useState } from 'react'
import type { ShownHubspot } from '../../shown.ts'
import type { Api } from '../api.ts'
import { SearchField } from '../parts/search-field.tsx'
import { useWords } from '../use-words.ts'

export interface ContactsProps {
  hubspot: ShownHubspot
  api: Api
  onOpen: (contact: string) => void
}

export function Contacts({ hubspot, api, onOpen }: ContactsProps) {
  const words = useWords()
  const [list, setList] = useState('')
  const search = useCallback((contacts: string) => api.look({ contacts }), [api])
  const { contacts, lists, found, total } = hubspot
  const chooseList = (name: string): void => {
    setList(name)
    api.look({ list: name })
  }
  return (
    <section className="block" aria-label="Contacts">
      <div className="finding">
        <SearchField label="Find a contact" placeholder="Name or e-mail" onSearch={search} />
        {lists.length > 0 && (
          <label className="inline">
            <span>List</span>
            <select value={list} onChange={({ target }) => chooseList(target.value)}>
              <option value="">All contacts ({words.number(total)})</option>
              {lists.map(({ name, size }) => (
                <option key={name} value={name}>
                  {segmentName(name)} ({words.number(size)})
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {contacts.length === 0 ? (
        <p className="empty">
          {total === 0 ? 'Nobody is here yet. Who buys something in the shop becomes a contact.' : 'Nobody is found.'}
        </p>
      ) : (
        <ContactTable hubspot={hubspot} onOpen={onOpen} />
      )}
      {found > contacts.length && (
        <p className="muted small">
          {words.number(contacts.length)} of {words.number(found)} are shown: type a name to find others.
        </p>
      )}
    </section>
  )
}

/** `at_risk` → `At risk`. */
export const segmentName = (segment: string): string => {
  const spaced = segment.replaceAll('_', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

function ContactTable({ hubspot: { contacts }, onOpen }: Pick<ContactsProps, 'hubspot' | 'onOpen'>) {
  const words = useWords()
  return (
    <table className="contacts">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Tier</th>
          <th scope="col" className="figures">
            Points
          </th>
        </tr>
      </thead>
      <tbody>
        {contacts.map(({ id, name, email, tier, points, segment }) => (
          <tr key={id}>
            <td>
              <button type="button" className="link" dir="auto" onClick={() => onOpen(id)}>
                {name === '' ? email : name}
              </button>
              {(segment !== '' || name !== '') && (
                <span className="muted small below">{segment === '' ? email : segmentName(segment)}</span>
              )}
            </td>
            <td>{segmentName(tier)}</td>
            <td className="figures">{points === '' ? '' : words.number(Number(points))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
