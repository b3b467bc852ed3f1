/** Reading long tables beside everything else: a slice, a breath for whoever waits, the next slice. */
import type { CustomerPayments, Store } from '../store-port.ts'

/** Lets the event loop take up what came in meanwhile: reads of a local database never do so by themselves. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

export type OnProgress = (done: number, total: number) => void

/** Rows by ascending id, a slice at a time. */
export async function* slicesById<Row extends { id: string }>(
  read: (after: string, limit: number) => Promise<Row[]>,
  limit: number,
): AsyncGenerator<Row[]> {
  for (let after = ''; ; ) {
    const rows = await read(after, limit)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows
    if (rows.length < limit) return
    after = last.id
    await breathe()
  }
}

/** Numbered rows: the ends of each slice, `[after, upTo]`. */
export async function* slicesByNumber(from: number, upTo: number, size: number): AsyncGenerator<[number, number]> {
  for (let after = from; after < upTo; after += size) {
    yield [after, Math.min(upTo, after + size)]
    await breathe()
  }
}

const CUSTOMERS_IN_SLICE = 100

/** Everybody with what they paid, in the order of their coming; those that became part of others are left out. */
export async function* customersInSlices(
  store: Pick<Store, 'customersAfter' | 'stats'>,
  onProgress?: OnProgress,
): AsyncGenerator<CustomerPayments[]> {
  const total = (await store.stats()).members
  let done = 0
  for (let after = 0; ; ) {
    const slice = await store.customersAfter({ after, limit: CUSTOMERS_IN_SLICE })
    const last = slice.at(-1)
    if (last === undefined) return
    yield slice.filter(({ member }) => member.status !== 'merged')
    done += slice.length
    onProgress?.(done, Math.max(done, total))
    if (slice.length < CUSTOMERS_IN_SLICE) return
    after = last.n
    await breathe()
  }
}
