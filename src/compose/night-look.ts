// When the night's look is due, and that one which fails is not tried for ever.
import { type LookStanding, RETENTION_RUN, readStanding } from '../app/look-ahead-run.ts'
import type { App, Clock, Logger } from '../app/ports.ts'

/** In the program's zone, when few customers are awake. */
export const NIGHT_HOUR = 3
const HOUR_MS = 3_600_000
/** A server that was down in the night looks when it starts again. */
const TOO_OLD_MS = 26 * HOUR_MS
/** A look that brings the server down must not do so again and again. */
const TRIES_A_DAY = 3
const TRIED = 'retention_tried'

export interface NightLookOptions {
  app: Pick<App, 'getSetting' | 'putSetting' | 'program' | 'listMembers'>
  clock: Clock
  logger: Logger
  /** Looks, in the host's way; resolves when it is done or stopped. */
  look: (isStopped: () => boolean) => Promise<void>
}

interface Tried {
  date: string
  times: number
}

/** For a host that lives: a round to be called now and then. Most do nothing. */
export function createNightLook(options: NightLookOptions): (isStopped: () => boolean) => Promise<void> {
  const { app, clock, logger, look } = options
  let isStart = true
  let restsUntil = Number.NEGATIVE_INFINITY
  /** The date on which the server found nobody to look at: the first night is soon enough. */
  let emptyOn: string | null = null
  return async (isStopped) => {
    const now = clock.now()
    const [wasStart, local] = [isStart, localTime(now, zoneOf(app))]
    isStart = false
    if (now < restsUntil || emptyOn === local.date) return
    const standing = await standingOf(app)
    if (!(wasStart ? isLate(standing, now) : isDueTonight(standing, now, zoneOf(app)))) return
    if (await hasNobody(app)) {
      emptyOn = local.date
      return
    }
    if (!(await mayTry(app, local.date))) return
    restsUntil = now + HOUR_MS
    await look(isStopped).catch((error: unknown) => logger.error('looking ahead failed', { error }))
  }
}

/** Members judged in one slice on a host that is called by the minute, and customers that models are learnt from there. */
const SLICE = 50
const SAMPLE = 10_000

/** For a host that is called by the minute: some slices of a look that is due or under way. */
export async function lookInTime(
  app: Pick<App, 'getSetting' | 'program' | 'lookAhead'>,
  { now, isOver }: { now: number; isOver: () => boolean },
): Promise<void> {
  const standing = await standingOf(app)
  const begin = isDueTonight(standing, now, zoneOf(app))
  if (!begin && standing.look === null) return
  let progress = await app.lookAhead({ limit: SLICE, sample: SAMPLE, begin })
  while (!progress.isDone && !progress.isElsewhere && !isOver())
    progress = await app.lookAhead({ limit: SLICE, sample: SAMPLE })
  // The next minute may be another process.
  if (!progress.isDone) await app.lookAhead({ limit: SLICE, release: true })
}

const zoneOf = (app: Pick<App, 'program'>): string => app.program().program.timezone
const standingOf = async (app: Pick<App, 'getSetting'>): Promise<LookStanding> =>
  readStanding(await app.getSetting(RETENTION_RUN))

const isLate = ({ look, last }: LookStanding, now: number): boolean =>
  look !== null || last === null || Math.abs(now - last.finishedAt) > TOO_OLD_MS

/** From the night's hour on, until one has begun on this day. */
function isDueTonight({ last }: LookStanding, now: number, zone: string): boolean {
  const { date, hour } = localTime(now, zone)
  return hour >= NIGHT_HOUR && (last === null || localTime(last.startedAt, zone).date !== date)
}

async function hasNobody(app: Pick<App, 'listMembers'>): Promise<boolean> {
  const members = await app.listMembers({ limit: 1 })
  return members.ok && members.value.items.length === 0
}

/** Noted first: a try that brings the server down must count. */
async function mayTry(app: Pick<App, 'getSetting' | 'putSetting'>, date: string): Promise<boolean> {
  const setting = await app.getSetting(TRIED)
  const tried = setting === null ? null : (JSON.parse(setting) as Tried)
  const times = tried?.date === date ? tried.times + 1 : 1
  if (times > TRIES_A_DAY) return false
  await app.putSetting(TRIED, JSON.stringify({ date, times } satisfies Tried))
  return true
}

/** The local date, such as `2026-11-22`, and the hour. */
export function localTime(at: number, timeZone: string): { date: string; hour: number } {
  // Swedish writes dates as ISO 8601 does.
  const [date = '', hour = ''] = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  })
    .format(at)
    .split(/[\s,]+/)
  return { date, hour: Number(hour) }
}
