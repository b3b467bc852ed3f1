// A world with alerts: opens and closes them as the night's look and events do, and looks at them as they are stored.
import { closeAlert, type Opening, openAlert, SLACK_ALERT } from '../../src/app/alerts/open.ts'
import { createContext } from '../../src/app/context.ts'
import type { Desk } from '../../src/app/desk.ts'
import type { AlertStepInput, AlertView, Origin, Result } from '../../src/app/ports.ts'
import { createNewCode, createNewId } from '../../src/compose/ids.ts'
import { enactProgram } from '../../src/compose/programs.ts'
import type { Alert, AlertDraft, AlertOutcome } from '../../src/core/alert-state.ts'
import type { Program } from '../../src/program/schema.ts'
import { createWorld, staff, type World, type WorldOptions } from './world.ts'

export const CLOCK: Origin = { source: 'clock', actor: 'clock' }

export const draft = (over: Partial<AlertDraft> = {}): AlertDraft => ({
  kind: 'overdue',
  occasion: '2026-09-18',
  valueMinor: 41_200,
  reason: 'Usually buys every 3 weeks; it has been 9.',
  facts: { usualDays: 21, daysSince: 65 },
  suggestion: null,
  windowDays: 30,
  ...over,
})

export interface AlertWorld extends World {
  onDesk<Outcome>(work: (desk: Desk) => Outcome, origin?: Origin): Promise<Outcome>
  /** For a member by reference. */
  open(ref: string, over?: Partial<AlertDraft>): Promise<Opening>
  end(id: string, outcome: 'came_back' | 'passed' | 'member_left'): Promise<boolean>
  stored(id: string): Promise<Alert>
  /** All of a member's as they are stored, oldest first. */
  alertsOf(ref: string): Promise<Alert[]>
  /** Ids that the member watches. */
  watched(ref: string): Promise<string[]>
  /** Revisions of what Slack is to be told, by the alert's id. */
  told(): Promise<Record<string, number>>
  move(id: string, step: AlertStepInput, origin?: Origin): Promise<Result<AlertView>>
}

export async function createAlertWorld(options: WorldOptions & { program: Program }): Promise<AlertWorld> {
  const slack = { vendor: 'slack', kinds: [SLACK_ALERT], deliver: async () => ({ kind: 'done' }) as const }
  const world = await createWorld({ ...options, deliverers: [slack, ...(options.deliverers ?? [])] })
  const { store, clock, app } = world
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count))
  const context = createContext({
    store,
    clock,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    newId: createNewId({ now: clock.now, random }),
    newCode: createNewCode(random),
    hashName: (name) => name,
    ...(await enactProgram(store, options.program, clock.at)),
    deliverers: [],
    effectKinds: [SLACK_ALERT],
    retranslate: null,
  })
  const onDesk: AlertWorld['onDesk'] = (work, origin = CLOCK) => context.onDesk(origin, work)
  const idOf = async (ref: string): Promise<string> => {
    const found = await app.getMember(ref)
    if (!found.ok) throw new Error(`${ref}: ${found.message}`)
    return found.value.id
  }
  const stored = async (id: string): Promise<Alert> => {
    const alert = await store.read((tx) => tx.alerts([id]).get(id))
    if (alert === undefined) throw new Error(`no alert ${id}`)
    return alert
  }
  return {
    ...world,
    onDesk,
    stored,
    open: async (ref, over) => {
      const id = await idOf(ref)
      return onDesk((desk) => openAlert(desk, id, draft(over)))
    },
    end: (id, outcome: Extract<AlertOutcome, 'came_back' | 'passed' | 'member_left'>) =>
      onDesk((desk) => {
        const alert = desk.alerts.alert(id)
        if (alert === null) throw new Error(`no alert ${id}`)
        return closeAlert(desk, alert, outcome)
      }),
    alertsOf: async (ref) => {
      const id = await idOf(ref)
      return store.read((tx) => tx.alertsOf(id))
    },
    watched: async (ref) => {
      const id = await idOf(ref)
      return store.read((tx) => tx.members([id]).get(id)?.alerts ?? [])
    },
    told: async () => {
      const rows = await store.dueEffects({ kinds: [SLACK_ALERT], now: Number.MAX_SAFE_INTEGER, limit: 1_000 })
      return Object.fromEntries(rows.map(({ key, revision }) => [key, revision]))
    },
    move: (id, step, origin = staff) => app.moveAlert(id, step, origin, null),
  }
}
