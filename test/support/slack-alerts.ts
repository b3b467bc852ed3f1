// Alerts for the loyalty desk of tests: opened as the night's look opens them, in the desk's own store.
import { openAlert } from '../../src/app/alerts/open.ts'
import { createContext } from '../../src/app/context.ts'
import type { AlertView, Deliverer, OutboxRow } from '../../src/app/ports.ts'
import { createNewCode, createNewId } from '../../src/compose/ids.ts'
import { enactProgram } from '../../src/compose/programs.ts'
import type { AlertDraft } from '../../src/core/alert-state.ts'
import { CLOCK, draft } from './alerts.ts'
import { createDesk, type DeskOptions, type LoyaltyDesk } from './slack.ts'

export interface Opener {
  /** For a member by address or name; answers the alert as staff see it. */
  open(member: string, over?: Partial<AlertDraft>): Promise<AlertView>
  /** As it is now. */
  alert(id: string): Promise<AlertView>
}

export async function alertsOn(desk: LoyaltyDesk): Promise<Opener> {
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const context = createContext({
    store: desk.store,
    clock: desk.clock,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    newId: createNewId({ now: desk.clock.now, random }),
    newCode: createNewCode(random),
    hashName: (name) => name,
    ...(await enactProgram(desk.store, desk.program, desk.clock.now())),
    deliverers: [] as Deliverer[],
    effectKinds: ['slack.alert'],
    retranslate: null,
  })
  const alert = async (id: string): Promise<AlertView> => {
    const found = await desk.app.getAlert(id)
    if (!found.ok) throw new Error(found.message)
    return found.value
  }
  return {
    alert,
    open: async (member, over = {}) => {
      const { id } = await desk.member(member)
      const drafted = draft(over)
      const opening = await context.onDesk(CLOCK, (unit) => openAlert(unit, id, drafted))
      if (opening !== 'opened') throw new Error(`the alert is ${opening}`)
      const listed = await desk.app.listAlerts({ member: id, kind: drafted.kind, limit: 100 })
      const opened = listed.ok
        ? listed.value.items.find((one) => one.id.endsWith(`.${drafted.occasion.replaceAll('/', '.')}`))
        : undefined
      if (opened === undefined) throw new Error('the alert is not there')
      return opened
    },
  }
}

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export const REWARDS = [
  { id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual' as const, instructions: 'Hand it over' } },
]

export interface Shop extends Opener {
  desk: LoyaltyDesk
}

/** With Grace, and a reward. */
export async function createShop(slack: Parameters<typeof createDesk>[0], options: DeskOptions = {}): Promise<Shop> {
  const program = { rewards: REWARDS, ...options.program }
  const desk = await createDesk(slack, { members: ['grace'], ...options, program })
  return { desk, ...(await alertsOn(desk)) }
}

type Seen = ReturnType<LoyaltyDesk['channel']>

/** In the channel of alerts, the oldest first. */
export const alertsIn = (desk: LoyaltyDesk): Seen => desk.channel('alerts')
export const cards = (desk: LoyaltyDesk): Seen => alertsIn(desk).filter(({ threadTs }) => threadTs === null)
export const replies = (desk: LoyaltyDesk): Seen => alertsIn(desk).filter(({ threadTs }) => threadTs !== null)

/** The only one. */
export function card(desk: LoyaltyDesk): Seen[number] {
  const [first, ...others] = cards(desk)
  if (first === undefined || others.length > 0) throw new Error(`there are ${cards(desk).length} cards`)
  return first
}

/** Alerts that Slack has not been told of. */
export const waiting = async (desk: LoyaltyDesk): Promise<OutboxRow[]> =>
  (await desk.app.listOutbox({ limit: 1_000 })).items.filter(({ kind }) => kind === 'slack.alert')

/** `m0@example.org`, … */
export async function enrolMany(desk: LoyaltyDesk, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, n) => `m${n}@example.org`)
  for (const [n, email] of names.entries()) await desk.enrol({ email, name: `Member ${n}` })
  return names
}
