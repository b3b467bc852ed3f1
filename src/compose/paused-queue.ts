// What the queue still holds when a Worker is paused was acknowledged before: it is recorded all the same, so that the rows
// that move away hold it. Only beside rows that arrive nothing is recorded; then it waits in the queue, for days.
import type { App, Recording } from '../app/ports.ts'
import type { Store } from '../app/store-port.ts'

type Recorder = Pick<App, 'recordEvents'>

const LATER: Recording = { outcome: null, isFailure: true }

/** @param compose the use cases over a store that is not paused; called when the first message comes */
export function recorderWhilePaused(store: Store, compose: (store: Store) => Promise<Recorder>): Recorder {
  let composed: { of: string | null; recorder: Promise<Recorder> } | undefined
  return {
    async recordEvents(events) {
      try {
        const transfer = await store.transfers.record()
        if (transfer?.state === 'arriving') return events.map(() => LATER)
        const of = transfer?.id ?? null
        // What it knew of the database (the key by which the erased are known) is another's since.
        if (composed?.of !== of) composed = { of, recorder: compose(store) }
        return await (await composed.recorder).recordEvents(events)
      } catch {
        // The database is away: an error would bring the messages back at once, again and again.
        composed = undefined
        return events.map(() => LATER)
      }
    },
  }
}
