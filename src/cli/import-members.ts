// Brings rows in, each on its own and each at most once: a file may be sent again, whole or mended.
import { createHash } from 'node:crypto'
import type { App, Idempotency, MemberView, Origin } from '../app/ports.ts'
import type { MemberRow } from './import-row.ts'

export const BALANCE_REASON = 'Balance brought over'
const ORIGIN: Origin = { source: 'cli:import', actor: 'cli' }
const LEDGER_PAGE = 200

export type Imported =
  | { ok: true; enrolled: boolean; points: number }
  | { ok: false; column: 'email' | 'points'; message: string }

export interface Importer {
  bringIn(row: MemberRow): Promise<Imported>
}

/** Hashed, so that the keys that are kept name nobody. */
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One key a person and purpose: other content under the same key is refused instead of counted twice. */
const keyOf = (route: string, email: string, content: unknown): Idempotency => ({
  holder: ORIGIN.source,
  route,
  key: hash(email),
  hash: hash(JSON.stringify(content)),
})

const STATUS_WORDS: Partial<Record<MemberView['status'], string>> = {
  left: 'belongs to somebody who has left the program',
  suspended: 'belongs to somebody who is suspended',
  erased: 'belongs to somebody who asked to be forgotten',
}

/** Writes to the books. `startedAt`: what was recorded before then is none of this run's doing. */
export function createImporter(app: App, startedAt: number): Importer {
  return {
    async bringIn(row) {
      const known = await app.getMember(`email:${row.enrolment.email}`)
      const refusal = known.ok ? STATUS_WORDS[known.value.status] : undefined
      if (refusal !== undefined) return { ok: false, column: 'email', message: refusal }
      const isMember = known.ok && known.value.status === 'active'
      if (!isMember) {
        const key = keyOf('import/member', row.enrolment.email, row.enrolment)
        const enrolled = await app.enrolMember(row.enrolment, ORIGIN, key)
        if (!enrolled.ok) return { ok: false, column: 'email', message: `is refused: ${enrolled.message}` }
      }
      const brought = await bringBalance(app, row, startedAt)
      return typeof brought === 'number' ? { ok: true, enrolled: !isMember, points: brought } : brought
    },
  }
}

async function bringBalance(app: App, row: MemberRow, startedAt: number): Promise<number | Imported> {
  const { points, enrolment } = row
  if (points === 0) return 0
  const key = keyOf('import/balance', enrolment.email, points)
  const input = { points, reason: BALANCE_REASON }
  const adjusted = await app.adjustPoints(`email:${enrolment.email}`, input, ORIGIN, key)
  if (adjusted.ok) return Date.parse(adjusted.value.recordedAt) < startedAt ? 0 : points
  if (adjusted.code === 'idempotency_conflict') {
    return { ok: false, column: 'points', message: 'is another balance than the one that was brought over before' }
  }
  return { ok: false, column: 'points', message: `is refused: ${adjusted.message}` }
}

/** Says what `createImporter` would do, and does nothing. */
export function createRehearsal(app: App): Importer {
  return {
    async bringIn({ enrolment, points }) {
      const known = await app.getMember(`email:${enrolment.email}`)
      if (!known.ok) return { ok: true, enrolled: true, points }
      const refusal = STATUS_WORDS[known.value.status]
      if (refusal !== undefined) return { ok: false, column: 'email', message: refusal }
      const before = await broughtBefore(app, known.value.id)
      if (points > 0 && before !== null && before !== points) {
        return { ok: false, column: 'points', message: 'is another balance than the one that was brought over before' }
      }
      return { ok: true, enrolled: known.value.status !== 'active', points: before === null ? points : 0 }
    },
  }
}

/** The balance that an earlier run brought over for the member; null when none did. */
async function broughtBefore({ ledger }: App, member: string): Promise<number | null> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await ledger(member, { limit: LEDGER_PAGE, ...(cursor !== undefined && { cursor }) })
    if (!page.ok) return null
    const found = page.value.items.find(({ source, code }) => source === ORIGIN.source && code === 'adjustment')
    if (found !== undefined) return found.points
    cursor = page.value.next
  }
  return null
}
