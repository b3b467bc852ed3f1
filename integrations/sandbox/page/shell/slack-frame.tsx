/** Slack's place among the panes. */
import { memo } from 'react'
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Pane, type PaneName } from '../parts/pane.tsx'
import { SlackPane } from '../slack/slack-pane.tsx'

export interface SlackFrameProps {
  state: ShownState
  now: number
  api: Api
  tab: PaneName | null
}

export const SlackFrame = memo(
  ({ state, now, api, tab }: SlackFrameProps) => (
    <Pane name="slack" title="Slack" vendor="your team" tab={tab}>
      <SlackPane state={{ ...state, now }} api={api} />
    </Pane>
  ),
  isSame,
)

const MINUTE_MS = 60_000

/** Of the state it is only Slack's part that is shown, and times to the minute. */
function isSame(before: SlackFrameProps, after: SlackFrameProps): boolean {
  const [a, b] = [before.state, after.state]
  const isMinute = Math.floor(before.now / MINUTE_MS) === Math.floor(after.now / MINUTE_MS)
  const isState = a.slack === b.slack && a.locale === b.locale && a.timezone === b.timezone
  return isMinute && isState && before.tab === after.tab && before.api === after.api
}
