/**
 * The doors behind the card on a contact. HubSpot signs what the card asks and says which user asks: they act as themselves,
 * under the one staff policy, by their address.
 */
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { z } from 'zod'
import type { App, Idempotency, Origin, Result } from '../../src/app/ports.ts'
import { emailOf, shortText } from './action-inputs.ts'
import { type ContactOf, enrolContact, memberOf } from './action-members.ts'
import { type Card, issuedMessage, missedPoints, viewCard } from './card-view.ts'
import { answer, problem, refusal, whyOf } from './problems.ts'
import { type DoorOptions, readSigned } from './signed-request.ts'
import { verifyV3 } from './verify-signature.ts'

export type CardApp = Pick<
  App,
  | 'program'
  | 'mayStaff'
  | 'getMember'
  | 'wouldHaveEarned'
  | 'ledger'
  | 'memberRewards'
  | 'contactsOf'
  | 'redeem'
  | 'enrolMember'
>

export interface CardDoorOptions extends DoorOptions {
  app: CardApp
}

const HISTORY_LINES = 5
const NOTE_CHARACTERS = 500

interface Asked {
  origin: Origin
  url: URL
  json: () => unknown
}
type Work = (asked: Asked, options: CardDoorOptions) => Promise<Response>

/** A handler that knows who asks: 401 without a signature or a user. */
const createDoor =
  (route: string, work: Work) =>
  (options: CardDoorOptions) =>
  async (c: Context): Promise<Response> => {
    const signed = await readSigned(c, route, verifyV3, options)
    if (!signed.ok) return signed.response
    // The card may put into the address what it likes: who asks is what HubSpot adds, and it adds it once.
    const [given, ...others] = signed.url.searchParams.getAll('userEmail')
    const email = others.length > 0 ? null : emailOf(given)
    if (email === null) return problem(401, 'unauthorized', 'HubSpot did not say which user asks.')
    const origin = { source: 'hubspot:card', actor: `hubspot:${email.toLowerCase()}` }
    try {
      return await work({ origin, url: signed.url, json: signed.json }, options)
    } catch (error) {
      options.logger.error('what a card asked could not be done', { route, error: whyOf(error) })
      return problem(503, 'unavailable', 'This could not be done now. Try again in a moment.')
    }
  }

const record = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,19}$/)]).transform(String)
const email = z.unknown().optional().transform(emailOf)
/** Chosen from what the card was given when it looked. */
const ticket = z.string().regex(/^[\w.-]{1,64}$/)

const looking = z.object({ objectId: record, email })
const issuing = z.object({
  contactId: record,
  email,
  reward: z.string().min(1).max(100),
  charge: z.enum(['member', 'house']),
  note: z
    .unknown()
    .optional()
    .transform((given) => shortText(given, NOTE_CHARACTERS) || null),
  ticket,
})
const enrolling = z.object({
  contactId: record,
  email,
  name: z
    .unknown()
    .optional()
    .transform((given) => shortText(given, 200) || null),
  ticket,
})

const badRequest = (): Response =>
  problem(400, 'invalid_request', 'The card asked for something that it cannot ask for.')

/** `GET /hubspot/card?objectId=…&email=…` → what the card shows. */
export const createCardDoor = createDoor('/hubspot/card', async ({ origin, url }, { app, clock }) => {
  const asked = looking.safeParse(Object.fromEntries(url.searchParams))
  if (!asked.success) return badRequest()
  if (!(await app.mayStaff(origin, 'view'))) return problem(403, 'forbidden', 'You may not look members up')
  const { objectId, email } = asked.data
  const now = clock.now()
  const [{ member, candidate }, mayIssue] = await Promise.all([
    memberOf(app, { record: objectId, email }),
    app.mayStaff(origin, 'issue'),
  ])
  const look = now.toString(36)
  if (member === null) {
    const missed = candidate === null ? null : await app.wouldHaveEarned(candidate.id)
    const words = missed?.ok ? missedPoints(missed.value, app.program().program) : ''
    return answer(noMember(mayIssue && email !== null, look, words))
  }
  const [entries, rewards, [contact]] = await Promise.all([
    app.ledger(member.id, { limit: HISTORY_LINES }),
    app.memberRewards(member.id),
    app.contactsOf([member.id]),
  ])
  // They were erased in this moment.
  if (!entries.ok || !rewards.ok) return answer(noMember(false, look))
  const { program } = app.program()
  const parts = { member, standing: contact?.standing ?? null, entries: entries.value.items, rewards: rewards.value }
  return answer(viewCard({ ...parts, program, now, mayIssue, ticket: look }))
})

const noMember = (mayEnrol: boolean, look: string, missed = ''): Card => ({
  kind: 'none',
  message: `Not a member yet.${missed}`,
  mayEnrol,
  ticket: look,
})

/** `POST /hubspot/card/rewards` `{contactId, email?, reward, charge, note?, ticket}` → `{message, code, state}`. */
export const createCardRewardDoor = createDoor('/hubspot/card/rewards', async ({ origin, json }, { app }) => {
  const asked = issuing.safeParse(json())
  if (!asked.success) return badRequest()
  const { contactId, email, reward, charge, note, ticket } = asked.data
  const { member } = await memberOf(app, { record: contactId, email })
  if (member === null) return problem(404, 'not_found', 'This contact is not a member')
  const once = onceFor(origin, 'rewards', ticket, [member.id, reward, charge, note])
  const redeemed = await app.redeem(member.id, { reward, charge, note }, origin, once)
  if (!redeemed.ok) return refusal(redeemed)
  const after = await app.getMember(member.id)
  const balance = after.ok && charge === 'member' ? after.value.points.available : null
  const { code, state } = redeemed.value
  return answer({ message: issuedMessage(redeemed.value, balance, app.program().program), code, state })
})

/** `POST /hubspot/card/enrol` `{contactId, email, name?, ticket}` → `{message}`. */
export const createCardEnrolDoor = createDoor('/hubspot/card/enrol', async ({ origin, json }, { app }) => {
  const asked = enrolling.safeParse(json())
  if (!asked.success) return badRequest()
  const { contactId, email, name, ticket } = asked.data
  const contact: ContactOf = { record: contactId, email, name }
  const once = onceFor(origin, 'enrol', ticket, [contactId, email])
  const enrolled: Result<unknown> = await enrolContact(app, contact, { origin, once })
  if (!enrolled.ok) return refusal(enrolled)
  return answer({ message: `Welcome to ${app.program().program.name}` })
})

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Whose key it is goes in as a digest: these rows are not where addresses belong. */
const onceFor = ({ actor }: Origin, route: string, key: string, content: readonly unknown[]): Idempotency => ({
  holder: `hubspot:${digest(actor).slice(0, 32)}`,
  route: `POST /hubspot/card/${route}`,
  key,
  hash: digest(JSON.stringify(content)),
})
