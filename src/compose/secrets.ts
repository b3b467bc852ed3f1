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
async function makeOnce(store: Store, name: string, make: () => string, isKept = true): Promise<string> {
  const fresh = make()
  if (!isKept) return (await store.read((tx) => tx.setting(name))) ?? fresh
  return store.commit((tx) => {
    const known = tx.setting(name)
    return known === null
      ? { outcome: fresh, changes: { settings: [[name, fresh]] } }
      : { outcome: known, changes: null }
  })
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/**
 * A keyed hash of names, by which the erased are recognised but not found out.
 * @param isKept whether its key is kept where there is none: a database that is paused writes nothing
 */
export async function createHashName(store: Store, random: Random, isKept = true): Promise<(name: string) => string> {
  const key = await makeOnce(store, ERASURE_KEY, () => hex(random(SECRET_BYTES)), isKept)
  return (name) => createHmac('sha256', key).update(name).digest('hex')
}

/** The signing secret of the sandbox, which looks like one of Stripe's. */
export const localWebhookSecret = (store: Store, random: Random): Promise<string> =>
  makeOnce(store, LOCAL_WEBHOOK_SECRET, () => `whsec_local${hex(random(SECRET_BYTES))}`)

export const EVER_LIVE = 'ever_live'
const IS_SANDBOX = 'is_sandbox'

const SANDBOXS =
  'it is the sandbox’s, with made-up customers. Set DATABASE_PATH to another file, or remove the credentials to see the sandbox'

/** Remembers that everybody in the database is made up. @throws when it ever held real customers */
export async function noteSandbox(store: Store): Promise<void> {
  const wasLive = await store.read((tx) => tx.setting(EVER_LIVE) !== null)
  if (wasLive) throw new Error('it was used with real credentials: no sandbox is opened on it')
  await store.commit(() => ({ outcome: null, changes: { settings: [[IS_SANDBOX, 'yes']] } }))
}

/** Remembers that the database holds real customers; answers whether it already did. @throws when it is the sandbox's */
export async function noteLive(store: Store, isLive: boolean): Promise<boolean> {
  const { known, isSandbox } = await store.read((tx) => ({
    known: tx.setting(EVER_LIVE),
    isSandbox: tx.setting(IS_SANDBOX) !== null,
  }))
  if (isSandbox) throw new Error(SANDBOXS)
  if (known === null && isLive)
    await store.commit(() => ({ outcome: null, changes: { settings: [[EVER_LIVE, 'yes']] } }))
  return known !== null || isLive
}
