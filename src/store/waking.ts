/** Having members looked at again: a new program may hold something for those who are quiet. */
import type { Store } from '../app/store-port.ts'
import { PUT_SETTING } from './changes.ts'
import type { Driver, Statement } from './driver.ts'

// Their version too: whoever decides on what they were must decide again, or would put the time back.
const WAKE = `UPDATE member SET next_at = ?1, version = version + 1
  WHERE n > ?2 AND n <= ?3 AND status = 'active' AND (next_at IS NULL OR next_at > ?1)`
const NEWEST = 'SELECT coalesce(max(n), 0) AS n FROM member'

export function createWaking(
  driver: Driver,
  write: (...writes: Statement[]) => Promise<void>,
): Pick<Store, 'wakeMembers' | 'newestMember'> {
  return {
    wakeMembers: ({ after, upTo, now, setting: [name, value] }) =>
      write({ sql: WAKE, params: [now, after, upTo] }, { sql: PUT_SETTING, params: [name, value] }),
    newestMember: async () => (await driver.all<{ n: number }>(NEWEST, []))[0]?.n ?? 0,
  }
}
