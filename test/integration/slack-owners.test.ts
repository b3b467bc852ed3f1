// Alerts to whoever owns the contact, put together as the server does it, over doubles of both vendors that listen.
import { afterEach, expect, test } from 'vitest'
import type { App, Deliverer } from '../../src/app/ports.ts'
import { createHubspotDeliverer } from '../../src/compose/hubspot.ts'
import { createSlackDeliverer } from '../../src/compose/slack.ts'
import { createAlertWorld } from '../support/alerts.ts'
import { listenAsHubspot, provision, TOKEN } from '../support/hubspot.ts'
import { makeProgram } from '../support/programs.ts'
import { CHANNELS, listenAsSlack, PEOPLE, SLACK_TOKEN } from '../support/slack.ts'
import { staff } from '../support/world.ts'

const opened: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

test('the contact’s owner is found in HubSpot and in Slack, and told alone', async () => {
  const program = makeProgram({ retention: { route: 'owner' } })
  const clock = { now: () => Date.UTC(2026, 10, 22, 12) }
  const [hubspot, slack] = [
    await listenAsHubspot({ now: clock.now, token: TOKEN }),
    await listenAsSlack({ now: clock.now }),
  ]
  opened.push(hubspot, slack)
  provision(hubspot.double.portal, program)
  hubspot.double.addOwner('71', 'sam@shop.test')
  hubspot.double.people.create({ email: 'ada@example.org', hubspot_owner_id: '71' })
  const config = {
    slack: { botToken: SLACK_TOKEN, signingSecret: null, alertChannel: CHANNELS.alerts, apiUrl: slack.apiUrl },
    hubspot: { accessToken: TOKEN, clientSecret: null, apiUrl: hubspot.url },
  } as unknown as Parameters<typeof createSlackDeliverer>[0]['config']
  let app: App | null = null
  const later = (): App => {
    if (app === null) throw new Error('not yet')
    return app
  }
  const parts = { config, clock, logger: silent, app: later, contacts: later, program }
  const made = [createHubspotDeliverer(parts), createSlackDeliverer(parts)]
  const deliverers = made.filter((one): one is Deliverer => one !== null)
  const world = await createAlertWorld({ program, now: clock.now(), deliverers: [] })
  app = world.app
  for (const name of ['ada', 'grace']) await app.enrolMember({ email: `${name}@example.org`, name }, staff, null)
  const flush = async (kind: string) => {
    const rows = await world.store.dueEffects({ kinds: [kind], now: clock.now(), limit: 100 })
    const deliverer = deliverers.find(({ kinds }) => kinds.includes(kind))
    expect(await deliverer?.together?.deliver(rows)).toEqual(rows.map(() => ({ kind: 'done' })))
  }
  await flush('hubspot.contact')
  await world.open('email:ada@example.org')
  await world.open('email:grace@example.org')
  await flush('slack.alert')
  const seen = slack.double.sees(PEOPLE.sam).messages.map(({ channel, text }) => [channel.slice(0, 1), text])
  expect(seen).toEqual([
    ['D', '🔔 ada has not come back as usual · $412 a year at stake'],
    ['C', '🔔 grace has not come back as usual · $412 a year at stake'],
  ])
  await world.close()
})
