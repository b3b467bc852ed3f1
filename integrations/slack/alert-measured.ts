/**
 * What showing alerts was worth, for a line on their cards: only where customers were held out by chance, a hundred or more in
 * either group, and more of those shown came back than chance explains. Reckoned once a day, after everything is told.
 */
import { z } from 'zod'
import type { App } from '../../src/app/ports.ts'
import type { Delivering } from './deliver.ts'
import type { MeasuredReturns } from './views/alert-card.ts'

const SETTING = 'slack_alerts_measured'
const DAY_MS = 86_400_000

const kept = z.object({
  /** ms */
  at: z.number(),
  measured: z.object({ shown: z.number(), heldOut: z.number() }).nullable(),
})

async function read(app: Pick<App, 'getSetting'>): Promise<z.output<typeof kept> | null> {
  const text = await app.getSetting(SETTING)
  try {
    return text === null ? null : kept.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export const readMeasured = async (app: Pick<App, 'getSetting'>): Promise<MeasuredReturns | null> =>
  (await read(app))?.measured ?? null

/** Costs nothing for programs that hold nobody out. Whatever goes wrong, alerts are told without it. */
export async function refreshMeasured({ app, program, logger }: Delivering, now: number): Promise<void> {
  const before = await read(app)
  const holdsOut = program().retention.holdout > 0
  if (!holdsOut && (before === null || before.measured === null)) return
  if (holdsOut && before !== null && Math.abs(now - before.at) < DAY_MS) return
  // It may take longer than this host lets anything run: then it is not begun again with each delivery.
  await put(app, now, before?.measured ?? null)
  const measured = holdsOut ? await measure(app).catch(() => undefined) : null
  if (measured === undefined) logger.warn('what alerts were worth could not be reckoned')
  await put(app, now, measured ?? null)
}

const put = (app: Pick<App, 'putSetting'>, at: number, measured: MeasuredReturns | null): Promise<void> =>
  app.putSetting(SETTING, JSON.stringify({ at, measured }))

async function measure(app: Pick<App, 'report'>): Promise<MeasuredReturns | null> {
  const report = await app.report('retention', {})
  const holdout = report.ok ? report.value.impact.holdout : null
  if (holdout === null || holdout.effect === null || holdout.effect.shareLow <= 0) return null
  const { shown, heldOut } = holdout
  return shown.share === null || heldOut.share === null ? null : { shown: shown.share, heldOut: heldOut.share }
}
