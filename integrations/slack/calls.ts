/**
 * What we ask Slack for, by the official client. Failures are values: what is to be done about them differs from place to
 * place. Nothing that was said is in them, and no token.
 */
import {
  type WebAPICallResult,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
} from '@slack/web-api'
import { z } from 'zod'
import { withChartsOrText } from './charts-or-text.ts'
import type { Home, Message, Modal } from './desk.ts'

/**
 * `expired`: a window's trigger, or a response_url, whose time is over. `gone`: what was to be changed is no more.
 * `limited`: asked to wait. `down`: no answer, or none that means anything. `refused`: Slack says no, by `reason`.
 */
export interface CallFailure {
  ok: false
  because: 'expired' | 'gone' | 'limited' | 'down' | 'refused'
  /** Slack's code, such as `channel_not_found`, or ours. */
  reason: string
  /** How long to wait, ms. */
  forMs: number
}
export type Called<T> = { ok: true; value: T } | CallFailure

export interface SlackUser {
  id: string
  teamId: string
  /** On Enterprise Grid: the organization, and its workspaces that they are in. */
  enterprise?: { id: string; teams: string[] } | null
  /** Guests, bots, strangers of shared channels, and those whose account has ended. */
  isGuest: boolean
  email: string | null
  /** Such as `en-US`; null where Slack does not say. */
  locale: string | null
}

export interface SlackChannel {
  id: string
  name: string
  /** Whether the app is in it. */
  isMember: boolean
  isArchived: boolean
}

export interface SlackCalls {
  openView(trigger: string, view: Modal): Promise<Called<string>>
  /** On top of the window that is open. Answers the view's id, as the others do. */
  pushView(trigger: string, view: Modal): Promise<Called<string>>
  updateView(id: string, view: Modal): Promise<Called<string>>
  publishHome(user: string, view: Home): Promise<Called<string>>
  /** Answers where it stands: `channel` may be a person's, whose own then comes back. */
  post(where: { channel: string; thread?: string }, message: Message): Promise<Called<{ channel: string; ts: string }>>
  change(where: { channel: string; ts: string }, message: Message): Promise<Called<null>>
  /** Seen by one person alone. */
  whisper(where: { channel: string; user: string }, message: Message): Promise<Called<null>>
  respond(url: string, message: Message, how: 'alone' | 'in_channel' | 'replace'): Promise<Called<null>>
  permalink(where: { channel: string; ts: string }): Promise<Called<string>>
  user(id: string): Promise<Called<SlackUser>>
  /** Ids of those in a user group. */
  group(id: string): Promise<Called<string[]>>
  userByEmail(email: string): Promise<Called<string | null>>
  channel(id: string): Promise<Called<SlackChannel>>
  /** With or without its #; null where there is none, or none that the app can see. Reads the whole list: not for requests. */
  channelNamed(name: string): Promise<Called<SlackChannel | null>>
  /** `isForAll`: installed for a whole organization of Enterprise Grid, which `teamId` then names. */
  me(): Promise<Called<{ teamId: string; isForAll: boolean; teamName: string; botUser: string; scopes: string[] }>>
}

export interface SlackCallOptions {
  token: string
  /** Default: Slack's. */
  apiUrl: string | null
}

const TIMEOUT_MS = 10_000
const DEFAULT_WAIT_MS = 30_000
const EXPIRED = new Set(['expired_trigger_id', 'exchanged_trigger_id', 'trigger_expired', 'trigger_exchanged'])
const GONE = new Set(['not_found', 'message_not_found', 'view_not_found', 'hash_conflict', 'cant_update_message'])
const FAULTS_OF_SLACK = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

export function failureOf(error: unknown): CallFailure {
  const failure = (because: CallFailure['because'], reason: string, forMs = 0): CallFailure => ({
    ok: false,
    because,
    reason,
    forMs,
  })
  if (error instanceof WebAPIRateLimitedError)
    return failure('limited', 'ratelimited', Math.max(1, error.retryAfter || 0) * 1_000)
  if (error instanceof WebAPIPlatformError) {
    const reason = error.data.error
    if (EXPIRED.has(reason)) return failure('expired', reason)
    if (GONE.has(reason)) return failure('gone', reason)
    if (reason === 'ratelimited' || reason === 'rate_limited') return failure('limited', reason, DEFAULT_WAIT_MS)
    return failure(FAULTS_OF_SLACK.has(reason) ? 'down' : 'refused', reason)
  }
  if (error instanceof WebAPIHTTPError) return failure('down', `status ${error.statusCode}`)
  return failure('down', 'no answer')
}

const viewAnswer = z.object({ view: z.object({ id: z.string() }) }).transform(({ view }) => view.id)
const postAnswer = z.object({ channel: z.string(), ts: z.string() })
const linkAnswer = z.object({ permalink: z.string() }).transform(({ permalink }) => permalink)
const groupAnswer = z.object({ users: z.array(z.string()) }).transform(({ users }) => users)
const nothing = z.unknown().transform(() => null)
const channelRead = z
  .object({
    id: z.string().default(''),
    name: z.string().default(''),
    is_member: z.boolean().default(false),
    is_archived: z.boolean().default(false),
  })
  .transform(
    ({ id, name, is_member, is_archived }): SlackChannel => ({
      id,
      name,
      isMember: is_member,
      isArchived: is_archived,
    }),
  )
const channelAnswer = z.object({ channel: channelRead }).transform(({ channel }) => channel)
const channelsAnswer = z
  .object({
    channels: z.array(channelRead),
    response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
  })
  .transform(({ channels, response_metadata }) => ({ channels, next: response_metadata?.next_cursor ?? '' }))
/** Pages of a thousand. */
const CHANNEL_PAGES = 50
const flag = z.boolean().optional().default(false)
const userAnswer = z
  .object({
    user: z.object({
      id: z.string(),
      team_id: z.string().optional().default(''),
      deleted: flag,
      is_bot: flag,
      is_restricted: flag,
      is_ultra_restricted: flag,
      is_stranger: flag,
      locale: z.string().nullish(),
      profile: z.object({ email: z.string().nullish() }).nullish(),
      enterprise_user: z
        .object({ enterprise_id: z.string(), teams: z.array(z.string()).nullish() })
        .nullish()
        .catch(null),
    }),
  })
  .transform(({ user }) => ({
    id: user.id,
    teamId: user.team_id,
    enterprise: user.enterprise_user
      ? { id: user.enterprise_user.enterprise_id, teams: user.enterprise_user.teams ?? [] }
      : null,
    isGuest: user.deleted || user.is_bot || user.is_restricted || user.is_ultra_restricted || user.is_stranger,
    email: user.profile?.email ?? null,
    locale: user.locale ?? null,
  }))
const meAnswer = z
  .object({
    team_id: z.string(),
    team: z.string().optional().default(''),
    is_enterprise_install: flag,
    enterprise_id: z.string().nullish(),
    user_id: z.string(),
    response_metadata: z.object({ scopes: z.array(z.string()).optional() }).nullish(),
  })
  .transform((me) => ({
    teamId: me.is_enterprise_install && me.enterprise_id ? me.enterprise_id : me.team_id,
    isForAll: me.is_enterprise_install,
    teamName: me.team,
    botUser: me.user_id,
    scopes: me.response_metadata?.scopes ?? [],
  }))

/** Nothing is logged by the client itself: its lines hold what was said. */
const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => 'error' as never,
  setName: () => {},
}

/** workerd's is called by its own name alone, and knows no `error` among the ways to follow. Its answer is not followed either. */
const fetchHere: typeof fetch = (url, init) => fetch(url, { ...init, redirect: 'manual' })

export function createSlackCalls({ token, apiUrl }: SlackCallOptions): SlackCalls {
  const client = new WebClient(token, {
    ...(apiUrl !== null && { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    // Whoever calls decides whether it is worth another try.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    allowAbsoluteUrls: false,
    fetch: fetchHere,
    logger: silent,
  })
  const call = async <S extends z.ZodType>(
    method: string,
    options: Record<string, unknown>,
    answer: S,
  ): Promise<Called<z.output<S>>> => {
    let result: WebAPICallResult
    try {
      result = await client.apiCall(method, options)
    } catch (error) {
      return failureOf(error)
    }
    const read = answer.safeParse(result)
    return read.success
      ? { ok: true, value: read.data }
      : { ok: false, because: 'down', reason: 'odd answer', forMs: 0 }
  }
  async function channelNamed(named: string): Promise<Called<SlackChannel | null>> {
    const name = named.replace(/^#/, '').toLowerCase()
    const types = 'public_channel,private_channel'
    let cursor = ''
    for (let page = 0; page < CHANNEL_PAGES; page++) {
      const asked = { types, limit: 1_000, ...(cursor !== '' && { cursor }) }
      const answer = await call('conversations.list', asked, channelsAnswer)
      if (!answer.ok) return answer
      const found = answer.value.channels.find((channel) => channel.name === name)
      cursor = answer.value.next
      if (found !== undefined || cursor === '') return { ok: true, value: found ?? null }
    }
    return { ok: true, value: null }
  }

  const quiet = { unfurl_links: false, unfurl_media: false }
  return withChartsOrText({
    openView: (trigger_id, view) => call('views.open', { trigger_id, view }, viewAnswer),
    pushView: (trigger_id, view) => call('views.push', { trigger_id, view }, viewAnswer),
    updateView: (view_id, view) => call('views.update', { view_id, view }, viewAnswer),
    publishHome: (user_id, view) => call('views.publish', { user_id, view }, viewAnswer),
    post: ({ channel, thread }, { text, blocks }) =>
      call(
        'chat.postMessage',
        { channel, text, blocks, ...quiet, ...(thread !== undefined && { thread_ts: thread }) },
        postAnswer,
      ),
    change: ({ channel, ts }, { text, blocks }) =>
      call('chat.update', { channel, ts, text, blocks, parse: 'none' }, nothing),
    whisper: ({ channel, user }, { text, blocks }) =>
      call('chat.postEphemeral', { channel, user, text, blocks, ...quiet }, nothing),
    respond: (url, message, how) => respondAt(url, message, how),
    permalink: ({ channel, ts }) => call('chat.getPermalink', { channel, message_ts: ts }, linkAnswer),
    user: (user) => call('users.info', { user, include_locale: true }, userAnswer),
    group: (usergroup) => call('usergroups.users.list', { usergroup }, groupAnswer),
    userByEmail: async (email) => {
      const found = await call('users.lookupByEmail', { email }, userAnswer)
      if (found.ok) return { ok: true, value: found.value.isGuest ? null : found.value.id }
      return found.reason === 'users_not_found' ? { ok: true, value: null } : found
    },
    channel: (channel) => call('conversations.info', { channel }, channelAnswer),
    channelNamed,
    me: () => call('auth.test', {}, meAnswer),
  })
}

/** It answers `ok`, or as the other calls do. */
function refusedIn(body: string): string | null {
  try {
    const read = z.object({ ok: z.literal(false), error: z.string() }).safeParse(JSON.parse(body))
    return read.success ? read.data.error : null
  } catch {
    return null
  }
}

/** Slack answers 404 once it was used five times, or its half hour is over. */
async function respondAt(
  url: string,
  { text, blocks }: Message,
  how: 'alone' | 'in_channel' | 'replace',
): Promise<Called<null>> {
  const body = {
    text,
    blocks,
    response_type: how === 'in_channel' ? 'in_channel' : 'ephemeral',
    replace_original: how === 'replace',
  }
  const failure = (because: CallFailure['because'], reason: string, forMs = 0): CallFailure => ({
    ok: false,
    because,
    reason,
    forMs,
  })
  if (!/^https?:\/\//.test(url)) return failure('expired', 'no address')
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.ok) {
      const refused = refusedIn(await response.text())
      return refused === null ? { ok: true, value: null } : failure('refused', refused)
    }
    if (response.status === 429) return failure('limited', 'ratelimited', DEFAULT_WAIT_MS)
    return failure(response.status < 500 ? 'expired' : 'down', `status ${response.status}`)
  } catch {
    return failure('down', 'no answer')
  }
}
