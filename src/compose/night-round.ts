// A night's work that is done in slices: begun once a night, gone on with at any hour, by one process at a time.
import type { App, Clock } from '../app/ports.ts'
import { localTime, NIGHT_HOUR } from './night-look.ts'

/** What is kept of a night in a setting, beside what the work itself keeps there. */
export interface NightState {
  /** The local date on which it began. */
  date: string
  isDone: boolean
}

export interface NightRoundOptions<Night extends NightState> {
  app: Pick<App, 'program' | 'getSetting'>
  clock: Clock
  setting: string
  begin: (date: string) => Night
  /** Whether it is this process's work for some time from now. */
  hold: () => Promise<boolean>
  release: () => Promise<void>
  /** Some slices, kept as they are done. */
  run: (night: Night, isStopped: () => boolean) => Promise<void>
}

/** A round to be called now and then, most of which do nothing. */
export function createNightRound<Night extends NightState>(
  options: NightRoundOptions<Night>,
): (isStopped: () => boolean) => Promise<void> {
  const { app, clock, hold, release, run } = options
  let doneOn: string | null = null
  let isUnderWay = false
  const round = async (isStopped: () => boolean): Promise<void> => {
    const local = localTime(clock.now(), app.program().program.timezone)
    if (doneOn === local.date || (await dueNight(options, local)) === null || !(await hold())) return
    try {
      // Read again once it is ours: another process may just have come to the end.
      const night = await dueNight(options, local)
      if (night === null) return
      await run(night, isStopped)
      if (night.isDone) doneOn = night.date
    } finally {
      await release()
    }
  }
  return async (isStopped) => {
    // Two rounds in one process would both hold it.
    if (isUnderWay) return
    isUnderWay = true
    await round(isStopped).finally(() => {
      isUnderWay = false
    })
  }
}

/** One under way goes on at any hour; null where none is due. */
async function dueNight<Night extends NightState>(
  { app, setting, begin }: NightRoundOptions<Night>,
  { date, hour }: { date: string; hour: number },
): Promise<Night | null> {
  const kept = await app.getSetting(setting)
  const last = kept === null ? null : (JSON.parse(kept) as Night)
  if (last !== null && !last.isDone) return last
  return hour < NIGHT_HOUR || last?.date === date ? null : begin(date)
}
