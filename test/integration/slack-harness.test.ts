// The harness that scenarios in Slack stand on: it waits for what goes on after an acknowledgement, and hides nothing.
import { expect, it } from 'vitest'
import { createDesk, PEOPLE, type Person, startSlack } from '../support/slack.ts'

const slack = startSlack()

it.each<Person>(['gus', 'eve'])('tells %s, who is not of the team, so in words and alone', async (person) => {
  const desk = await createDesk(slack)
  await desk.command(person, '/loyalty help')
  expect(desk.last(person)).toMatchObject({ isEphemeral: true, live: [] })
  expect(desk.reads(person)).toContain('cannot use this')
  expect(desk.slack.sees(PEOPLE.sam).messages).toEqual([])
})

it('waits for what goes on after the acknowledgement, which itself does not wait', async () => {
  const slow = { ms: 300 }
  const desk = await createDesk(slack, {
    appWith: (app) => ({
      ...app,
      staffLanguage: async (actor) => {
        await new Promise((done) => setTimeout(done, slow.ms))
        return app.staffLanguage(actor)
      },
    }),
  })
  const { tookMs } = await desk.slack.command(PEOPLE.sam, 'loyalty', '/loyalty help')
  expect(tookMs).toBeLessThan(slow.ms)
  expect(desk.slack.sees(PEOPLE.sam).messages).toEqual([])
  await desk.settled()
  expect(desk.reads('sam')).toContain('/loyalty')
})

it('calls use cases as from another thread: what cannot be copied does not come through', async () => {
  const desk = await createDesk(slack, {
    appWith: (app) => ({ ...app, staffLanguage: async () => (() => 'en') as unknown as string }),
  })
  await desk.command('sam', '/loyalty help')
  // The language is what fails, and it is done without.
  expect(desk.reads('sam')).toContain('/loyalty')
})

it('grants what the app asks for when it is installed, and nothing more', async () => {
  const desk = await createDesk(slack)
  await desk.command('sam', '/loyalty help')
  expect(desk.slack.calls.filter(({ error }) => error !== null)).toEqual([])
  desk.slack.settings.scopes = desk.slack.settings.scopes.filter((scope) => scope !== 'users:read')
  await desk.flush(3_600_001)
  await desk.command('sam', '/loyalty help')
  expect(desk.slack.callsTo('users.info').at(-1)?.error).toBe('missing_scope')
})

it('keeps what was logged, in which nobody is named', async () => {
  const desk = await createDesk(slack, { members: ['ada'] })
  desk.slack.settings.down = 'broken'
  await desk.command('sam', '/loyalty help ada@example.org')
  expect(desk.slack.sees(PEOPLE.sam).messages).toEqual([])
  expect(desk.logs).not.toEqual([])
  expect(JSON.stringify(desk.logs)).not.toMatch(/ada|example\.org|xoxb/i)
})

it('has members who buy, at its own time', async () => {
  const desk = await createDesk(slack, { members: ['ada', { email: 'hayk@example.org', name: 'Հայկ' }] })
  await desk.buys('ada', 40)
  desk.clock.at += 86_400_000
  await desk.buys('hayk@example.org', 12.5)
  expect((await desk.member('ada')).points.available).toBe(40)
  expect((await desk.member('email:hayk@example.org')).lastPurchaseAt).toBe(new Date(desk.clock.at).toISOString())
})
