/**
 * Figures that staff look at all day, made now and then and kept as a setting: whoever looks next, in whatever process,
 * finds them. Making them reads everybody, in slices, so it is done by one at a time.
 */
import type { Context } from '../context.ts'
import type { FigurePeriod, Figures, Glance, PeriodFigures } from '../ports/figures.ts'
import { type Origin, StoreUnavailable } from '../ports.ts'
import { makeGlance } from './glance.ts'
import { makePeriodFigures } from './period.ts'

/** With the number of its form: another version of this code may keep another. */
const KEPT = 'glance.1'
const SELF: Origin = { source: 'host', actor: 'host' }
const PERIOD_FRESH_MS = 600_000
const PERIODS_KEPT = 20

export function createFigures(context: Context): Figures {
  const { store, clock, programs } = context
  let making: Promise<Glance> | null = null
  const periods = new Map<string, Promise<PeriodFigures>>()
  const kept = async (): Promise<Glance | null> => {
    const text = await context.read((tx) => tx.setting(KEPT))
    const glance = text === null ? null : (JSON.parse(text) as Glance)
    // Another program may mean other things by the same words.
    return glance?.version === programs.version ? glance : null
  }
  const moment = () => ({ store, program: programs.current, version: programs.version, now: clock.now() })
  const make = async (): Promise<Glance> => {
    const glance = await makeGlance(moment())
    const keeping = context.onDesk(SELF, (desk) => {
      desk.changes.settings = [[KEPT, JSON.stringify(glance)]]
    })
    await keeping.catch((error: unknown) => {
      // What is known is shown, also where it cannot be kept.
      if (!(error instanceof StoreUnavailable)) throw error
    })
    return glance
  }
  async function glance(maxAgeMs: null): Promise<Glance | null>
  async function glance(maxAgeMs: number | null): Promise<Glance | null>
  async function glance(maxAgeMs: number | null): Promise<Glance | null> {
    const known = await kept()
    if (maxAgeMs === null || (known !== null && Math.abs(clock.now() - Date.parse(known.at)) < maxAgeMs)) return known
    making ??= make().finally(() => {
      making = null
    })
    return making
  }
  const periodFigures = async (period: FigurePeriod): Promise<PeriodFigures> => {
    const goals = (await glance(PERIOD_FRESH_MS))?.goals ?? []
    return makePeriodFigures({ ...moment(), goals }, period)
  }
  return {
    glance,
    periodFigures: async (period) => {
      const key = `${period.from} ${period.to}`
      const known = await periods.get(key)?.catch(() => null)
      if (known != null && Math.abs(clock.now() - Date.parse(known.at)) < PERIOD_FRESH_MS) return known
      if (periods.size >= PERIODS_KEPT) periods.clear()
      // Many who ask at once are answered by one pass.
      const made = periodFigures(period)
      periods.set(key, made)
      return made
    },
  }
}
