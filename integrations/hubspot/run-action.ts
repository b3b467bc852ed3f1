/**
 * What a workflow's action does. It acts by the system and not as a person: whoever may publish workflows in HubSpot decides
 * what they give, without approval or daily limit, as with an API key that no role lists.
 */
import { createHash } from 'node:crypto'
import type { App, Idempotency, MemberView, Origin, RefusalCode, Result } from '../../src/app/ports.ts'
import { count, pointsWord } from '../../src/core/sentences.ts'
import type { Program } from '../../src/program/schema.ts'
import { type ActionName, type Execution, isTicked, optionalNumber, shortText, wholeNumber } from './action-inputs.ts'
import { enrolContact, memberOf, NO_ADDRESS } from './action-members.ts'

export type ActionApp = Pick<
  App,
  'program' | 'getMember' | 'enrolMember' | 'adjustPoints' | 'recordAction' | 'redeem' | 'listRewards'
>

/** What the workflow can go on with. */
export interface ActionOutputs {
  outcome: 'done' | 'already_member' | 'not_a_member' | RefusalCode
  message: string
  points?: number
  balance?: number
  code?: string
}

/** A slip in a workflow is made for thousands at once. */
export const POINTS_LIMITS = [1, 1_000_000] as const
const SCORE_LIMITS = [0, 10] as const
const REASON_CHARACTERS = 500
const ID_CHARACTERS = 100

interface Run {
  app: ActionApp
  action: ActionName
  execution: Execution
  origin: Origin
}

type Perform = (run: Run) => Promise<ActionOutputs>

const PERFORMERS: Record<ActionName, Perform> = {
  'award-points': awardPoints,
  'perform-action': performAction,
  'issue-reward': issueReward,
  'enrol-member': enrol,
}

/** Runs it once, however often it is asked for. @throws StoreUnavailable */
export function runAction(app: ActionApp, action: ActionName, execution: Execution): Promise<ActionOutputs> {
  const { callbackId, workflow } = execution
  // Not `hubspot:…`, which is a person's.
  const actor = workflow === null ? 'workflow' : `workflow:${workflow}`
  return PERFORMERS[action]({ app, action, execution, origin: { source: `hubspot:action:${callbackId}`, actor } })
}

/** The same run asks for the same; what HubSpot knows of the contact by now does not count. */
function onceFor({ action, execution: { callbackId, contact, fields } }: Run, part: ActionName): Idempotency {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))
  const hash = createHash('sha256')
    .update(JSON.stringify([action, contact.record, sorted]))
    .digest('hex')
  return {
    holder: 'hubspot',
    route: `POST /hubspot/actions/${action}${part === action ? '' : ` ${part}`}`,
    key: callbackId,
    hash,
  }
}

const refused = (outcome: ActionOutputs['outcome'], message: string): ActionOutputs => ({ outcome, message })

const amount = (points: number, program: Program): string =>
  `${count(points, program.locale)} ${pointsWord(points, program)}`

/** Does it with the member that the contact is; who is none is enrolled first where the action says so. */
async function withMember(run: Run, work: (member: MemberView) => Promise<ActionOutputs>): Promise<ActionOutputs> {
  const { app, execution, origin } = run
  const { contact, fields } = execution
  const { member } = await memberOf(app, contact)
  if (member !== null) return work(member)
  if (!isTicked(fields.enrol))
    return refused('not_a_member', contact.email === null ? NO_ADDRESS : 'This contact is not a member')
  const enrolled = await enrolContact(app, contact, { origin, once: onceFor(run, 'enrol-member') })
  if (enrolled.ok) return work(enrolled.value)
  // Somebody else may have been quicker.
  const now = enrolled.code === 'conflict' ? await memberOf(app, contact) : null
  return now?.member ? work(now.member) : refused(enrolled.code, enrolled.message)
}

async function awardPoints(run: Run): Promise<ActionOutputs> {
  const { app, execution, origin } = run
  const points = wholeNumber(execution.fields.points, 'points', POINTS_LIMITS)
  if (typeof points === 'string') return refused('invalid_request', points)
  const reason = shortText(execution.fields.reason, REASON_CHARACTERS) || 'By a HubSpot workflow'
  return withMember(run, async ({ id }) => {
    const adjusted = await app.adjustPoints(id, { points, reason }, origin, onceFor(run, 'award-points'))
    if (!adjusted.ok) return refused(adjusted.code, adjusted.message)
    const { balance } = adjusted.value
    const message = `${amount(points, app.program().program)} given`
    return { outcome: 'done', message, points, balance }
  })
}

async function performAction(run: Run): Promise<ActionOutputs> {
  const { app, execution, origin } = run
  const action = shortText(execution.fields.action, ID_CHARACTERS)
  if (action === '') return refused('invalid_request', 'action must be one of the program’s')
  const score = optionalNumber(execution.fields.score, 'score', SCORE_LIMITS)
  if (typeof score === 'string') return refused('invalid_request', score)
  return withMember(run, async ({ id }) => {
    const input = { action, ...(score !== undefined && { data: { score } }) }
    const recorded = await app.recordAction(id, input, origin, onceFor(run, 'perform-action'))
    if (!recorded.ok) return refused(recorded.code, recorded.message)
    const { points, balance, reason } = recorded.value
    return { outcome: 'done', message: reason, points, balance }
  })
}

const isCharge = (given: string): given is 'member' | 'house' => given === 'member' || given === 'house'

async function issueReward(run: Run): Promise<ActionOutputs> {
  const { app, execution, origin } = run
  const reward = shortText(execution.fields.reward, ID_CHARACTERS)
  const charge = shortText(execution.fields.charge, ID_CHARACTERS) || 'member'
  if (reward === '') return refused('invalid_request', 'reward must be one of the program’s')
  if (!isCharge(charge)) return refused('invalid_request', 'charge must be member (their points) or house (a present)')
  const reason = shortText(execution.fields.reason, REASON_CHARACTERS) || null
  return withMember(run, async ({ id }) => {
    const redeemed = await app.redeem(id, { reward, charge, reason }, origin, onceFor(run, 'issue-reward'))
    if (!redeemed.ok) return refused(redeemed.code, redeemed.message)
    const { name, code, cost } = redeemed.value
    const message = code === null ? `${name} is on its way` : `${name}: ${code}`
    return { outcome: 'done', message, ...(code !== null && { code }), points: cost, ...(await balanceOf(app, id)) }
  })
}

async function balanceOf(app: ActionApp, id: string): Promise<{ balance?: number }> {
  const now: Result<MemberView> = await app.getMember(id)
  return now.ok ? { balance: now.value.points.available } : {}
}

/** Whoever is a member already is no failure: a workflow enrols everybody who comes by. */
async function enrol(run: Run): Promise<ActionOutputs> {
  const { app, execution, origin } = run
  const referredBy = shortText(execution.fields.referredBy, ID_CHARACTERS) || null
  const { program } = app.program()
  const already = ({ points }: MemberView): ActionOutputs => ({
    outcome: 'already_member',
    message: `They are a member of ${program.name} already`,
    balance: points.available,
  })
  const once = onceFor(run, 'enrol-member')
  const enrolled = await enrolContact(app, execution.contact, { origin, once, referredBy })
  if (enrolled.ok)
    return { outcome: 'done', message: `Welcome to ${program.name}`, balance: enrolled.value.points.available }
  const { member } = await memberOf(app, execution.contact)
  return member === null ? refused(enrolled.code, enrolled.message) : already(member)
}
