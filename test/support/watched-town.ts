// The town of whole-town.ts with its database watched: which units of work touch whom.
import fc from 'fast-check'
import type { App } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'
import { named, type Reach, watchReach } from './reach.ts'
import type { Reigns } from './whole-programs.ts'
import { anyCommand, Town } from './whole-town.ts'
import { createWorld, staff, type World } from './world.ts'

const NOW = Date.UTC(2026, 10, 22, 12)

/** Everything that so many commands, drawn by the seed, lead to; then all is settled, verified and reported. */
export async function watchedTown({ first, second }: Reigns, seed: number, commands: number): Promise<Reach[]> {
  const seen: Reach[] = []
  const driver = openNodeDriver({ path: ':memory:' })
  await migrate(driver)
  const store = createStore(watchReach(driver, (reach) => seen.push(reach)))
  let worlds = seed * 1_000
  const open = (program: Program, now: number): Promise<World> =>
    createWorld({ program, now, store, seed: worlds++, wrap: named })
  const town = new Town(await open(first, NOW), async ({ world: before }) => {
    const next = before.app.program().program.name === first.name ? second : first
    return open(next, before.clock.at)
  })
  await town.begin()
  const list = fc.sample(fc.array(anyCommand, { minLength: commands, maxLength: commands }), { seed, numRuns: 1 })
  for (const one of list.flat()) await town.run(one)
  await town.finish()
  await atTheDesk(town.world)
  await lookAround(town.world)
  await town.world.close()
  return seen
}

/** What the town's own commands leave out: calls with a key, approvals, what a CRM says, and notes of the bot. */
async function atTheDesk({ app, clock }: World): Promise<void> {
  const once = { holder: 'test', route: 'enrol', key: 'k1', hash: 'h1' }
  const late = await app.enrolMember({ email: 'late@example.org', name: 'Late Comer' }, staff, once)
  const early = await app.enrolMember({ email: 'early@example.org', name: 'Early Bird' }, staff, null)
  if (!late.ok || !early.ok) throw new Error('nobody could be enrolled')
  const [one, other] = [late.value.id, early.value.id]
  await atApproval(app, one)
  await atTheCrm(app, clock.at, [one, other])
  await app.dismissMergeProposal([one, other], staff)
  await app.putStaffLanguage('slack:U2CLERK', 'am')
  await app.queueDigest('2026-11-22')
  await app.claimDigest('2026-11-22')
  await app.putSetting('backfill', 'done')
}

async function atApproval(app: App, member: string): Promise<void> {
  const [clerk, chief] = ['slack:U2CLERK', 'slack:U3CHIEF'].map((actor) => ({ source: actor, actor }))
  const asked = await app.askForAdjustment(member, { points: 150, reason: 'ለእናቴ' }, clerk ?? staff, null)
  if (asked.ok && 'waits' in asked.value)
    await app.decideAdjustment(asked.value.waits.id, 'approve', {}, chief ?? staff, null)
  await app.givenToday('slack:U2CLERK')
}

async function atTheCrm(app: App, at: number, members: readonly string[]): Promise<void> {
  const written = { points: 'a' }
  await app.noteContacts(members.map((member, n) => ({ member, did: 'written', record: `10${n}`, written })))
  await app.queueContacts(members)
  await app.resyncContacts(members)
  await app.recordContactEvents([{ id: 'e1', at, kind: 'merged', into: '100', from: ['101'] }])
  await app.recordContactEvents([{ id: 'e2', at, kind: 'email_changed', record: '100', email: 'early@example.org' }])
  await app.recordContactEvents([{ id: 'e3', at, kind: 'forgotten', record: '100' }])
}

/** What staff and the owner look at. */
async function lookAround({ app }: World): Promise<void> {
  await app.verify()
  for (const name of ['summary', 'campaigns', 'partners', 'causes', 'products', 'retention', 'cohorts'] as const)
    await app.report(name, {})
  await app.report('liability', { from: '2026-11' })
  await app.listMembers({ query: 'ሰላም', limit: 10 })
  await app.similarMembers('shoper1', 5)
  await app.mentionedMembers('ሰላም ተስፋዬ called', 5)
  await app.findMembers('shopper', { limit: 5 })
  await app.glance(0)
  await app.periodFigures({ from: '2026-11-01', to: '2026-11-30' })
  await app.listRewards()
  await app.listInbox({ limit: 10 })
  await app.listOutbox({ limit: 10 })
  await app.listAlerts({ limit: 10 })
  await app.listRedemptions({ limit: 10 })
  await app.listAdjustmentRequests({ limit: 10 })
  await app.listApprovals(10)
  await app.listMergeProposals({ limit: 10 })
  await app.outboxStanding()
  await app.contactsAfter(0, 10)
  await app.contactsWaiting()
  await app.refusedContacts({ limit: 10 })
  await app.findPayments(['pi_1'])
  await app.exportLedger('')
  await app.stats()
}
