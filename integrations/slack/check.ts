/** The doctor's look at Slack: what the token may do, whether the channels can be written to, whom the program lists. Changes nothing. */
import { createHmac } from 'node:crypto'
import type { Program } from '../../src/program/schema.ts'
import type { CallFailure, SlackCalls, SlackChannel } from './calls.ts'

export interface SlackCheck {
  name: string
  ok: boolean
  message: string
  /** The one command or click that mends it; null where nothing is wrong. */
  fix: string | null
}

export interface SlackCheckOptions {
  slack: Pick<SlackCalls, 'me' | 'channel' | 'channelNamed' | 'user' | 'group'>
  program: Program
  alertChannel: string | null
  /** What the calls need. */
  scopes: readonly string[]
}

const APP_PAGE = 'https://api.slack.com/apps'
const TOKEN_FIX = `Copy “Bot User OAuth Token” from ${APP_PAGE} → your app → OAuth & Permissions to SLACK_BOT_TOKEN`
const DOWN_FIX = 'Look at slack-status.com, then try again'
/** As many people as are asked for one by one. */
const PEOPLE_LIMIT = 50

const passed = (name: string, message: string): SlackCheck => ({ name, ok: true, message, fix: null })
const failed = (name: string, message: string, fix: string): SlackCheck => ({ name, ok: false, message, fix })

export async function checkSlack(options: SlackCheckOptions): Promise<SlackCheck[]> {
  const { slack, program, alertChannel, scopes } = options
  const me = await slack.me()
  if (!me.ok) {
    const fix = me.because === 'refused' ? TOKEN_FIX : DOWN_FIX
    return [failed('Slack: token', me.because === 'refused' ? `Slack refuses it: ${me.reason}` : wordsOf(me), fix)]
  }
  const { teamName, scopes: given } = me.value
  return [
    passed('Slack: token', teamName === '' ? 'Slack accepts it' : `of the workspace “${teamName}”`),
    checkScopes(given, scopes),
    await checkAlertChannel(slack, alertChannel),
    await checkApprovals(slack, program),
    checkLists(program),
    ...(await checkPeople(slack, program)),
    ...(await checkGroups(slack, program)),
  ]
}

const wordsOf = ({ because, reason }: CallFailure): string =>
  because === 'limited' ? 'Slack asks to wait' : `Slack does not answer (${reason})`

function checkScopes(given: readonly string[], wanted: readonly string[]): SlackCheck {
  const name = 'Slack: scopes'
  if (given.length === 0) return passed(name, 'Slack does not say which there are')
  const missing = wanted.filter((scope) => !given.includes(scope))
  if (missing.length === 0) return passed(name, `all ${wanted.length} are there`)
  const fix = `Paste what npx regulars setup slack --manifest prints at ${APP_PAGE} → your app → App Manifest, then “Reinstall to Workspace”`
  return failed(name, `missing: ${missing.join(', ')}`, fix)
}

/** Ids begin with C, or G of old; anything else is a name. */
const isId = (channel: string): boolean => /^[CG][A-Z0-9]{5,}$/.test(channel)

async function findChannel(
  slack: SlackCheckOptions['slack'],
  channel: string,
): Promise<{ ok: true; value: SlackChannel | null } | CallFailure> {
  if (!isId(channel)) return slack.channelNamed(channel)
  const found = await slack.channel(channel)
  return !found.ok && found.reason === 'channel_not_found' ? { ok: true, value: null } : found
}

async function checkChannel(slack: SlackCheckOptions['slack'], name: string, channel: string): Promise<SlackCheck> {
  const found = await findChannel(slack, channel)
  if (!found.ok) {
    if (found.reason === 'missing_scope')
      return failed(name, `${channel} cannot be looked at: a scope is missing`, 'See Slack: scopes, above')
    return failed(name, `${channel}: ${found.because === 'refused' ? found.reason : wordsOf(found)}`, DOWN_FIX)
  }
  if (found.value === null) {
    const invite = 'In Slack, in that channel: /invite @Regulars. Its id stands at the end of the channel’s details'
    return failed(name, `there is no ${channel}, or it is private and the app is not in it`, invite)
  }
  const { name: called, isMember, isArchived } = found.value
  if (isArchived) return failed(name, `#${called} is archived`, `Unarchive #${called}, or name another channel`)
  if (!isMember) return failed(name, `the app is not in #${called}`, `In Slack, in #${called}: /invite @Regulars`)
  return passed(name, `#${called}`)
}

async function checkAlertChannel(slack: SlackCheckOptions['slack'], channel: string | null): Promise<SlackCheck> {
  const name = 'Slack: alert channel'
  if (channel !== null) return checkChannel(slack, name, channel)
  const fix = 'Set SLACK_ALERT_CHANNEL to a channel’s id: in Slack, at the end of the channel’s details'
  return failed(name, 'SLACK_ALERT_CHANNEL is not set: nobody is told who may be leaving, and there is no digest', fix)
}

async function checkApprovals(slack: SlackCheckOptions['slack'], { staff }: Program): Promise<SlackCheck> {
  const name = 'Slack: approvals channel'
  if (staff.approvalsChannel !== null) return checkChannel(slack, name, staff.approvalsChannel)
  return passed(name, 'none: what waits for approval is seen in /loyalty approvals and App Home')
}

const HOW =
  'In Slack, somebody’s profile → ⋮ → “Copy member ID”; then in program.json: "staff": {"admin": ["slack:U…"]}'

/** Whether anybody in Slack may do anything, and whether what is asked for can be approved. */
function checkLists({ staff }: Program): SlackCheck {
  const name = 'Slack: staff'
  const inSlack = (list: readonly string[]): number =>
    list.filter((one) => one === '*' || one.startsWith('slack:')).length
  const [admin, approver, issuer, viewer] = [staff.admin, staff.approver, staff.issuer, staff.viewer].map(inSlack)
  if (!admin && !approver && !issuer && !viewer) return failed(name, 'nobody is listed, so nobody may do anything', HOW)
  if (!admin && !issuer)
    return failed(
      name,
      'nobody may give anything: everybody who is listed may only look',
      HOW.replace('admin', 'issuer'),
    )
  if (!admin && !approver) {
    const limit = new Intl.NumberFormat('en').format(staff.approvalAbovePoints)
    return failed(name, `nobody may agree to more than ${limit} points`, HOW.replace('admin', 'approver'))
  }
  const listed = [
    [admin, 'admin'],
    [approver, 'approver'],
    [issuer, 'issuer'],
    [viewer, 'viewer'],
  ] as const
  return passed(name, listed.flatMap(([count, role]) => (count ? [`${count} ${role}`] : [])).join(', '))
}

const listedIn = ({ staff: { admin, approver, issuer, viewer } }: Program, prefix: string): string[] => {
  const all = [...admin, ...approver, ...issuer, ...viewer].filter((one) => one.startsWith(prefix))
  return [...new Set(all)].map((one) => one.slice('slack:'.length))
}

/** Those who have gone, or never were: an id that is mistyped gives nobody anything, and nobody sees why. */
async function checkPeople(slack: SlackCheckOptions['slack'], program: Program): Promise<SlackCheck[]> {
  const ids = [...listedIn(program, 'slack:U'), ...listedIn(program, 'slack:W')].slice(0, PEOPLE_LIMIT)
  const found = await Promise.all(ids.map(async (id) => ({ id, user: await slack.user(id) })))
  return found.flatMap(({ id, user }) => {
    const name = `Slack: ${id}`
    const fix = `Take slack:${id} off the lists in program.json, or mend it: a profile → ⋮ → “Copy member ID”`
    if (user.ok) return user.value.isGuest ? [failed(name, 'is a guest or has gone: they may do nothing', fix)] : []
    return user.reason === 'user_not_found' ? [failed(name, 'is nobody in this workspace', fix)] : []
  })
}

async function checkGroups(slack: SlackCheckOptions['slack'], program: Program): Promise<SlackCheck[]> {
  return Promise.all(
    listedIn(program, 'slack:S').map(async (id) => {
      const name = `Slack: user group ${id}`
      const group = await slack.group(id)
      if (group.ok) {
        const { length } = group.value
        if (length > 0) return passed(name, `${length} ${length === 1 ? 'person' : 'people'}`)
        return failed(name, 'has nobody in it', 'Add people to it in Slack: People → User groups')
      }
      if (group.because !== 'refused') return failed(name, wordsOf(group), DOWN_FIX)
      const fix =
        group.reason === 'missing_scope'
          ? 'See Slack: scopes, above'
          : 'In Slack: People → User groups → the group → ⋮ → “Copy group ID”. User groups need a paid plan'
      return failed(name, `cannot be read (${group.reason}): nobody in it may do anything`, fix)
    }),
  )
}

const CHALLENGE = 'regulars-doctor'

export interface ReachOptions {
  /** The door, as Slack calls it. */
  url: string
  secret: string
  fetch: typeof fetch
  /** ms */
  now: number
}

/** Asks our own door, as Slack does, whether it is us: by the address that the world uses, signed. */
export async function checkDoor({ url, secret, fetch, now }: ReachOptions): Promise<SlackCheck> {
  const name = 'Slack: address'
  const fix = 'Start the server where PUBLIC_URL leads to, with the same SLACK_SIGNING_SECRET'
  const body = JSON.stringify({ type: 'url_verification', challenge: CHALLENGE })
  const timestamp = String(Math.floor(now / 1_000))
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${signature}`,
  }
  try {
    const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(REACH_WITHIN_MS) })
    if (response.ok && (await response.text()).includes(CHALLENGE)) return passed(name, `${url} answers`)
    if (response.status === 401)
      return failed(
        name,
        `${url} refuses what SLACK_SIGNING_SECRET signs: the server has another, or another clock`,
        fix,
      )
    return failed(name, `${url} answers ${response.status}`, fix)
  } catch {
    return failed(name, `${url} does not answer`, fix)
  }
}

const REACH_WITHIN_MS = 10_000
