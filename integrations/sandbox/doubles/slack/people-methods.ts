/** Who is who: people, user groups, conversations, and the app itself. */
import { isTrue, type Method, type MethodCall, neededArg, needScope, refused, textArg } from './calls.ts'
import type { Json } from './json.ts'
import { type Channel, channelNamed, dmOf, type SlackUser, type UserGroup } from './workspace.ts'

const authTest: Method = ({ workspace: { team, bot, appId } }) => ({
  url: `https://${team.domain}.slack.com/`,
  team: team.name,
  user: bot.name,
  team_id: team.id,
  user_id: bot.userId,
  bot_id: bot.botId,
  app_id: appId,
  is_enterprise_install: false,
})

const userJson = (user: SlackUser, scopes: readonly string[], withLocale: boolean): Json => ({
  id: user.id,
  team_id: user.teamId,
  name: user.name,
  deleted: user.isDeleted,
  real_name: user.realName,
  tz: user.tz,
  tz_label: user.tz,
  tz_offset: user.tzOffset,
  profile: {
    real_name: user.realName,
    display_name: user.name,
    team: user.teamId,
    ...(user.email !== null && scopes.includes('users:read.email') && { email: user.email }),
  },
  is_admin: user.isAdmin,
  is_owner: false,
  is_primary_owner: false,
  is_bot: user.isBot,
  is_restricted: user.isRestricted,
  is_ultra_restricted: user.isUltraRestricted,
  // Only on people of other workspaces.
  ...(user.isStranger && { is_stranger: true }),
  is_app_user: false,
  updated: 1_700_000_000,
  ...(withLocale && { locale: user.locale }),
})

const usersInfo: Method = (call) => {
  needScope(call, 'users:read')
  const user = call.workspace.users[neededArg(call, 'user')]
  if (user === undefined) throw refused('user_not_found')
  return { user: userJson(user, call.scopes, isTrue(call.args.include_locale)) }
}

const usersLookupByEmail: Method = (call) => {
  needScope(call, 'users:read.email')
  const email = neededArg(call, 'email').toLowerCase()
  const user = Object.values(call.workspace.users).find(
    (other) => other.email?.toLowerCase() === email && !other.isDeleted && !other.isBot,
  )
  if (user === undefined) throw refused('users_not_found')
  return { user: userJson(user, call.scopes, false) }
}

const groupJson = (group: UserGroup, team: string): Json => ({
  id: group.id,
  team_id: team,
  is_usergroup: true,
  name: group.name,
  description: '',
  handle: group.handle,
  is_external: false,
  date_create: 1_700_000_000,
  date_delete: group.isDisabled ? 1_710_000_000 : 0,
  user_count: group.users.length,
})

const usergroupsList: Method = (call) => {
  needScope(call, 'usergroups:read')
  const withDisabled = isTrue(call.args.include_disabled)
  const withUsers = isTrue(call.args.include_users)
  const groups = Object.values(call.workspace.groups).filter(({ isDisabled }) => withDisabled || !isDisabled)
  const { id } = call.workspace.team
  return { usergroups: groups.map((group) => ({ ...groupJson(group, id), ...(withUsers && { users: group.users }) })) }
}

const usergroupsUsersList: Method = (call) => {
  needScope(call, 'usergroups:read')
  const group = call.workspace.groups[neededArg(call, 'usergroup')]
  if (group === undefined) throw refused('no_such_subteam')
  return { users: group.isDisabled && !isTrue(call.args.include_disabled) ? [] : [...group.users] }
}

const READ_SCOPES = { public: 'channels:read', private: 'groups:read', im: 'im:read' }

/** A conversation that the bot may look at. @throws {Refused} */
function conversation(call: MethodCall): Channel {
  const channel = call.workspace.channels[neededArg(call, 'channel')]
  if (channel === undefined) throw refused('channel_not_found')
  needScope(call, READ_SCOPES[channel.kind])
  if (channel.kind !== 'public' && !channel.members.includes(call.workspace.bot.userId))
    throw refused('channel_not_found')
  return channel
}

const channelJson = (channel: Channel, { workspace }: MethodCall): Json => ({
  id: channel.id,
  ...(channel.kind === 'im'
    ? { user: channel.members.find((id) => id !== workspace.bot.userId) }
    : { name: channel.name }),
  is_channel: channel.kind === 'public',
  is_group: channel.kind === 'private',
  is_im: channel.kind === 'im',
  is_mpim: false,
  is_private: channel.kind !== 'public',
  is_archived: channel.isArchived,
  is_member: channel.members.includes(workspace.bot.userId),
  is_shared: channel.isShared,
  is_ext_shared: channel.isShared,
  is_org_shared: false,
  context_team_id: workspace.team.id,
  num_members: channel.members.length,
})

const conversationsInfo: Method = (call) => ({ channel: channelJson(conversation(call), call) })

const conversationsMembers: Method = (call) => ({
  members: [...conversation(call).members],
  response_metadata: { next_cursor: '' },
})

const conversationsList: Method = (call) => {
  const kinds = (textArg(call, 'types') || 'public_channel').split(',')
  const wanted: Channel['kind'][] = []
  if (kinds.includes('public_channel')) wanted.push('public')
  if (kinds.includes('private_channel')) wanted.push('private')
  if (kinds.includes('im')) wanted.push('im')
  for (const kind of wanted) needScope(call, READ_SCOPES[kind])
  const bot = call.workspace.bot.userId
  const channels = Object.values(call.workspace.channels)
    .filter(({ kind, members }) => wanted.includes(kind) && (kind === 'public' || members.includes(bot)))
    .filter(({ isArchived }) => !isArchived || !isTrue(call.args.exclude_archived))
  return { channels: channels.map((channel) => channelJson(channel, call)), response_metadata: { next_cursor: '' } }
}

const conversationsOpen: Method = (call) => {
  needScope(call, 'im:write')
  const [user, ...others] = neededArg(call, 'users').split(',')
  if (others.length > 0) throw refused('not_supported_by_double', ['direct messages of more than two people'])
  const person = call.workspace.users[user ?? '']
  if (person === undefined) throw refused('user_not_found')
  if (person.isDeleted) throw refused('user_disabled')
  if (person.isBot) throw refused('cannot_dm_bot')
  const channel = dmOf(call.workspace, person.id)
  return { channel: isTrue(call.args.return_im) ? channelJson(channel, call) : { id: channel.id } }
}

/** A public channel that the bot enters by itself. */
const conversationsJoin: Method = (call) => {
  needScope(call, 'channels:join')
  const channel = channelNamed(call.workspace, neededArg(call, 'channel'))
  if (channel === undefined || channel.kind !== 'public') throw refused('channel_not_found')
  if (channel.isArchived) throw refused('is_archived')
  const { userId } = call.workspace.bot
  if (!channel.members.includes(userId)) channel.members.push(userId)
  return { channel: channelJson(channel, call) }
}

export const PEOPLE_METHODS: Record<string, Method> = {
  'auth.test': authTest,
  'users.info': usersInfo,
  'users.lookupByEmail': usersLookupByEmail,
  'usergroups.list': usergroupsList,
  'usergroups.users.list': usergroupsUsersList,
  'conversations.info': conversationsInfo,
  'conversations.members': conversationsMembers,
  'conversations.list': conversationsList,
  'conversations.open': conversationsOpen,
  'conversations.join': conversationsJoin,
}
