/** HubSpot, as marketing sees it: contacts, lists, and the record of one with the loyalty card. */
import { memo, useCallback, useState } from 'react'
import type { ShownHubspot } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Pane, type PaneName } from '../parts/pane.tsx'
import { Contacts } from './contacts.tsx'
import { HubspotTrouble } from './hubspot-trouble.tsx'
import { Record } from './record.tsx'

export interface HubspotPaneProps {
  hubspot: ShownHubspot
  now: number
  api: Api
  tab: PaneName | null
}

export const HubspotPane = memo(({ hubspot, now, api, tab }: HubspotPaneProps) => {
  const [opened, setOpened] = useState<string | null>(null)
  const close = useCallback(() => setOpened(null), [])
  return (
    <Pane name="hubspot" title="HubSpot" vendor="contacts" tab={tab}>
      {opened === null ? (
        <Contacts hubspot={hubspot} api={api} onOpen={setOpened} />
      ) : (
        <Record key={opened} id={opened} now={now} api={api} onClose={close} />
      )}
      <HubspotTrouble hubspot={hubspot} now={now} api={api} />
    </Pane>
  )
})
