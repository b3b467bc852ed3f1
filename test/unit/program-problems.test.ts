import { describe, expect, test } from 'vitest'
import { parseProgram } from '../../src/program/parse.ts'
import { formatProblems } from '../../src/program/problems.ts'

const LEAST = { name: 'Corner Club', currency: 'usd' }
const gift = { id: 'gift', name: 'A gift', cost: 0, fulfil: { kind: 'manual' } }

function problemsOf(input: unknown): string[] {
  const parsed = parseProgram(input)
  return parsed.ok ? [] : formatProblems(parsed.problems).split('\n')
}

describe('a mistake is told with its path, its value and what would be right', () => {
  const rule = { id: 'p', on: 'purchase' }
  const item = { id: 'i', on: 'item', products: ['prod_1'], points: 5 }
  const level = (id: string, more: object = {}) => ({ id, name: id, ...more })
  const campaign = { id: 'c', name: 'C', multiplier: 2 }
  const reward = (fulfil: object, more: object = {}) => ({ id: 'r', name: 'R', cost: 500, fulfil, ...more })
  const fiveOff = { kind: 'promotion_code', amountOff: 5 }

  const cases: [object, string][] = [
    [{ name: undefined }, 'name is missing: must be a text in quotes of 1 to 80 characters'],
    [{ name: '  ' }, 'name = "  " must be a text in quotes of 1 to 80 characters'],
    [{ currency: 'USD' }, 'currency = "USD" must be in lower case: "usd"'],
    [
      { currency: 'dollars' },
      'currency = "dollars" must be the code of a currency in three lower-case letters, such as "usd"',
    ],
    [
      { timezone: 'America/New_Yrok' },
      'timezone = "America/New_Yrok" must be a time zone, such as "America/New_York"; did you mean "America/New_York"?',
    ],
    [{ locale: 'plain english' }, 'locale = "plain english" must be a language, such as "en" or "pt-BR"'],
    [{ tires: [] }, 'tires = [] is not a field here; did you mean "tiers"?'],
    [{ points: { roundign: 'floor' } }, 'points.roundign = "floor" is not a field here; did you mean "rounding"?'],
    [
      { hubspot: { zebra: 1 } },
      'hubspot.zebra = 1 is not a field here; the fields are createContacts, prefix, quotaShare',
    ],
    [
      { points: { rounding: 'flor' } },
      'points.rounding = "flor" must be "floor", "nearest" or "ceil"; did you mean "floor"?',
    ],
    [
      { points: { value: 0.0000001 } },
      'points.value = 1e-7 must be a number from 0 to 1000000 with at most 6 decimals, such as 0.01',
    ],
    [{ points: { holdDays: 1.5 } }, 'points.holdDays = 1.5 must be a whole number of days from 0 to 36500'],
    [
      { points: { expiry: { kind: 'calender' } } },
      'points.expiry.kind = "calender" must be "never", "after", "inactivity" or "calendar"; did you mean "calendar"?',
    ],
    [
      { points: { expiry: 'never' } },
      'points.expiry = "never" must be an object {…} with "kind": "never", "after", "inactivity" or "calendar"',
    ],
    [
      { points: { expiry: { kind: 'calendar', month: 2, day: 30 } } },
      'points.expiry.day = 30 must be a day of that month',
    ],
    [{ earning: {} }, 'earning = {} must be a list […] of none to 1000'],
    [
      { earning: [{ ...rule, per: -1 }] },
      'earning[0].per = -1 must be an amount in major units, above 0, such as 1 or 4.99',
    ],
    [{ earning: [{ ...rule, per: 0.999 }] }, 'earning[0].per = 0.999 must have at most 2 decimals in usd'],
    [
      { currency: 'jpy', earning: [{ ...rule, minimum: 4.99 }] },
      'earning[0].minimum = 4.99 must have no decimals in jpy',
    ],
    [
      { currency: 'isk', earning: [{ ...rule, minimum: 4.99 }] },
      'earning[0].minimum = 4.99 must have no decimals in isk',
    ],
    [
      { earning: [{ ...rule, currencies: { kwd: { per: 0.1234 } } }] },
      'earning[0].currencies.kwd.per = 0.1234 must have at most 3 decimals in kwd',
    ],
    [
      { earning: [{ ...rule, currencies: { jpyy: { per: 1 } } }] },
      'earning[0].currencies.jpyy = {…} is not a currency; did you mean "jpy"?',
    ],
    [
      { earning: [{ ...rule, currencies: { usd: { per: 1 } } }] },
      'earning[0].currencies.usd = {…} must be left out: it is the program’s own currency, set by "per"',
    ],
    [{ earning: [{ ...rule, points: 1.5 }] }, 'earning[0].points = 1.5 must be a whole number of points, 0 or more'],
    [
      { earning: [{ ...rule, id: 'Purchase!' }] },
      'earning[0].id = "Purchase!" must be an id of 1 to 40 lower-case letters, digits, "-" or "_", such as "five-off"',
    ],
    [
      { earning: [rule, { ...item, id: 'p' }] },
      'earning[1].id = "p" must be an id of its own: earning[0] has it already',
    ],
    [
      { earning: [{ id: 'x', on: 'purchse' }] },
      'earning[0].on = "purchse" must be "purchase", "item", "action", "birthday" or "anniversary"; did you mean "purchase"?',
    ],
    [{ earning: [{ ...item, products: [] }] }, 'earning[0].products = [] must be a list […] of 1 to 1000'],
    [
      { earning: [{ ...rule, products: ['a'], excludeProducts: ['a'] }] },
      'earning[0].excludeProducts[0] = "a" must not be in "products" as well',
    ],
    [
      { earning: [{ ...rule, when: { metadata: { gift: true } } }] },
      'earning[0].when.metadata.gift = true must be a text in quotes of 1 to 500 characters',
    ],
    [
      { earning: [{ ...rule, when: { segments: ['loyl'] } }] },
      'earning[0].when.segments[0] = "loyl" must be "champions", "loyal", "potential_loyalist", "new_customers", "promising", "needs_attention", "about_to_sleep", "at_risk", "cannot_lose", "hibernating" or "lost"; did you mean "loyal"?',
    ],
    [
      { earning: [{ ...rule, when: { tiers: ['goold'] } }], tiers: { levels: [level('gold')] } },
      'earning[0].when.tiers[0] = "goold" is not the id of a tier; did you mean "gold"?',
    ],
    [
      { earning: [{ ...rule, when: { tiers: ['gold'] } }] },
      'earning[0].when.tiers[0] = "gold" is not the id of a tier; there are none under tiers.levels',
    ],
    [
      { earning: [{ id: 'a', on: 'action', action: 'review' }] },
      'earning[0] = {…} must say what it gives, either as "points" or as "award"',
    ],
    [
      { earning: [{ id: 'a', on: 'birthday', award: {} }] },
      'earning[0].award = {} must give something: points, reward, badge, cause or a choice of them',
    ],
    [
      { earning: [{ id: 'a', on: 'birthday', award: { choose: [{ points: 5 }] } }] },
      'earning[0].award.choose = […] must offer at least two awards',
    ],
    [
      {
        earning: [{ id: 'a', on: 'birthday', award: { choose: [{ points: 5 }, { reward: 'gfit' }] } }],
        rewards: [gift],
      },
      'earning[0].award.choose[1].reward = "gfit" is not the id of a reward; did you mean "gift"?',
    ],
    [
      { limits: [{ id: 'extras', rules: ['x'], points: 100 }], earning: [rule] },
      'limits[0].rules[0] = "x" is not the id of a rule; did you mean "p"?',
    ],
    [{ tiers: { levels: [] } }, 'tiers.levels = [] must be a list […] of 1 to 1000'],
    [
      { tiers: { window: { kind: 'lifetime' }, keep: 'period', levels: [level('a')] } },
      'tiers.keep = "period" must be "always", or left out, where the window is lifetime',
    ],
    [
      { tiers: { window: { kind: 'rolling' }, keep: 'period', levels: [level('a')] } },
      'tiers.keep = "period" must be an object such as {"months": 12} where the window is rolling',
    ],
    [
      { tiers: { keep: { months: 3 }, levels: [level('a')] } },
      'tiers.keep = {…} must be "next_period" or "period" where the window is calendar_year',
    ],
    [
      { tiers: { keep: 'forever', levels: [level('a')] } },
      'tiers.keep = "forever" must be "next_period", "period", "always" or an object such as {"months": 12}',
    ],
    [
      { tiers: { levels: [level('a', { threshold: 100 }), level('b', { threshold: 50 })] } },
      'tiers.levels[1].threshold = 50 must be above the 100 of the level before: levels go from lowest to highest',
    ],
    [
      { tiers: { levels: [level('a', { threshold: 9.5 })] } },
      'tiers.levels[0].threshold = 9.5 must be a whole number of points',
    ],
    [
      { tiers: { metric: 'spend', levels: [level('a', { threshold: 9.555 })] } },
      'tiers.levels[0].threshold = 9.555 must have at most 2 decimals in usd',
    ],
    [
      { tiers: { levels: [level('a', { multiplier: 1.23456 })] } },
      'tiers.levels[0].multiplier = 1.23456 must be a number from 0 to 1000 with at most 4 decimals, such as 1.25',
    ],
    [
      { tiers: { levels: [level('a', { paid: {} })] } },
      'tiers.levels[0].paid = {} must name at least one product or price of the subscription',
    ],
    [
      { tiers: { levels: [level('a', { perks: [level('wifi'), level('wifi')] })] } },
      'tiers.levels[0].perks[1].id = "wifi" must be an id of its own: the tier’s perks[0] has it already',
    ],
    [
      { campaigns: [{ ...campaign, from: '2026-02-30' }] },
      'campaigns[0].from = "2026-02-30" must be a date in quotes as year-month-day, such as "2026-11-23"',
    ],
    [
      { campaigns: [{ ...campaign, from: '2026-03-02', to: '2026-03-01' }] },
      'campaigns[0].to = "2026-03-01" must not be before "from"',
    ],
    [
      { campaigns: [{ ...campaign, weekdays: ['fryday'] }] },
      'campaigns[0].weekdays[0] = "fryday" must be a day of the week, "monday" to "sunday", or 1 to 7',
    ],
    [
      { campaigns: [{ id: 'c', name: 'C' }] },
      'campaigns[0] = {…} must do something: give it a "multiplier" or a "bonus"',
    ],
    [
      { campaigns: [{ ...campaign, on: 'enrolment' }] },
      'campaigns[0].multiplier = 2 must be left out where "on" is not "purchase": only points on amounts are multiplied; use "bonus"',
    ],
    [
      { campaigns: [{ ...campaign, holdout: 0.1 }] },
      'campaigns[0].holdout = 0.1 must be 0 unless "announced" is false: who was promised something must not be left out',
    ],
    [
      { rewards: [reward({ kind: 'promotion_code' })] },
      'rewards[0].fulfil = {…} must have either "amountOff" or "percentOff"',
    ],
    [
      { rewards: [reward({ kind: 'promotion_code', percentOff: 10, currencies: { eur: 5 } })] },
      'rewards[0].fulfil.currencies = {…} must be left out where "percentOff" is given: a percentage holds in any currency',
    ],
    [
      { rewards: [reward({ ...fiveOff, currencies: { usd: 5 } })] },
      'rewards[0].fulfil.currencies.usd = 5 must be left out: it is the program’s own currency, set by "amountOff"',
    ],
    [
      { rewards: [reward({ ...fiveOff, currencies: { jpy: 0.5 } })] },
      'rewards[0].fulfil.currencies.jpy = 0.5 must have no decimals in jpy',
    ],
    [
      { rewards: [reward({ ...fiveOff, currencies: { kwd: 1.255 } })] },
      'rewards[0].fulfil.currencies.kwd = 1.255 must have at most 2 decimals in kwd',
    ],
    [
      { currency: 'kwd', rewards: [reward({ kind: 'credit', amount: 1.255 })] },
      'rewards[0].fulfil.amount = 1.255 must have at most 2 decimals in kwd',
    ],
    [
      { rewards: [reward({ kind: 'donation', cause: 'trees', amount: 5 })] },
      'rewards[0].fulfil.cause = "trees" is not the id of a cause; there are none under causes',
    ],
    [
      { rewards: [reward(fiveOff, { validDays: 30, validMonths: 11 })] },
      'rewards[0].validMonths = 11 must be left out where "validDays" is given',
    ],
    [
      { redeeming: { freeze: { from: '2026-03-02', to: '2026-03-01' } } },
      'redeeming.freeze.to = "2026-03-01" must not be before "from"',
    ],
    [
      { rewards: [reward(fiveOff)], autoRedeem: [{ reward: 'r', atPoints: 100 }] },
      'autoRedeem[0].atPoints = 100 must be at least 500, what the reward costs',
    ],
    [
      { rewards: [reward(fiveOff)], autoRedeem: [{ reward: 'r', atPoints: 500, windows: ['02-30'] }] },
      'autoRedeem[0].windows[0] = "02-30" must be a day of the year in quotes as month-day, such as "03-01"',
    ],
    [
      {
        rewards: [reward(fiveOff)],
        autoRedeem: [
          { reward: 'r', atPoints: 500 },
          { reward: 'r', atPoints: 900, default: true },
        ],
      },
      'autoRedeem[1].default = true must be false: only one may be the default, and autoRedeem[0] is',
    ],
    [
      { challenges: [{ id: 'c', name: 'C', goal: { count: 3 }, award: { badge: 'regular' } }] },
      'challenges[0].award.badge = "regular" is not the id of a badge; there are none under badges',
    ],
    [{ referral: {} }, 'referral = {} must give something to the referrer or the friend'],
    [
      { partners: [{ id: 'a', name: 'A', stripeAccount: 'prod_1', points: 1 }] },
      'partners[0].stripeAccount = "prod_1" must be the id of a Stripe Connect account, such as "acct_1Nxyz1234"',
    ],
    [
      { partners: ['a', 'b'].map((id) => ({ id, name: id, stripeAccount: 'acct_1', points: 1 })) },
      'partners[1].stripeAccount = "acct_1" must be another account: partners[0] has it already',
    ],
    [
      { causes: [{ id: 'a', name: 'A', perPurchase: { perItm: 1 } }] },
      'causes[0].perPurchase = {…} must be {"perItem": 1}, {"shareOfSpend": 0.01} or null',
    ],
    [
      { goals: [{ metric: 'repeat_rate', target: 35, by: '2027-06-30' }] },
      'goals[0].target = 35 must be a share from 0 to 1 for a rate: 0.35 is 35 %',
    ],
    [
      { hubspot: { prefix: 'Loyalty ' } },
      'hubspot.prefix = "Loyalty " must be 1 to 30 lower-case letters, digits or "_", beginning with a letter, such as "loyalty_"',
    ],
    [
      { staff: { admin: ['bob'] } },
      'staff.admin[0] = "bob" must be "slack:U…" (a person), "slack:S…" (a user group), "hubspot:<email>", "api:<key name>" or "*" (everyone)',
    ],
    [
      { retention: { digestAt: '9:00' } },
      'retention.digestAt = "9:00" must be a time in quotes from "00:00" to "23:59", such as "09:00"',
    ],
  ]
  test.each(cases)('%j', (input, line) => {
    expect(problemsOf({ ...LEAST, ...input })).toEqual([line])
  })

  test.each([null, [], 'x', 5, undefined])('a program that is %j', (input) => {
    expect(problemsOf(input).join()).toMatch(/must be an object \{…\}/)
  })

  test('all of them at once, also of what is only wrong together', () => {
    const problems = problemsOf({
      currency: 'usd',
      poinst: {},
      earning: [
        { id: 'a', on: 'purchase', per: -1 },
        { id: 'b', on: 'purchase', per: 0.001, when: { tiers: ['silver'] } },
      ],
      tiers: { keep: 'always', levels: [{ id: 'gold', name: 'Gold', threshold: 0.5 }] },
    })
    expect(problems.map((line) => line.split(' ')[0]).sort()).toEqual([
      'earning[0].per',
      'earning[1].per',
      'earning[1].when.tiers[0]',
      'name',
      'poinst',
      'tiers.keep',
      'tiers.levels[0].threshold',
    ])
  })

  test('an entry with a mistake in it is still known by its id', () => {
    const rewards = [{ ...gift, cost: -1 }]
    const problems = problemsOf({ ...LEAST, rewards, enrolment: { award: { reward: 'gift' } } })
    expect(problems).toEqual(['rewards[0].cost = -1 must be a whole number of points, 0 or more'])
  })

  test('a long value is cut, a list or an object not shown', () => {
    const [line] = problemsOf({ ...LEAST, currency: 'x'.repeat(500) })
    expect(line).toHaveLength(
      `currency = "${'x'.repeat(59)}… must be the code of a currency in three lower-case letters, such as "usd"`.length,
    )
  })
})
