// What is kept and logged of what staff do in Slack: no address, telephone, code or note of anybody where it need not be, and
// nothing of whoever was forgotten.
import { expect, test } from 'vitest'
import { messagesSeenBy } from '../../integrations/sandbox/doubles/slack/sight.ts'
import type { Driver } from '../../src/store/driver.ts'
import { createStore } from '../../src/store/store.ts'
import { openDatabase } from '../support/database.ts'
import { createDesk, type LoyaltyDesk, PEOPLE, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { SHOP } from '../support/slack-shop.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()

const SECRETS = [
  'zelda.secret',
  'Zelda Secretname',
  '5550142',
  'note-secret',
  'why-secret',
  'reason-secret',
  'said-secret',
  'resolve-secret',
]

/** Every row of every table as text. */
async function dump(driver: Driver): Promise<Map<string, string>> {
  const listed = `SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_'`
  const dumped = new Map<string, string>()
  for (const { name } of await driver.all<{ name: string }>(listed, [])) {
    const rows = await driver.all<Record<string, unknown>>(`SELECT * FROM "${name}"`, [])
    dumped.set(name, rows.map((row) => Object.values(row).map(textOf).join('|')).join('\n'))
  }
  return dumped
}

/** D1 gives bytes as a list of numbers. */
const textOf = (value: unknown): string =>
  value instanceof Uint8Array || Array.isArray(value) ? Buffer.from(value).toString('latin1') : String(value)

const found = (text: string, secrets = SECRETS): string[] =>
  secrets.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()))

async function busyDay() {
  const driver = await openDatabase()
  const store = createStore(driver)
  const desk = await createDesk(slack, {
    store,
    members: [],
    program: { ...SHOP, staff: { approvalAbovePoints: 100, dailyLimitPoints: 100_000 } },
  })
  await desk.command('ada', '/loyalty enrol')
  await desk.submit('ada', { email: 'zelda.secret@example.org', name: 'Zelda Secretname', phone: '+1 202 5550142' })
  const zelda = 'zelda.secret@example.org'
  await desk.buys(zelda, 3_000)
  await (await alertsOn(desk)).open(zelda)
  await desk.flush()
  await desk.command('sam', `/loyalty adjust ${zelda} +5 reason-secret`)
  await desk.command('sam', `/loyalty adjust ${zelda} +500 reason-secret`)
  await desk.command('sam', `/loyalty adjust ${zelda} +501 reason-secret`)
  await desk.flush()
  await desk.press('ana', 'approval.approve', desk.channel('approvals')[0])
  await desk.press('ana', 'approval.reject', desk.channel('approvals')[1])
  await desk.submit('ana', { why: 'why-secret' })
  await desk.command('sam', `/loyalty reward ${zelda}`)
  await desk.submit('sam', { 'reward-0': 'ten', note: 'note-secret', why: 'why-secret' })
  await desk.flush(30_000)
  await desk.command('sam', `/loyalty reward ${zelda}`)
  await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
  await desk.submit('sam', { 'reward-1': 'tote', note: 'note-secret', why: 'why-secret' })
  await desk.flush()
  await desk.command('sam', `/loyalty action ${zelda} feedback`)
  await desk.submit('sam', { score: 'score:2', said: 'said-secret' })
  await desk.command('sam', '/loyalty zelda')
  await desk.press('sam', 'member.share')
  await desk.press('sam', 'alert.take', desk.channel('alerts')[0])
  await desk.command('sam', `/loyalty zelda.secrett@example.org`)
  await desk.openHome('ada')
  await desk.flush()
  return { desk, driver, zelda }
}

function everySeen({ slack: { workspace } }: LoyaltyDesk): string {
  const messages = Object.values(PEOPLE)
    .flatMap((user) => messagesSeenBy(workspace, user))
    .filter(({ isEphemeral }) => !isEphemeral)
  return messages
    .map(({ reads, text, blocks, channelName }) => `${channelName}: ${reads}\n${text}\n${JSON.stringify(blocks)}`)
    .join('\n---\n')
}

test('stands where it belongs, in no queue, no mark of what was posted, no setting, no log', async () => {
  const { desk, driver } = await busyDay()
  const tables = await dump(driver)
  for (const name of ['outbox', 'posted', 'setting']) expect([name, found(tables.get(name) ?? '')]).toEqual([name, []])
  expect(tables.get('posted')).not.toBe('')
  expect(found(JSON.stringify(desk.logs))).toEqual([])
})

test('is shared with no more than whoever shares it means to: no address, no telephone, no code', async () => {
  const { desk } = await busyDay()
  const shared = desk
    .channel('loyalty')
    .map((message) => JSON.stringify(message))
    .join('\n')
  expect(shared).toContain('Zelda')
  const { id, referralCode } = await desk.member('zelda.secret@example.org')
  const given = await desk.app.memberRedemptions(id, { limit: 10 })
  const codes = given.ok ? given.value.items.flatMap(({ code }) => code ?? []) : []
  expect(codes).toHaveLength(1)
  const kept = SECRETS.filter((secret) => !secret.startsWith('Zelda'))
  expect(found(shared, [...kept, ...codes, referralCode])).toEqual([])
})

test('of whoever was forgotten is nowhere any more: not in the database, not in any message that all or one of staff still have', async () => {
  const { desk, driver, zelda } = await busyDay()
  const erased = await desk.app.eraseMember(`email:${zelda}`, staff)
  expect(erased.ok).toBe(true)
  await desk.flush()
  await desk.flush(60_000)
  for (const [name, rows] of await dump(driver)) expect([name, found(rows)]).toEqual([name, []])
  const left = everySeen(desk)
    .split('\n---\n')
    .filter((one) => found(one).length > 0)
  // What somebody shared themselves is theirs.
  expect(left.filter((one) => !one.startsWith('loyalty:'))).toEqual([])
  expect(found(JSON.stringify(desk.logs))).toEqual([])
})
