/** What is wrong with HubSpot, as one chooses, and what waits for it meanwhile. */
import type { ShownHubspot } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'

const WAITS_SHOWN = 5

const TROUBLES = [
  { value: 'none', name: 'Works' },
  { value: 'limited', name: 'Rate limit' },
  { value: 'down', name: 'Outage' },
] as const

export function HubspotTrouble({
  hubspot: { trouble, waits },
  now,
  api,
}: {
  hubspot: ShownHubspot
  now: number
  api: Api
}) {
  const words = useWords()
  const { outcome, run } = useDoing()
  const set = (is: ShownHubspot['trouble']): void => void run(() => api.do('hubspot/trouble', { is }))
  return (
    <section className="block" aria-label="How HubSpot behaves">
      <h3>How HubSpot behaves</h3>
      <Choice isQuiet label="HubSpot" options={TROUBLES} value={trouble} onChange={set} />
      <Said outcome={outcome?.ok === false ? outcome : null} />
      {waits.length > 0 && (
        <>
          <h4>What waits</h4>
          <ul className="waits" aria-label="What waits for HubSpot">
            {waits.slice(0, WAITS_SHOWN).map(({ id, about, reason, nextAt, tries }) => (
              <li key={id}>
                <span dir="auto">{about}</span>
                <span className="muted">
                  {[
                    reason,
                    tries > 0 ? `tried ${tries === 1 ? 'once' : `${tries} times`}` : null,
                    nextAt === null
                      ? 'waits until the member changes'
                      : nextAt > now
                        ? `again in ${words.took(nextAt - now)}`
                        : 'goes out now',
                  ]
                    .filter((part) => part !== null)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ul>
          {waits.length > WAITS_SHOWN && <p className="muted small">And more wait.</p>}
        </>
      )}
    </section>
  )
}
