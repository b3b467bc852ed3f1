/** What a Slack workspace holds, as plain data: it can be kept as JSON and taken up again. */
import type { Json } from './json.ts'

export interface SlackUser {
  id: string
  name: string
  realName: string
  email: string | null
  tz: string
  tzOffset: number
  locale: string
  /** The workspace that they belong to; another one for people of shared channels. */
  teamId: string
  isAdmin: boolean
  isBot: boolean
  isRestricted: boolean
  isUltraRestricted: boolean
  isStranger: boolean
  isDeleted: boolean
}

export interface UserGroup {
  id: string
  handle: string
  name: string
  users: string[]
  isDisabled: boolean
}

export interface Channel {
  id: string
  name: string
  kind: 'public' | 'private' | 'im'
  /** The bot counts as one. */
  members: string[]
  isArchived: boolean
  /** With people of other workspaces. */
  isShared: boolean
}

export interface Message {
  channel: string
  ts: string
  threadTs: string | null
  user: string
  /** Of this app, and so its to change. */
  isOurs: boolean
  text: string
  blocks: Json[]
  editedTs: string | null
  /** Whether Slack looks for names in its text: a change has it look unless told `parse: none`. */
  isParsed: boolean
  /** Whom alone it is shown to; null: everybody in the channel. */
  onlyFor: string | null
}

export type Values = Record<string, Record<string, Json>>

export interface View {
  id: string
  user: string
  type: 'modal' | 'home'
  externalId: string
  callbackId: string
  privateMetadata: string
  title: Json | null
  submit: Json | null
  close: Json | null
  blocks: Json[]
  clearOnClose: boolean
  notifyOnClose: boolean
  hash: string
  rootViewId: string
  previousViewId: string | null
  /** What has been put into its fields so far. */
  values: Values
}

export interface Trigger {
  user: string
  madeAt: number
  isUsed: boolean
  /** The modal that it came from. */
  viewId: string | null
}

export interface ResponseUrl {
  channel: string
  user: string
  madeAt: number
  uses: number
  /** The message whose button was pressed; for a command the one that was made by it last. */
  messageTs: string | null
  /** A press replaces what it came from where nothing else is said; a command has nothing to replace. */
  from: 'command' | 'press' | 'shortcut'
}

export interface Workspace {
  team: { id: string; domain: string; name: string }
  bot: { userId: string; botId: string; name: string }
  appId: string
  users: Record<string, SlackUser>
  groups: Record<string, UserGroup>
  channels: Record<string, Channel>
  messages: Message[]
  views: Record<string, View>
  /** Open modals of a person, the one in front last. */
  stacks: Record<string, string[]>
  /** View ids by person. */
  homes: Record<string, string>
  triggers: Record<string, Trigger>
  responseUrls: Record<string, ResponseUrl>
  /** Block types that this workspace does not have yet, and refuses. */
  refusedBlocks: string[]
  next: number
}

export const TEAM = 'T0REGULARS'
export const BOT_USER = 'U0BOTREGULARS'

export function createWorkspace(): Workspace {
  const workspace: Workspace = {
    team: { id: TEAM, domain: 'regulars', name: 'Regulars Shop' },
    bot: { userId: BOT_USER, botId: 'B0REGULARS', name: 'regulars' },
    appId: 'A0REGULARS',
    users: {},
    groups: {},
    channels: {},
    messages: [],
    views: {},
    stacks: {},
    homes: {},
    triggers: {},
    responseUrls: {},
    refusedBlocks: [],
    next: 1,
  }
  addUser(workspace, { id: BOT_USER, name: 'regulars', isBot: true })
  return workspace
}

export function addUser(workspace: Workspace, given: Partial<SlackUser> & { id: string; name: string }): SlackUser {
  const user: SlackUser = {
    realName: given.name,
    email: `${given.name}@shop.test`,
    tz: 'UTC',
    tzOffset: 0,
    locale: 'en-US',
    teamId: workspace.team.id,
    isAdmin: false,
    isBot: false,
    isRestricted: false,
    isUltraRestricted: false,
    isStranger: false,
    isDeleted: false,
    ...given,
  }
  workspace.users[user.id] = user
  return user
}

export function addGroup(workspace: Workspace, given: Partial<UserGroup> & { id: string }): UserGroup {
  const group = { handle: given.id.toLowerCase(), name: given.id, users: [], isDisabled: false, ...given }
  workspace.groups[group.id] = group
  return group
}

/** With the bot in it, unless `members` says otherwise. */
export function addChannel(
  workspace: Workspace,
  given: Partial<Channel> & { id: string; name: string; members?: string[] },
): Channel {
  const channel: Channel = {
    kind: 'public',
    isArchived: false,
    isShared: false,
    ...given,
    members: given.members ?? [],
  }
  workspace.channels[channel.id] = channel
  return channel
}

/** The direct messages of the bot and this person, begun where they are not yet. */
export function dmOf(workspace: Workspace, user: string): Channel {
  const members = [workspace.bot.userId, user]
  const known = Object.values(workspace.channels).find(
    ({ kind, members: them }) => kind === 'im' && them.includes(user),
  )
  return known ?? addChannel(workspace, { id: `D${user.slice(1)}`, name: 'directmessage', kind: 'im', members })
}

/** By id or by name, with or without its #. */
export const channelNamed = (workspace: Workspace, named: string): Channel | undefined =>
  workspace.channels[named] ??
  Object.values(workspace.channels).find(({ name, kind }) => kind !== 'im' && name === named.replace(/^#/, ''))

/** A number that nothing else in this workspace has. */
export const nextNumber = (workspace: Workspace): number => workspace.next++

/** A message's time, by which it is known in its channel: later ones are greater. */
export const nextTs = (workspace: Workspace, now: number): string =>
  `${Math.floor(now / 1000)}.${String(nextNumber(workspace)).padStart(6, '0')}`

export const messageAt = (workspace: Workspace, channel: string, ts: string): Message | undefined =>
  workspace.messages.find((message) => message.channel === channel && message.ts === ts)

export function newTrigger(workspace: Workspace, user: string, now: number, viewId: string | null = null): string {
  const id = `${nextNumber(workspace)}.${workspace.team.id.length}.${Math.floor(now / 1000).toString(16)}`
  workspace.triggers[id] = { user, madeAt: now, isUsed: false, viewId }
  return id
}

/** The path's last part. */
export function newResponseUrl(workspace: Workspace, given: Omit<ResponseUrl, 'uses'>): string {
  const id = `${workspace.team.id}/${nextNumber(workspace)}/r${(given.madeAt % 1_000_000_007).toString(36)}`
  workspace.responseUrls[id] = { ...given, uses: 0 }
  return id
}
