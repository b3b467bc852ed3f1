// The payments of a database, for whoever looks at the past as a whole. Never part of the Worker.
import type { PaymentParts } from '../core/facts.ts'
import { openDatabase } from './open-database.ts'

const SLICE = 1_000

export interface StoredPayment {
  member: string
  parts: PaymentParts
}

/** Those that belong to somebody, in slices so that a server beside it is not held up. */
export async function* readStoredPayments(path: string): AsyncGenerator<StoredPayment> {
  const { store } = await openDatabase(path)
  try {
    for (let after = ''; ; ) {
      const payments = await store.paymentsAfter(after, SLICE)
      for (const { member, parts } of payments) if (member !== null) yield { member, parts }
      const last = payments.at(-1)
      if (last === undefined || payments.length < SLICE) return
      after = last.id
    }
  } finally {
    await store.close()
  }
}
