// Whatever several people do at once, whatever comes twice and whatever Slack, Stripe and the clock do meanwhile: the books
// are right, nobody gives away more than their day, nobody says yes to themselves, and what is asked for once is given once.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localDate } from '../../src/core/calendar.ts'
import { createDesk, type LoyaltyDesk, PEOPLE, type Person, startSlack } from '../support/slack.ts'
import { SHOP } from '../support/slack-shop.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const DAILY = 700
const ALONE = 100
const MEMBERS = ['ada', 'bo', 'cy']

const person = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Person>('sam', 'ira', 'ada', 'ana') },
  { weight: 1, arbitrary: fc.constantFrom<Person>('vic', 'noa', 'gus', 'eve') },
)
const member = fc.constantFrom(...MEMBERS)
const points = fc.constantFrom('+60', '+100', '+101', '+300', '-40', '-9000', '+800', '+1e9')

type Deed =
  | { do: 'adjust'; who: Person; member: string; points: string }
  | { do: 'reward'; who: Person; member: string; reward: string; charge: 'member' | 'house' }
  | { do: 'decide'; who: Person; nth: number; yes: boolean }
  | { do: 'again' }
  | { do: 'erase'; member: string }
  | { do: 'later'; ms: number }
  | { do: 'trouble'; kind: 'slack' | 'stripe' | 'none' | 'limit' }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('adjust' as const), who: person, member, points }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('reward' as const),
      who: person,
      member,
      reward: fc.constantFrom('ten', 'tote', 'tree', 'hamper'),
      charge: fc.constantFrom<'member' | 'house'>('member', 'house'),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({ do: fc.constant('decide' as const), who: person, nth: fc.nat(3), yes: fc.boolean() }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'again' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), member }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('later' as const),
      ms: fc.constantFrom(6_000, 3_600_000, 86_400_000, -5_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('trouble' as const),
      kind: fc.constantFrom<'slack' | 'stripe' | 'none' | 'limit'>('slack', 'stripe', 'none', 'limit'),
    }),
  },
)

/** What the double's people cannot do (no such button, no window) they do not do. */
const ifCan = (work: Promise<unknown>): Promise<unknown> => work.catch(() => null)

async function act(desk: LoyaltyDesk, one: Deed): Promise<unknown> {
  const { slack: double } = desk
  switch (one.do) {
    case 'adjust':
      return ifCan(
        double.command(PEOPLE[one.who], 'dm', `/loyalty adjust ${one.member}@example.org ${one.points} For property`),
      )
    case 'reward':
      return ifCan(rewarded(desk, one))
    case 'decide': {
      const card = desk.channel('approvals').filter(({ threadTs }) => threadTs === null)[one.nth]
      if (card === undefined) return null
      return ifCan(double.press(PEOPLE[one.who], card, one.yes ? 'approval.approve' : 'approval.reject'))
    }
    case 'again':
      return ifCan(Promise.try(() => double.retry()))
    case 'erase':
      return desk.app.eraseMember(`email:${one.member}@example.org`, staff)
    case 'later':
      desk.clock.at += one.ms
      return null
    case 'trouble':
      double.settings.down = one.kind === 'slack' ? 'broken' : null
      desk.vendor.isDown = one.kind === 'stripe'
      if (one.kind === 'limit') double.script({ kind: 'limit', retryAfterS: 5 })
      return null
    default: {
      const unknown: never = one
      return unknown
    }
  }
}

async function rewarded(desk: LoyaltyDesk, one: Extract<Deed, { do: 'reward' }>): Promise<void> {
  const { slack: double } = desk
  const user = PEOPLE[one.who]
  await double.command(user, 'dm', `/loyalty reward ${one.member}@example.org ${one.reward}`)
  await desk.settled()
  if (one.charge === 'house') {
    await double.press(user, undefined, 'reward.charge', { selectedOption: 'house' })
    await desk.settled()
  }
  await double.submit(user, null, { [one.charge === 'house' ? 'reward-1' : 'reward-0']: one.reward })
}

/** By who gave: what was given away on the day that it is now, as the books have it. */
async function givenAway(desk: LoyaltyDesk): Promise<Map<string, number>> {
  const { timezone } = desk.program
  const day = localDate(desk.clock.at, timezone)
  const isToday = (at: string): boolean => localDate(Date.parse(at), timezone) === day
  const given = new Map<string, number>()
  const add = (who: string, amount: number): void => void given.set(who, (given.get(who) ?? 0) + amount)
  const requests = await desk.app.listAdjustmentRequests({ limit: 100 })
  const redemptions = await desk.app.listRedemptions({ limit: 100 })
  if (!requests.ok || !redemptions.ok) throw new Error('no lists')
  for (const { requestedBy, createdAt, state, points: asked } of requests.value.items)
    if (isToday(createdAt) && state === 'waiting') add(requestedBy, asked)
  for (const { requestedBy, createdAt, state, charge, value } of redemptions.value.items)
    if (isToday(createdAt) && charge === 'house' && state !== 'cancelled') add(requestedBy, value)
  for (const name of MEMBERS) {
    const ledger = await desk.app.ledger(`email:${name}@example.org`, { limit: 100 })
    if (!ledger.ok) continue
    for (const { at, kind, points: moved, actor, reason } of ledger.value.items)
      if (kind === 'adjust' && moved > 0 && isToday(at) && !reason.includes('approved')) add(actor, moved)
  }
  return given
}

test('the books are right at the end', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(deed, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 12, size: 'max' }),
      async (rounds) => {
        const desk = await createDesk(slack, {
          members: MEMBERS,
          program: { ...SHOP, staff: { approvalAbovePoints: ALONE, dailyLimitPoints: DAILY } },
        })
        for (const name of MEMBERS) await desk.buys(name, 2_000)
        for (const round of rounds) {
          await Promise.all(round.map((one) => act(desk, one)))
          await desk.settled()
        }
        desk.slack.settings.down = null
        desk.vendor.isDown = false
        for (let n = 0; n < 8; n++) await desk.flush(310_000)

        expect((await desk.app.verify()).discrepancies).toEqual([])
        const today = await givenAway(desk)
        for (const name of ['sam', 'ira', 'ada', 'ana']) {
          expect(today.get(`slack:U0${name.toUpperCase()}`) ?? 0).toBeLessThanOrEqual(DAILY)
          const given = await desk.app.givenToday(`slack:U0${name.toUpperCase()}`)
          expect(given.points).toBeLessThanOrEqual(DAILY)
          expect(given.points).toBeGreaterThanOrEqual(0)
        }
        const requests = await desk.app.listAdjustmentRequests({ limit: 100 })
        const redemptions = await desk.app.listRedemptions({ limit: 100 })
        if (!requests.ok || !redemptions.ok) throw new Error('no lists')
        for (const one of [...requests.value.items, ...redemptions.value.items]) {
          expect(one.decidedBy === null || one.decidedBy !== one.requestedBy).toBe(true)
          expect(['slack:U0SAM', 'slack:U0IRA', 'slack:U0ADA']).toContain(one.requestedBy)
          if (one.decidedBy !== null) expect(['slack:U0ANA', 'slack:U0ADA']).toContain(one.decidedBy)
        }
        for (const one of requests.value.items)
          expect(one.state === 'approved').toBe(one.decision?.verdict === 'approved')
        expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
      },
    ),
    { numRuns: 20 },
  )
})
