/** What happened: each doing's way through the system, the newest on top. */
import { memo, useMemo, useState } from 'react'
import type { ShownStep } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { Pane, type PaneName } from '../parts/pane.tsx'
import { JourneyRow } from './journey-row.tsx'
import { journeysOf, type Vendor } from './journeys.ts'

export interface HappenedPaneProps {
  steps: readonly ShownStep[]
  api: Api
  tab: PaneName | null
}

const FILTERS = [
  { value: 'all', name: 'All' },
  { value: 'stripe', name: 'Stripe' },
  { value: 'hubspot', name: 'HubSpot' },
  { value: 'slack', name: 'Slack' },
] as const

export const HappenedPane = memo(({ steps, api, tab }: HappenedPaneProps) => {
  const [filter, setFilter] = useState<'all' | Vendor>('all')
  const [opened, setOpened] = useState<string | null>(null)
  const journeys = useMemo(() => journeysOf(steps), [steps])
  const shown = journeys.filter(({ vendors }) => filter === 'all' || vendors.includes(filter))
  const filters = (
    <Choice
      isQuiet
      label="Whose"
      options={FILTERS}
      value={filter === 'regulars' ? 'all' : filter}
      onChange={setFilter}
    />
  )
  return (
    <Pane name="happened" title="What happened" vendor="as it happens" tab={tab} actions={filters}>
      {shown.length === 0 ? (
        <p className="empty">
          {journeys.length === 0 ? 'Nothing yet. Sell something in the shop.' : 'Nothing that they had a part in.'}
        </p>
      ) : (
        <ol className="journeys" reversed>
          {shown.map((journey) => (
            <JourneyRow
              key={journey.key}
              journey={journey}
              api={api}
              isOpen={opened === journey.key}
              onOpen={setOpened}
            />
          ))}
        </ol>
      )}
    </Pane>
  )
})
