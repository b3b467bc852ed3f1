/** The loyalty group of a contact's properties, each with what it was before. */
import type { ShownProperty } from '../../shown.ts'
import { useWords } from '../use-words.ts'

export function Properties({ properties, now }: { properties: readonly ShownProperty[]; now: number }) {
  const filled = properties.filter(({ value }) => value !== '')
  const empty = properties.filter(({ value }) => value === '')
  return (
    <>
      <h4>Loyalty properties</h4>
      {filled.length === 0 && <p className="empty">None is filled yet.</p>}
      <ul className="properties">
        {filled.map((property) => (
          <Property key={property.name} property={property} now={now} />
        ))}
      </ul>
      {empty.length > 0 && (
        <details className="more">
          <summary>{empty.length} more are empty</summary>
          <ul className="properties">
            {empty.map((property) => (
              <Property key={property.name} property={property} now={now} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** They are all in the group called so. */
const withoutGroup = (label: string): string => {
  const short = label.replace(/^Loyalty: /, '')
  return short.charAt(0).toUpperCase() + short.slice(1)
}

function Property({ property: { name, label, value, history }, now }: { property: ShownProperty; now: number }) {
  const words = useWords()
  return (
    <li className="property">
      <span className="property-label" title={name}>
        {withoutGroup(label)}
      </span>
      <span className="property-value" dir="auto">
        {value === '' ? '–' : value}
      </span>
      {history.length > 1 && (
        <details className="property-history">
          <summary>Before</summary>
          <ol>
            {history.map((was) => (
              <li key={`${was.at} ${was.value}`}>
                <span>{was.value === '' ? '–' : was.value}</span>
                <span className="muted" title={words.moment(Date.parse(was.at))}>
                  {words.ago(Date.parse(was.at), now)}, by {BY[was.by] ?? was.by}
                </span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </li>
  )
}

const BY: Record<string, string> = { INTEGRATION: 'Regulars', CRM_UI: 'somebody in HubSpot' }
