// What a move between hosts takes and answers. Rows are checked by the use case: thousands a call are no work for a schema.
import { z } from '@hono/zod-openapi'
import type { TransferRow } from '../../app/ports/transfer.ts'
import { text } from './input.ts'

const ID_RULE = 'must be 1 to 64 letters and digits'
const id = z.string().regex(/^[a-zA-Z0-9]{1,64}$/, { error: ID_RULE })
export const transferParams = z.object({ id: id.openapi({ description: 'The id of the transfer.' }) })

const COUNT_LIMIT = 1_000_000_000
const count = z.coerce.number().int().min(0).max(COUNT_LIMIT)
export const chunkParams = transferParams.extend({
  number: count.openapi({ description: 'The number of the chunk, from 0.' }),
})

export const newTransfer = z
  .strictObject({
    digest: z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be a SHA-256 as 64 hexadecimal digits' }),
    chunks: z.number().int().min(1).max(COUNT_LIMIT),
  })
  .openapi('NewTransfer')

const isRow = (row: unknown): row is TransferRow => Array.isArray(row)
const row = z.custom<TransferRow>(isRow).openapi({ type: 'array', description: 'Texts, numbers and nulls.' })
const isPlace = (row: unknown): row is TransferRow =>
  isRow(row) && row.every((value) => value === null || typeof value === 'string' || typeof value === 'number')
const PLACE_RULE = 'must be a list of texts, numbers and nulls'
const place = z
  .custom<TransferRow>(isPlace, { error: PLACE_RULE })
  .openapi({ type: 'array', description: 'Texts, numbers and nulls.' })
const rows = z
  .custom<TransferRow[]>((given) => Array.isArray(given) && given.every(isRow))
  .openapi({ type: 'array', description: 'Rows of the table, each a list of texts, numbers and nulls.' })
const names = z.array(text(100)).min(1).max(100)
export const transferChunk = z.strictObject({ table: text(100), columns: names, rows }).openapi('TransferChunk')
export const pageQuery = z
  .strictObject({ table: text(100), after: place.nullable().default(null) })
  .openapi('TransferPageQuery')

const record = z.object({
  id: z.string(),
  digest: z.string(),
  chunks: z.int(),
  taken: z.int(),
  state: z.enum(['arriving', 'done']),
  at: z.int(),
})
export const transferRecord = record.openapi('Transfer')
export const transferStatus = z
  .object({
    isPaused: z.boolean(),
    migrations: z.array(z.string()),
    tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.int() })),
    mark: z.string(),
    transfer: record.nullable(),
    isUnused: z.boolean(),
    stripeMode: z.string().nullable(),
    isSandbox: z.boolean(),
    program: z.object({ stored: z.string().nullable(), host: z.string().nullable() }),
  })
  .openapi('TransferStatus')
export const transferPage = z.object({ rows, next: row.nullable() }).openapi('TransferPage')
export const indexed = z.object({ left: z.int() }).openapi('TransferIndexed')
export const cleared = z.object({ isCleared: z.boolean() }).openapi('TransferCleared')

const counts = z.array(z.tuple([z.string(), z.int()])).max(100_000)
const cursor = z.strictObject({
  after: z.string().max(100),
  counted: counts,
  versions: counts,
  restless: z.int().min(0),
})
export const verifyQuery = z
  .strictObject({
    next: cursor.nullable().default(null),
  })
  .openapi('VerifyQuery')
export const verifySlice = z
  .object({
    members: z.int(),
    payments: z.int(),
    entries: z.int(),
    postings: z.int(),
    restless: z.int(),
    discrepancies: z.array(z.object({ what: z.string(), id: z.string(), expected: z.string(), found: z.string() })),
    next: cursor.nullable(),
  })
  .openapi('VerifySlice')
