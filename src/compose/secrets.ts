// Secrets that this installation makes for itself and keeps in its database.
import { createHmac } from 'node:crypto'
import type { Store } from '../app/store-port.ts'

/** What makes them: so many random bytes. */
type Random = (count: number) => Uint8Array

const SECRET_BYTES = 32
const ERASURE_KEY = 'erasure_key'
/** Where `regulars pay` finds what to sign with while there is no Stripe account. */
export const LOCAL_WEBHOOK_SECRET = 'local_webhook_secret'

/** The value of a setting, made at its first use; two processes that start together agree on one. */
async function makeOnce(store: Store, name: string, make: () => string): Promise<string> {
  const fresh = make()
  return store.commit((tx) => {
    const known = tx.setting(name)
    return known === null
      ? { outcome: fresh, changes: { settings: [[name, fresh]] } }
      : { outcome: known, changes: null }
  })
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** A keyed hash of names, by which the erased are recognised but not found out. */
export async function createHashName(store: Store, random: Random): Promise<(name: string) => string> {
  const key = await makeOnce(store, ERASURE_KEY, () => hex(random(SECRET_BYTES)))
  return (name) => createHmac('sha256', key).update(name).digest('hex')
}

/** The signing secret of a local trial, which looks like one of Stripe's. */
export const localWebhookSecret = (store: Store, random: Random): Promise<string> =>
  makeOnce(store, LOCAL_WEBHOOK_SECRET, () => `whsec_local${hex(random(SECRET_BYTES))}`)

const EVER_LIVE = 'ever_live'

/** Remembers that the database holds real customers; answers whether it already did. */
export async function noteLive(store: Store, isLive: boolean): Promise<boolean> {
  const known = await store.read((tx) => tx.setting(EVER_LIVE))
  if (known === null && isLive)
    await store.commit(() => ({ outcome: null, changes: { settings: [[EVER_LIVE, 'yes']] } }))
  return known !== null || isLive
}
