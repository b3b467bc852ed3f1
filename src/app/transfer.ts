/**
 * A move between hosts: all rows out of one database and into another, while both rest. What may be done when, in words;
 * the rows themselves are the store's (store/transfer.ts).
 */
import { type Context, done, refuse } from './context.ts'
import { TooLargeToMove, type TransferChunk, type TransferRecord, type Transfers } from './ports/transfer.ts'
import type { Refusal, Result } from './ports.ts'

type Moving = Omit<Transfers, 'verifySlice'>

const NOT_PAUSED =
  'Regulars is at work here. Pause it first (REGULARS_PAUSED=1), so that nothing is written beside what arrives'
const UNKNOWN = 'There is no unfinished transfer of this id here'

export function createTransfers({ store, clock, isPaused = false, program }: Context): Moving {
  const { transfers } = store
  const resting = async <Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> =>
    isPaused ? work() : refuse('conflict', NOT_PAUSED)
  return {
    transferStatus: async () => {
      const { program: stored, ...status } = await transfers.status()
      return { ...status, isPaused, program: { stored, host: program.version } }
    },
    transferPage: async (table, after) => {
      try {
        const page = await transfers.page(table, after)
        return page === null ? refuse('not_found', 'There is no such table, or no such place in it') : done(page)
      } catch (error) {
        if (error instanceof TooLargeToMove) return refuse('conflict', error.message)
        throw error
      }
    },
    beginTransfer: (wanted) =>
      resting(async () => {
        const before = await transfers.status()
        if (before.transfer !== null) return theSame(before.transfer, wanted)
        if (!before.isUnused) return refuse('conflict', 'The database is in use: only an empty one takes a transfer')
        await transfers.begin({ ...wanted, taken: 0, state: 'arriving', at: clock.now() })
        const transfer = await transfers.record()
        return transfer === null ? refuse('conflict', UNKNOWN) : theSame(transfer, wanted)
      }),
    takeChunk: (id, number, chunk) =>
      resting(async () => {
        const wrong = wrongWith(chunk)
        if (wrong !== null) return refuse('invalid_request', wrong)
        const taken = await transfers.take(id, number, chunk)
        switch (taken.kind) {
          case 'taken':
            return done(taken.record)
          case 'early':
            return refuse('conflict', `Chunk ${taken.record.taken} of ${taken.record.chunks} comes next`)
          case 'another':
            return refuse('conflict', taken.record === null ? UNKNOWN : another(taken.record))
          case 'unknown':
            return refuse('invalid_request', 'No table here has this name and these columns')
          default: {
            const unknown: never = taken
            return unknown
          }
        }
      }),
    indexTransfer: (id) =>
      resting(async () => {
        const transfer = await transfers.record()
        return transfer?.id === id && transfer.taken === transfer.chunks
          ? done({ left: await transfers.index() })
          : refuse('conflict', 'Not all of this transfer has arrived')
      }),
    finishTransfer: (id) =>
      resting(async () => {
        const record = await transfers.finish(id)
        return record === null ? refuse('conflict', 'Not all of this transfer has arrived') : done(record)
      }),
    clearTransfer: (id) =>
      resting(async () => {
        const isCleared = await transfers.clear(id)
        return isCleared === null ? refuse('not_found', UNKNOWN) : done({ isCleared })
      }),
  }
}

const another = ({ id, taken, chunks }: TransferRecord): string =>
  `Another transfer is under way here: ${id}, ${taken} of ${chunks} chunks`

function theSame(
  record: TransferRecord,
  { id, digest, chunks }: Pick<TransferRecord, 'id' | 'digest' | 'chunks'>,
): Result<TransferRecord> | Refusal {
  if (record.id === id && record.digest === digest && record.chunks === chunks) return done(record)
  if (record.state === 'done') return refuse('conflict', 'The database is in use: only an empty one takes a transfer')
  return refuse('conflict', another(record))
}

/** What the database could not keep as it is. */
function wrongWith({ columns, rows }: TransferChunk): string | null {
  for (const row of rows) {
    if (row.length !== columns.length) return `A row has ${row.length} values in ${columns.length} columns`
    for (const value of row) {
      if (value === null || typeof value === 'string') continue
      if (typeof value !== 'number') return 'A value is neither a text nor a number nor null'
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'A whole number is above 2^53'
    }
  }
  return null
}
