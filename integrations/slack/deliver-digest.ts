/** The day's numbers, every morning. */
import type { DeliverOne } from './deliver.ts'

export const deliverDigest: DeliverOne = async () => ({ kind: 'done' })
