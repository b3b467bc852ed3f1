// The server's two threads: neither lives without the other, and what comes back from one is what the other gave.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { deliveriesOf, makePurchase, pointsOf } from '../support/fault-payments.ts'
import { createChance, pump } from '../support/load.ts'
import { newFolder, removeFolder, startServer, verifyFile } from '../support/server.ts'

const IN_FLIGHT = 32
const ENDS_WITHIN_MS = 5_000

test('when the thread with the books is lost the server ends and says why, and nothing acknowledged is lost', async () => {
  const folder = newFolder()
  const server = await startServer({ folder })
  const chance = createChance(11)
  const purchases = Array.from({ length: 40 }, () => makePurchase(chance))
  const answers: number[] = []
  await pump(deliveriesOf(purchases, chance), IN_FLIGHT, async ({ event }) => {
    answers.push((await server.client.deliver(event)).status)
  })
  expect(new Set(answers)).toEqual(new Set([200]))
  await server.fault({ lost: true })
  for (const until = performance.now() + ENDS_WITHIN_MS; server.isRunning() && performance.now() < until; )
    await wait(5)
  expect(await server.stop()).toEqual({ code: 1, signal: null })
  expect(server.logs()).toContain('the server ends on an error that nobody expected')
  expect(server.logs()).toContain('a bug that a test made')
  const report = await verifyFile(server.databasePath)
  expect(report).toMatchObject({ payments: purchases.length, discrepancies: [] })
  removeFolder(folder)
})

test('errors, refusals and what is left out come through as they would in one thread', async () => {
  const server = await startServer()
  const { client } = server
  const made = await client.api('/members', { method: 'POST', body: { email: 'ada@example.org' } })
  expect(made).toMatchObject({ status: 201, json: { email: 'ada@example.org', name: null } })
  expect(await pointsOf(client, 'ada@example.org')).toBe(0)
  expect(await client.api('/members/mem_nobody')).toMatchObject({ status: 404, json: { code: 'not_found' } })
  expect(await client.api('/members?limit=1')).toMatchObject({ status: 200, json: { next: null } })
  expect(await server.stop()).toEqual({ code: 0, signal: null })
})
