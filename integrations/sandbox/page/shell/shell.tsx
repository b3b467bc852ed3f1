/** The frame: what time it is and what program is in force, the tour, three vendors side by side, and what happened below. */
import { useRef, useState } from 'react'
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { HappenedPane } from '../happened/happened-pane.tsx'
import { HubspotPane } from '../hubspot/hubspot-pane.tsx'
import type { PaneName } from '../parts/pane.tsx'
import { paneId } from '../parts/pane.tsx'
import { useKept } from '../parts/use-kept.ts'
import { useMedia } from '../parts/use-media.ts'
import { ShopPane } from '../shop/shop-pane.tsx'
import { Header } from './header.tsx'
import { SlackFrame } from './slack-frame.tsx'
import { Splitter } from './splitter.tsx'
import { Tabs } from './tabs.tsx'
import { Tour } from './tour.tsx'

export interface ShellProps {
  state: ShownState
  api: Api
  isConnected: boolean
}

/** In this much room the panes are side by side. */
const WIDE = '(min-width: 60rem) and (min-height: 30rem)'

export function Shell({ state, api, isConnected }: ShellProps) {
  const isWide = useMedia(WIDE)
  const [chosen, setChosen] = useState<PaneName>('shop')
  const [share, setShare] = useKept('happened', '34')
  const [tour, setTour] = useKept('tour', 'shown')
  const tab = isWide ? null : chosen
  const now = useQuietNow(state)
  const show = (pane: PaneName): void => {
    setChosen(pane)
    // It has to be there first, where it is a tab.
    requestAnimationFrame(() => point(pane))
  }
  return (
    <div className={isWide ? 'shell wide' : 'shell narrow'} style={{ '--happened': `${share}%` } as object}>
      <Header state={state} api={api} isTourHidden={tour === 'hidden'} onTour={() => setTour('shown')} />
      {!isConnected && (
        <p className="lost" role="alert">
          The sandbox does not answer. What you see may be old; it is tried again until it does.
        </p>
      )}
      {tour === 'shown' && <Tour steps={state.tour} api={api} onShow={show} onHide={() => setTour('hidden')} />}
      <main className="panes">
        {!isWide && <Tabs chosen={chosen} onChoose={setChosen} />}
        <ShopPane shop={state.shop} now={now} currency={state.program.currency} api={api} tab={tab} />
        <SlackFrame state={state} now={now} api={api} tab={tab} />
        <HubspotPane hubspot={state.hubspot} now={now} api={api} tab={tab} />
        {isWide && <Splitter value={Number(share)} onChange={(value) => setShare(String(value))} />}
        <HappenedPane steps={state.steps} api={api} tab={tab} />
      </main>
    </div>
  )
}

/** The time that the panes reckon with: while days go by in a second, what was "2 days ago" is not said anew each time. */
function useQuietNow({ now, work }: ShownState): number {
  const quiet = useRef(now)
  if (work === null) quiet.current = now
  return quiet.current
}

const POINTED_FOR_MS = 1_600

/** Shows where something is: the keyboard goes there, and it lights up for a moment. */
function point(pane: PaneName): void {
  const there = document.getElementById(paneId(pane))
  if (there === null) return
  there.focus({ preventScroll: true })
  there.scrollIntoView({ block: 'nearest' })
  there.classList.add('pointed')
  window.setTimeout(() => there.classList.remove('pointed'), POINTED_FOR_MS)
}
