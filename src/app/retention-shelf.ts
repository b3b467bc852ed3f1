/**
 * What was learnt from the whole shop, at hand in each process: the night's run writes it down, and everybody reads it
 * again within a minute. Units take it as it is when they begin: it never changes while one runs.
 */
import type { Fit, Knowledge, RenewalCurve, RfmCuts } from '../retention/types.ts'
import type { Clock } from './ports.ts'
import type { ModelKind, Store } from './store-port.ts'

export interface RetentionShelf {
  /** As last read; nothing before that. */
  current(): Knowledge
  /** Reads it again where the last time is more than a minute ago. Never fails: what was known stays. */
  freshen(): Promise<Knowledge>
  /** Reads it now. */
  read(): Promise<Knowledge>
}

const FRESH_MS = 60_000

export const NO_KNOWLEDGE: Knowledge = { fit: null, cuts: null, renewals: [] }

export function createRetentionShelf(store: Pick<Store, 'newestModel'>, clock: Clock): RetentionShelf {
  let known = NO_KNOWLEDGE
  let readAt = Number.NEGATIVE_INFINITY
  const newest = async <Body>(kind: ModelKind): Promise<Body | null> => {
    const found = await store.newestModel(kind)
    return found === null ? null : (JSON.parse(found.body) as Body)
  }
  const read = async (): Promise<Knowledge> => {
    // Noted first: many who ask at once read it once.
    readAt = clock.now()
    const [fit, cuts, renewals] = await Promise.all([
      newest<Fit>('fit'),
      newest<RfmCuts>('rfm'),
      newest<RenewalCurve[]>('renewals'),
    ])
    known = { fit, cuts, renewals: renewals ?? [] }
    return known
  }
  return {
    current: () => known,
    read,
    freshen: async () => (Math.abs(clock.now() - readAt) < FRESH_MS ? known : read().catch(() => known)),
  }
}
