// What lives as long as an isolate does, on a host that cuts work off without a word: when a caller is gone, or its time is
// over. Promises of such work never settle, and whoever waits for them in the same isolate would wait for ever. What is so
// stuck is dropped and made anew; in the database, leases and guards see to it that nothing is done twice meanwhile.

export interface CutOffLimits {
  /** A start that has not ended by then never will. */
  startMs: number
  /** Nor will other work. */
  workMs: number
}

export interface Lasting<Thing> {
  /** The one that there is, or another. One that could not be made is made by the next who asks. */
  get(make: () => Promise<Thing>): Promise<Thing>
  /** Does work with it that others may come to wait for. */
  during<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>
}

export function createLasting<Thing>(now: () => number, { startMs, workMs }: CutOffLimits): Lasting<Thing> {
  let made: Promise<Thing> | undefined
  /** When each that has not ended must have. */
  let ends = new Map<symbol, number>()

  function watched<Outcome>(work: () => Promise<Outcome>, withinMs: number): Promise<Outcome> {
    const key = Symbol('work')
    const ofThis = ends
    ofThis.set(key, now() + withinMs)
    return work().finally(() => ofThis.delete(key))
  }

  return {
    get(make) {
      if ([...ends.values()].some((end) => end <= now())) {
        made = undefined
        ends = new Map()
      }
      if (made !== undefined) return made
      const fresh = watched(make, startMs).catch((error: unknown) => {
        if (made === fresh) made = undefined
        throw error
      })
      made = fresh
      return fresh
    },
    during: (work) => watched(work, workMs),
  }
}
