// What tests ask of members again and again: their view, their awards that stand, what their ledger says.
import type { EntryView, MemberView } from '../../src/app/ports.ts'
import type { Grant } from '../../src/core/reward-state.ts'
import { staff, type World } from './world.ts'

export const refOf = (name: string): string => `email:${name}@example.org`

export async function enrol(world: World, name: string, over: { referredBy?: string; enrolledAt?: number } = {}) {
  const enrolled = await world.app.enrolMember({ email: `${name}@example.org`, ...over }, staff, null)
  if (!enrolled.ok) throw new Error(enrolled.message)
  return enrolled.value
}

export async function viewOf(world: World, name: string): Promise<MemberView> {
  const found = await world.app.getMember(refOf(name))
  if (!found.ok) throw new Error(`${name}: ${found.message}`)
  return found.value
}

/** `challenge/three/1`, oldest first: the awards that stand, actions aside. */
export async function awardsOf(world: World, name: string): Promise<string[]> {
  const { id } = await viewOf(world, name)
  const grants = await world.store.read((tx) => tx.grantsOf(id))
  return grants.filter(isStanding).map((grant) => grant.id.slice(grant.id.indexOf('/') + 1))
}

const isStanding = ({ state, occasion }: Grant): boolean => state !== 'withdrawn' && occasion !== 'action'

/** Newest first. */
export async function ledgerOf(world: World, name: string): Promise<EntryView[]> {
  const page = await world.app.ledger(refOf(name), { limit: 100 })
  if (!page.ok) throw new Error(`${name}: ${page.message}`)
  return page.value.items
}

/** The sentences, oldest first, but for those of purchases. */
export async function toldTo(world: World, name: string): Promise<string[]> {
  const entries = await ledgerOf(world, name)
  return entries
    .filter(({ code }) => !['purchase', 'refund', 'refund_failed', 'nothing_earned'].includes(code))
    .map(({ reason }) => reason)
    .reverse()
}
