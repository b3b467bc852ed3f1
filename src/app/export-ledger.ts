/** The whole ledger for a file: read in slices of members, so that its size does not matter and nobody is asked for one by one. */
import type { Context } from './context.ts'
import { viewEntry } from './entry-view.ts'
import type { App, LedgerLine } from './ports.ts'
import { settleBeforeShowing } from './settle.ts'

const MEMBERS_IN_SLICE = 100

/** Those after the member id, with `next` to go on from; entries of records that became part of a member are theirs. */
export async function exportLedger(context: Context, after: string): ReturnType<App['exportLedger']> {
  const { store, clock } = context
  const members = await store.membersAfter(after, MEMBERS_IN_SLICE)
  const listed = members.filter(({ status }) => status !== 'merged' && status !== 'erased' && status !== 'candidate')
  // What is due is written down first: the history should say what the balance says.
  for (const member of listed)
    if (member.nextAt !== null && member.nextAt <= clock.now()) await settleBeforeShowing(context, member)
  const owners = new Map(listed.flatMap(({ id, absorbed }) => [id, ...absorbed].map((one) => [one, id])))
  const entries = Map.groupBy(await store.entriesOf([...owners.keys()]), (entry) => owners.get(entry.member))
  const lines = listed.flatMap(({ id, profile: { email } }) =>
    (entries.get(id) ?? []).reverse().map((entry): LedgerLine => ({ member: id, email, entry: viewEntry(entry) })),
  )
  return {
    lines,
    members: listed.length,
    next: members.length < MEMBERS_IN_SLICE ? null : (members.at(-1)?.id ?? null),
  }
}
