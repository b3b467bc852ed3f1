// App Home: what each person sees in it, what they can do there, and that nobody waits for figures before a blank page.
import { describe, expect, test } from 'vitest'
import { checkView } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import type { App, Deliverer, DeliveryOutcome } from '../../src/app/ports.ts'
import { createDesk, type DeskOptions, type LoyaltyDesk, PEOPLE, startSlack } from '../support/slack.ts'
import { alertsOn } from '../support/slack-alerts.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const GIFT = { id: 'gift', name: 'Gift', cost: 20, fulfil: { kind: 'manual' as const, instructions: 'Hand it over' } }
const sam = { source: `slack:${PEOPLE.sam}`, actor: `slack:${PEOPLE.sam}` }

async function shop(options: DeskOptions = {}): Promise<LoyaltyDesk> {
  const { program = {}, ...rest } = options
  const desk = await createDesk(slack, { members: ['ada', 'bob'], ...rest, program: { rewards: [GIFT], ...program } })
  const now = desk.clock.at
  for (const [days, who, amount] of [
    [50, 'ada', 20],
    [50, 'bob', 30],
    [20, 'ada', 10],
    [3, 'ada', 100],
  ] as const) {
    desk.clock.at = now - days * DAY_MS
    await desk.buys(who, amount)
  }
  desk.clock.at = now
  return desk
}

const published = (desk: LoyaltyDesk) => desk.slack.callsTo('views.publish')

describe('what Home shows', () => {
  test('the shop in figures, as the reports have them', async () => {
    const desk = await shop()
    const home = await desk.openHome('vic')
    expect(home.reads.split('\n').slice(0, 22)).toEqual([
      'Test Club',
      '[ Look up ]  [ Refresh ]',
      '*Members*',
      '2',
      'nobody new this month',
      '*Active*',
      '2',
      '100% bought in 90 days',
      '*Bought in seven days*',
      '1',
      'nobody in the seven before',
      '*Points outstanding*',
      '160',
      'worth $1.60',
      '*Redeemed*',
      '0%',
      'of all points ever earned',
      '*Came back this month*',
      '50% so far',
      'nobody to come back yet',
      'Who comes back is shown once customers have bought in two months in a row.',
      'Figures as of Nov 22',
    ])
    expect(checkView({ type: 'home', blocks: home.blocks })).toEqual([])
  })

  test('an empty shop has an empty state for each part', async () => {
    const desk = await createDesk(slack)
    const { reads } = await desk.openHome('ada')
    for (const words of [
      'nobody bought in 90 days',
      'nothing earned yet',
      'nobody to come back yet',
      'Who comes back is shown once customers have bought in two months in a row.',
      'No alert is yours now.',
      'Nothing waits for approval.',
      'No reward was issued yet.',
      'Everything is in order.',
      'Customers have not been looked at yet',
      'No campaign is running now.',
    ])
      expect(reads).toContain(words)
    expect(reads).not.toContain('May be the same person')
  })

  test('somebody who may only look sees neither what others decide nor what administrators mend', async () => {
    const desk = await shop({ program: { staff: { approvalAbovePoints: 10 } } })
    await desk.app.redeem('email:ada@example.org', { reward: 'gift', charge: 'house', reason: 'Late' }, sam, null)
    const seen = async (person: 'vic' | 'sam' | 'ana' | 'ada') => {
      const { reads } = await desk.openHome(person)
      return ['Issue reward', 'Enrol', 'Waiting for approval', '*Health*', 'Program in force'].filter((part) =>
        reads.includes(part),
      )
    }
    expect(await seen('vic')).toEqual([])
    expect(await seen('sam')).toEqual(['Issue reward', 'Enrol'])
    expect(await seen('ana')).toEqual(['Waiting for approval'])
    expect(await seen('ada')).toEqual(['Issue reward', 'Enrol', 'Waiting for approval', '*Health*', 'Program in force'])
  })

  test('somebody without any permission is told whom to ask', async () => {
    const desk = await shop()
    const home = await desk.openHome('noa')
    expect(home.reads).toBe(
      'Test Club\nYou may not look members up yet. @U0ADA can add you to the staff list of the program.',
    )
    const none = await createDesk(slack, { program: { staff: { admin: [] } } })
    expect((await none.openHome('noa')).reads).toContain('Whoever runs the program can add you')
  })

  test.each(['gus', 'eve'] as const)('%s, who is not of this workspace’s team, sees nothing', async (person) => {
    const desk = await shop()
    expect((await desk.openHome(person)).reads).toBe('Guests and people of other workspaces cannot use this.')
  })

  test('where Slack cannot say who is in the group that may look, that is said', async () => {
    const desk = await createDesk(slack)
    desk.slack.script({ method: 'usergroups.users.list', kind: 'error', error: 'internal_error', times: 5 })
    expect((await desk.openHome('ira')).reads).toContain('Slack could not be asked whether you are in the group')
  })

  test('my alerts are those assigned to me, and no others', async () => {
    const desk = await shop()
    const opener = await alertsOn(desk)
    const mine = await opener.open('ada')
    await opener.open('bob')
    await desk.app.moveAlert(mine.id, { do: 'assign' }, sam, null)
    const home = await desk.openHome('sam')
    expect(home.reads).toContain('🔔 Ada has not come back as usual')
    expect(home.reads).not.toContain('Bob has not come back')
    await desk.press('sam', 'Show', home)
    expect(desk.window('sam')?.reads).toContain('Ada has not come back as usual')
    expect((await desk.openHome('vic')).reads).toContain('No alert is yours now.')
  })

  test('recent rewards say whose, what, and how they stand', async () => {
    const desk = await shop()
    await desk.enrol({ email: 'eve@example.org', name: '<!channel> *Eve* <https://evil.example|click>' })
    const given = await desk.app.redeem('email:eve@example.org', { reward: 'gift', charge: 'house' }, staff, null)
    const home = await desk.openHome('vic')
    expect(home.reads).toContain('Gift · to be handed over')
    expect(home.live).toEqual([])
    if (given.ok) await desk.app.moveRedemption(given.value.id, 'fulfil', {}, staff, null)
    expect((await desk.openHome('vic')).reads).toContain('Gift · handed over')
  })
})

describe('what one does in Home', () => {
  test('an approver says yes there, and nobody to what they asked for themselves', async () => {
    const desk = await shop({
      program: { staff: { approvalAbovePoints: 10, approver: [`slack:${PEOPLE.ana}`, `slack:${PEOPLE.sam}`] } },
    })
    await desk.app.redeem('email:ada@example.org', { reward: 'gift', charge: 'house', reason: 'Late' }, sam, null)
    const own = await desk.openHome('sam')
    expect(own.reads).toContain('*Gift* for Ada')
    expect(own.reads).not.toContain('[ Approve ]')
    const home = await desk.openHome('ana')
    expect(home.reads).toContain('[ Approve ]  [ Reject ]')
    await desk.press('ana', 'Approve', 'home')
    const listed = await desk.app.listRedemptions({ limit: 1 })
    expect(listed.ok && listed.value.items[0]?.state).toBe('reserved')
  })

  test('Refresh counts anew, and says so', async () => {
    const desk = await shop()
    expect((await desk.openHome('vic')).reads).toContain('*Members*\n2')
    await desk.enrol('cyd')
    desk.clock.at += 60_000
    expect((await desk.openHome('vic')).reads).toContain('*Members*\n2')
    await desk.press('vic', 'Refresh', 'home')
    expect(desk.home('vic')?.reads).toContain('*Members*\n3')
  })

  test('Look up and Issue reward begin with whom it is for', async () => {
    const desk = await shop()
    await desk.openHome('sam')
    await desk.press('sam', 'Look up', 'home')
    expect(desk.window('sam')).not.toBeNull()
    await desk.submit('sam', { typed: 'ada@example.org' })
    expect(desk.window('sam')?.reads).toContain('ada@example.org')
    const other = await shop()
    await other.openHome('sam')
    await other.press('sam', 'Issue reward', 'home')
    expect(other.window('sam')).not.toBeNull()
  })

  test('Enrol opens its window', async () => {
    const desk = await shop()
    await desk.openHome('sam')
    await desk.press('sam', 'Enrol', 'home')
    expect(desk.window('sam')?.type).toBe('modal')
  })
})

describe('figures that take their time', () => {
  const slowly =
    (ms: () => number) =>
    (app: App): App =>
      new Proxy(app, {
        get: (target, method) => {
          if (method !== 'glance') return Reflect.get(target, method)
          return async (maxAgeMs: number | null) => {
            if (maxAgeMs !== null) await new Promise((done) => setTimeout(done, ms()))
            return target.glance(maxAgeMs)
          }
        },
      })

  test('a page without them is there first, then the whole', async () => {
    const desk = await shop({ appWith: slowly(() => 1_300) })
    await desk.openHome('vic')
    const [first, second, ...more] = published(desk)
    expect(more).toEqual([])
    expect(JSON.stringify(first?.args)).toContain('Counting. The figures come in a moment.')
    expect(JSON.stringify(second?.args)).toContain('*Members*')
    expect(desk.home('vic')?.reads).toContain('*Members*\n2')
  })

  test('those of before are shown meanwhile, with their age', async () => {
    let ms = 0
    const desk = await shop({ appWith: slowly(() => ms) })
    await desk.openHome('vic')
    await desk.enrol('cyd')
    ms = 1_300
    desk.clock.at += 2 * HOUR_MS
    await desk.openHome('vic')
    const [, meanwhile, last] = published(desk).map(({ args }) => JSON.stringify(args))
    expect(meanwhile).toContain('newer ones are on their way')
    expect(last).not.toContain('newer ones are on their way')
    expect(desk.home('vic')?.reads).toContain('*Members*\n3')
  })

  test('without them the rest is there all the same', async () => {
    const failing = (app: App): App =>
      new Proxy(app, {
        get: (target, method) =>
          method === 'glance' ? () => Promise.reject(new Error('locked')) : Reflect.get(target, method),
      })
    const desk = await shop({ appWith: failing })
    const home = await desk.openHome('ada')
    expect(home.reads).toContain('The figures cannot be read now.')
    expect(home.reads).toContain('*Health*')
    expect(desk.logs.find(({ level }) => level === 'warn')?.fields).toEqual({ error: 'Error' })
  })
})

describe('what administrators mend', () => {
  function vendor(kind: string, outcome: () => DeliveryOutcome): Deliverer {
    // Of the harness's own there is one deliverer that goes by Stripe's name.
    return { vendor: `${kind} of the test`, kinds: [kind], deliver: async () => outcome() }
  }
  const queue = (desk: LoyaltyDesk, kind: string, key: string) =>
    desk.store.commit(() => ({ outcome: null, changes: { effects: [{ kind, key, payload: {}, dueAt: 1 }] } }))

  test('what a vendor refused is told by kind with its reason, and goes out when it is tried again', async () => {
    let outcome: DeliveryOutcome = { kind: 'refused', reason: 'No such coupon: <!here>' }
    const desk = await shop({ deliverers: [vendor('stripe.session', () => outcome)] })
    await queue(desk, 'stripe.session', 'cs_1')
    await queue(desk, 'stripe.session', 'cs_2')
    await desk.settled()
    const home = await desk.openHome('ada')
    expect(home.reads).toContain('Questions to Stripe: 2 were refused')
    expect(home.reads).toContain('No such coupon: <!here>')
    expect(home.live).toEqual([])
    outcome = { kind: 'done' }
    await desk.press('ada', 'Try again', home)
    expect(desk.home('ada')?.reads).toContain('2 are tried again.')
    await desk.flush()
    expect((await desk.openHome('ada')).reads).toContain('Everything is in order.')
  })

  test('a vendor that does not answer is named, with what waits for it', async () => {
    const desk = await shop({
      deliverers: [vendor('stripe.session', () => ({ kind: 'down', reason: 'Stripe does not answer' }))],
    })
    await queue(desk, 'stripe.session', 'cs_1')
    await desk.app.drainOutbox()
    const { reads } = await desk.openHome('ada')
    expect(reads).toContain('Stripe has not taken anything since')
    expect(reads).toContain('one message waits and goes out as soon as it does')
    expect(reads).toContain('“Stripe does not answer”')
    expect(reads).not.toContain('Everything is in order.')
  })

  test('an event that was not understood is shown, and understood when it is tried again after the fix', async () => {
    const desk = await shop()
    const broken = JSON.stringify({
      id: 'evt_1',
      type: 'charge.refunded',
      created: 1,
      livemode: false,
      data: { object: {} },
    })
    const event = { id: 'evt_1', type: 'charge.refunded', livemode: false, at: desk.clock.at, payload: broken }
    await desk.app.recordEvent({ ...event, translation: { kind: 'odd', reason: 'amount is missing' } })
    expect((await desk.openHome('vic')).reads).not.toContain('charge.refunded')
    const home = await desk.openHome('ada')
    expect(home.reads).toContain('could not be understood (charge.refunded): “amount is missing”')
    await desk.press('ada', 'Try again', home)
    expect(desk.home('ada')?.reads).toContain('The event is understood now.')
    expect(desk.home('ada')?.reads).not.toContain('charge.refunded')
  })

  test('two who may be one become one, or stay two, by one press', async () => {
    const desk = await shop()
    const [ada, bob] = [await desk.member('ada'), await desk.member('bob')]
    const cyd = await desk.enrol({ email: 'cyd@example.org', name: 'Ada L.' })
    const propose = (member: string, other: string) =>
      desk.store.commit(() => ({ outcome: null, changes: { mergeProposals: [{ member, other, at: desk.clock.at }] } }))
    await propose(cyd.id, ada.id)
    await propose(ada.id, bob.id)
    const home = await desk.openHome('ada')
    expect(home.reads).toContain('*Ada L. (cyd@example.org)* and *Ada (ada@example.org)*')
    expect((await desk.openHome('ana')).reads).not.toContain('May be the same person')
    const mergeOf = (member: string) =>
      JSON.stringify(home.blocks).match(new RegExp(`home\\.merge:(\\d)[^}]*${member}`))?.[1] ?? '0'
    await desk.press('ada', `home.merge:${mergeOf(cyd.id)}`, home)
    expect(desk.home('ada')?.reads).toContain('Ada L. is now part of Ada.')
    expect((await desk.member('cyd')).id).toBe(ada.id)
    await desk.press('ada', 'Not the same', 'home')
    expect(desk.home('ada')?.reads).toContain('They stay two, and you are not asked again.')
    expect(desk.home('ada')?.reads).not.toContain('May be the same person')
    expect((await desk.member('bob')).id).toBe(bob.id)
  })

  test('a button that was shown to an administrator does nothing for whoever is none any more', async () => {
    const desk = await shop()
    const [ada, bob] = [await desk.member('ada'), await desk.member('bob')]
    const value = JSON.stringify({ pair: [ada.id, bob.id], from: bob.id, into: ada.id })
    const at = desk.clock.at
    await desk.store.commit(() => ({
      outcome: null,
      changes: { mergeProposals: [{ member: ada.id, other: bob.id, at }] },
    }))
    const home = await desk.openHome('ada')
    const later = await createDesk(slack, {
      store: desk.store,
      now: at,
      program: { staff: { admin: [] } },
      double: { workspace: desk.slack.workspace },
    })
    await later.press('ada', 'Merge', home, { value })
    expect((await later.member('bob')).id).toBe(bob.id)
    expect(later.window('ada')?.reads ?? later.reads('ada')).toContain('Only administrators')
  })

  test('the campaigns that run now are named', async () => {
    const campaign = { id: 'week', name: 'Double points week', from: '2026-11-20', to: '2026-11-29', multiplier: 2 }
    const desk = await shop({
      program: {
        campaigns: [campaign, { ...campaign, id: 'over', name: 'Over', from: '2026-10-01', to: '2026-10-09' }],
      },
    })
    const { reads } = await desk.openHome('ada')
    expect(reads).toContain('Running now: Double points week')
    expect(reads).not.toContain('Over')
  })
})
