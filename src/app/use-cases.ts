/** All use cases over one store: what the edges see of Regulars. */
import { settleMember } from '../core/member-progress.ts'
import { type Context, createContext, type UseCaseOptions } from './context.ts'
import { createEvents } from './events.ts'
import { createMembers } from './members.ts'
import { createOutbox } from './outbox.ts'
import type { App } from './ports.ts'
import { verify } from './verify.ts'

export type { UseCaseOptions } from './context.ts'

export function createUseCases(options: UseCaseOptions): App {
  const context = createContext(options)
  const events = createEvents(context)
  return {
    program: () => options.program,
    ...events,
    ...createMembers(context),
    ...createOutbox(context, events.learnFacts),
    findPayments: (names) => context.store.findPayments(names),
    stats: () => context.store.stats(),
    verify: (onProgress) => verify(context, onProgress),
    indexMembers: () => context.store.indexMembers(),
    settleDue: (limit) => settleDue(context, limit),
    getSetting: (name) => context.read((tx) => tx.setting(name)),
    putSetting: (name, value) =>
      context.onDesk({ source: 'host', actor: 'host' }, (desk) => {
        desk.changes.settings = [[name, value]]
      }),
  }
}

/**
 * Writes down what is due by now. A member whose events are still coming in (a backfill or a replay brings history in
 * order) is left for later by the store's order: the longest due come first.
 */
async function settleDue(context: Context, limit: number): Promise<number> {
  const now = context.clock.now()
  const members = await context.store.dueMembers(now, limit)
  for (const id of members)
    await context.onDesk({ source: 'clock', actor: 'clock' }, (desk) => {
      const { nextAt } = desk.member(id)
      if (nextAt === null || nextAt > now) return
      const books = desk.books(id)
      settleMember(books, desk.programs, desk.history(id), now)
    })
  return members.length
}
