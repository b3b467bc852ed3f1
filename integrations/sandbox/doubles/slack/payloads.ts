/** What Slack tells apps of what people do, in full: https://docs.slack.dev/reference/interaction-payloads. */
import { messageJson } from './chat-methods.ts'
import { stateOf } from './fields.ts'
import type { Json } from './json.ts'
import { viewJson } from './view-methods.ts'
import type { Channel, Message, SlackUser, View, Workspace } from './workspace.ts'

/** Verification tokens are of old and sent all the same. */
const TOKEN = 'verification-token-of-old'

/** Names of conversations that have none. */
const channelNameOf = ({ kind, name }: Channel): string =>
  kind === 'im' ? 'directmessage' : kind === 'private' ? 'privategroup' : name

interface Common {
  user: Json
  team: Json
  api_app_id: string
  token: string
  enterprise: null
  is_enterprise_install: false
}

/** People of other workspaces act in their own. */
export function commonOf({ team, appId }: Workspace, user: SlackUser): Common {
  const home = user.teamId === team.id ? team : { id: user.teamId, domain: user.teamId.toLowerCase() }
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    team: { id: home.id, domain: home.domain },
    api_app_id: appId,
    token: TOKEN,
    enterprise: null,
    is_enterprise_install: false,
  }
}

export interface CommandSaid {
  command: string
  text: string
  channel: Channel
  trigger: string
  responseUrl: string
}

export const commandForm = (workspace: Workspace, user: SlackUser, said: CommandSaid): Record<string, string> => ({
  token: TOKEN,
  team_id: workspace.team.id,
  team_domain: workspace.team.domain,
  channel_id: said.channel.id,
  channel_name: channelNameOf(said.channel),
  user_id: user.id,
  user_name: user.name,
  command: said.command,
  text: said.text,
  api_app_id: workspace.appId,
  is_enterprise_install: 'false',
  response_url: said.responseUrl,
  trigger_id: said.trigger,
})

const messageOf = ({ bot, appId, team }: Workspace, message: Message): Json =>
  messageJson(message, bot.botId, appId, team.id)

/** Where something was pressed: of an ephemeral message only its place is told. */
export function placeOfMessage(workspace: Workspace, message: Message, channel: Channel): Json {
  const isEphemeral = message.onlyFor !== null
  return {
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: isEphemeral },
    channel: { id: channel.id, name: channelNameOf(channel) },
    ...(!isEphemeral && { message: messageOf(workspace, message) }),
    state: { values: stateOf(message.blocks, {}) },
  }
}

export const viewWithState = (workspace: Workspace, view: View): Json =>
  viewJson(workspace, view, stateOf(view.blocks, view.values))

export const placeOfView = (workspace: Workspace, view: View): Json => ({
  container: { type: 'view', view_id: view.id },
  view: viewWithState(workspace, view),
})

export const messageShortcut = (workspace: Workspace, message: Message, channel: Channel): Json => ({
  channel: { id: channel.id, name: channelNameOf(channel) },
  message_ts: message.ts,
  message: messageOf(workspace, message),
})

export const eventCallback = (workspace: Workspace, event: Json, number: number, at: number): Json => ({
  token: TOKEN,
  team_id: workspace.team.id,
  context_team_id: workspace.team.id,
  context_enterprise_id: null,
  api_app_id: workspace.appId,
  event: { event_ts: `${Math.floor(at / 1000)}.${String(number).padStart(6, '0')}`, ...event },
  type: 'event_callback',
  event_id: `Ev${number.toString(36).toUpperCase().padStart(9, '0')}`,
  event_time: Math.floor(at / 1000),
  authorizations: [
    {
      enterprise_id: null,
      team_id: workspace.team.id,
      user_id: workspace.bot.userId,
      is_bot: true,
      is_enterprise_install: false,
    },
  ],
  is_ext_shared_channel: false,
})
