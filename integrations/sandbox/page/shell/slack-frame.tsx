/** Slack's place among the panes. */
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Pane, type PaneName } from '../parts/pane.tsx'
import { SlackPane } from '../slack/slack-pane.tsx'

export const SlackFrame = ({ state, api, tab }: { state: ShownState; api: Api; tab: PaneName | null }) => (
  <Pane name="slack" title="Slack" vendor="your team" tab={tab}>
    <SlackPane state={state} api={api} />
  </Pane>
)
