/** All use cases over one store: what the edges see of Regulars. */
import { mayDo } from '../core/staff-policy.ts'
import { createActions } from './actions.ts'
import { createAlerts } from './alerts/create-alerts.ts'
import { createApprovals } from './approvals.ts'
import { createChoices } from './choices.ts'
import { createContacts } from './contacts.ts'
import { createContext, type UseCaseOptions } from './context.ts'
import { createEvents } from './events.ts'
import { exportLedger } from './export-ledger.ts'
import { createFigures } from './figures/create-figures.ts'
import { createFinding } from './finding.ts'
import { createLookAhead } from './look-ahead.ts'
import { RETENTION_RUN, readStanding } from './look-ahead-run.ts'
import { createMembers } from './members.ts'
import { createOutbox } from './outbox.ts'
import type { App } from './ports.ts'
import { createRedemptions } from './redemptions.ts'
import { createReports } from './reports/create-reports.ts'
import { createSettling } from './settle.ts'
import { createStaffroom } from './staffroom.ts'
import { createTierHistory } from './tier-entries.ts'
import { createTransfers } from './transfer.ts'
import { createUpkeep } from './upkeep.ts'
import { verify, verifySlice } from './verify.ts'
import { createWouldHaveEarned } from './would-have-earned.ts'

export type { UseCaseOptions } from './context.ts'

export function createUseCases(options: UseCaseOptions): App {
  const context = createContext(options)
  const events = createEvents(context)
  return {
    program: () => options.program,
    mayStaff: async (origin, task) => mayDo(context.programs.current.staff, origin, task),
    ...events,
    ...createMembers(context),
    ...createFinding(context),
    ...createTierHistory(context),
    ...createWouldHaveEarned(context),
    ...createActions(context),
    ...createChoices(context),
    ...createRedemptions(context),
    ...createApprovals(context),
    ...createAlerts(context),
    ...createOutbox(context, events.learnFacts),
    findPayments: (names) => context.store.findPayments(names),
    stats: async () => ({
      ...(await context.store.stats()),
      lookedAheadAt: readStanding(await context.read((tx) => tx.setting(RETENTION_RUN))).last?.finishedAt ?? null,
    }),
    verify: (onProgress) => verify(context, onProgress),
    verifySlice: (cursor) => verifySlice(context, cursor),
    ...createTransfers(context),
    ...createLookAhead(context),
    ...createContacts(context),
    ...createStaffroom(context),
    ...createFigures(context),
    ...createUpkeep(context),
    ...createReports(context),
    exportLedger: (after) => exportLedger(context, after),
    indexMembers: () => context.store.indexMembers(),
    settleDue: createSettling(context),
    getSetting: (name) => context.read((tx) => tx.setting(name)),
    putSetting: (name, value) =>
      context.onDesk({ source: 'host', actor: 'host' }, (desk) => {
        desk.changes.settings = [[name, value]]
      }),
  }
}
