// Hosts that rest while all rows move (REGULARS_PAUSED): what must not be served before it is whole.
import type { Store } from '../app/store-port.ts'

/** @throws when only a part of another host's rows is here: they are not served as if they were all */
export async function refuseHalf({ transfers }: Store, isPaused: boolean): Promise<void> {
  const transfer = isPaused ? null : await transfers.record()
  if (transfer?.state !== 'arriving') return
  throw new Error(
    `the transfer ${transfer.id} into it is not finished: pause it again (REGULARS_PAUSED=1), then go on with regulars import --all`,
  )
}
