// The doctor's look at the night's look: when it ended last, and by how old a model members are judged.
import { RETENTION_RUN, readStanding } from '../app/look-ahead-run.ts'
import type { DatabaseFile } from './database-file.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { count, plural } from './format.ts'

const NAME = 'Look ahead'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A night and some hours: a server that ran at three has looked since. */
const LATE_MS = 36 * HOUR_MS
const FIX = 'Leave the server running over night, or: npx regulars retention run'

export function checkLook(file: Pick<DatabaseFile, 'firstMemberAt' | 'setting' | 'fittedAt'>, now: number): Finding[] {
  const firstAt = file.firstMemberAt()
  if (firstAt === null) return []
  const { last } = readStanding(file.setting(RETENTION_RUN))
  if (last === null) {
    return now - firstAt <= LATE_MS
      ? [good(NAME, 'the first is at night; at once with: npx regulars retention run')]
      : [bad(NAME, 'never finished: nobody is warned of members who may leave', FIX)]
  }
  const agoMs = now - last.finishedAt
  const ended = `ended ${spanOf(agoMs)} ago, ${plural(last.judged, 'member')} judged`
  const fittedAt = file.fittedAt()
  const model = fittedAt === null ? 'nothing learnt yet' : `by what was learnt ${spanOf(now - fittedAt)} ago`
  if (agoMs > LATE_MS) return [bad(NAME, `${ended}; no night since`, FIX)]
  if (last.failed > 0) {
    const failed = `${count(last.failed)} could not be judged`
    return [bad(NAME, `${ended}, ${failed}`, 'The server’s log says why: look for "could not be judged"')]
  }
  return [good(NAME, `${ended}, ${model}`)]
}

/** `40 minutes`, `5 hours`, `3 days`; a clock that was set back says less than a minute. */
function spanOf(ms: number): string {
  const past = Math.max(0, ms)
  if (past < 60_000) return 'less than a minute'
  if (past < HOUR_MS) return plural(Math.floor(past / 60_000), 'minute')
  if (past < 2 * DAY_MS) return plural(Math.floor(past / HOUR_MS), 'hour')
  return plural(Math.floor(past / DAY_MS), 'day')
}
