// Who may call the API: bearer keys and what each may do.
import { equalDigests, sha256 } from './digest.ts'

export const SCOPES = ['read', 'write', 'admin'] as const
/** Each scope may do what those before it may. */
export type Scope = (typeof SCOPES)[number]

export interface ApiKey {
  name: string
  key: string
  scope: Scope
}

export type KeyHolder = Omit<ApiKey, 'key'>

export const mayAct = (holder: KeyHolder, needed: Scope): boolean =>
  SCOPES.indexOf(holder.scope) >= SCOPES.indexOf(needed)

export interface Keyring {
  isEmpty: boolean
  find(presented: string): Promise<KeyHolder | null>
}

/**
 * Finds the holder of a key. Digests are compared, and always with all of them, so that the time taken tells
 * nothing of how much of a guess was right, nor of whose key it resembles.
 */
export function createKeyring(apiKeys: readonly ApiKey[]): Keyring {
  let digests: Promise<Uint8Array[]> | undefined
  return {
    isEmpty: apiKeys.length === 0,
    async find(presented) {
      digests ??= Promise.all(apiKeys.map(({ key }) => sha256(key)))
      const [digest, known] = await Promise.all([sha256(presented), digests])
      let found: KeyHolder | null = null
      apiKeys.forEach(({ name, scope }, index) => {
        if (equalDigests(digest, known[index] ?? new Uint8Array())) found = { name, scope }
      })
      return found
    },
  }
}
