/** All use cases over one store: what the edges see of Regulars. */
import { createContext, type UseCaseOptions } from './context.ts'
import { createEvents } from './events.ts'
import { createMembers } from './members.ts'
import { createOutbox } from './outbox.ts'
import type { App } from './ports.ts'
import { settleDue } from './settle.ts'
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
