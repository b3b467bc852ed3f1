/** What members hold, counted for somebody who is about to change the program. */
import type { Program } from '../../program/schema.ts'
import type { Store } from '../store-port.ts'
import { addToCauses, countMembers, describeHeld, partnerPoints } from './count-members.ts'
import { movements } from './liability.ts'
import type { Held } from './shapes.ts'
import type { OnProgress } from './slices.ts'

type Reads = Pick<Store, 'membersAfter' | 'stats' | 'openRedemptions' | 'lotsAfter' | 'movements'>

export async function countHeld(store: Reads, program: Program, now: number, onProgress?: OnProgress): Promise<Held> {
  const counts = await countMembers(store, { now, zone: program.timezone }, onProgress)
  const causes = new Map<string, number>()
  for await (const { source, target, points } of movements(store)) addToCauses(causes, source, target, points)
  return describeHeld(store, program, counts, { partners: await partnerPoints(store), causes })
}
