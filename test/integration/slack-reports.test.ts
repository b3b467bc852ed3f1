// `/loyalty report` and `/loyalty top`, from what is typed to what is read.
import { describe, expect, test } from 'vitest'
import { checkMessage } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import type { App } from '../../src/app/ports.ts'
import { createDesk, type DeskOptions, type LoyaltyDesk, startSlack } from '../support/slack.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const GIFT = { id: 'gift', name: 'Gift', cost: 20, fulfil: { kind: 'manual' as const, instructions: 'Hand it over' } }
const GOAL = { metric: 'repeat_rate', target: 0.35, by: '2027-06-30' } as const

const SALES = [
  ['2026-09-15', 'ada', 40],
  ['2026-10-03', 'ada', 20],
  ['2026-10-20', 'bob', 30],
  ['2026-11-10', 'cyd', 12],
  ['2026-11-17', 'ada', 100],
  ['2026-11-21', 'bob', 5],
] as const

async function shop(options: DeskOptions = {}): Promise<LoyaltyDesk> {
  const { program = {}, ...rest } = options
  const desk = await createDesk(slack, {
    now: Date.UTC(2026, 8, 1, 12),
    members: ['ada', 'bob', 'cyd'],
    ...rest,
    program: { rewards: [GIFT], goals: [GOAL], ...program },
  })
  for (const [date, who, amount] of SALES) {
    desk.clock.at = Date.parse(`${date}T12:00:00Z`)
    await desk.buys(who, amount)
  }
  // A Sunday.
  desk.clock.at = Date.UTC(2026, 10, 22, 12)
  return desk
}

async function says(desk: LoyaltyDesk, line: string): Promise<string> {
  await desk.command('vic', line)
  return desk.reads('vic')
}
const titleOf = async (desk: LoyaltyDesk, line: string) => (await says(desk, line)).split('\n')[0]

describe('/loyalty report', () => {
  test('this month so far: points, members, what they bought, who came back, goals', async () => {
    const desk = await shop()
    const made = await desk.app.redeem('email:ada@example.org', { reward: 'gift' }, staff, null)
    if (made.ok) await desk.app.moveRedemption(made.value.id, 'fulfil', {}, staff, null)
    expect((await says(desk, '/loyalty report')).split('\n').slice(0, 29)).toEqual([
      'Test Club: November 2026, so far',
      '*Earned*',
      '117 points',
      '*Redeemed*',
      '20 points',
      '*Expired*',
      '0 points',
      '*Owed to members*',
      '187 points, worth $1.87',
      '*New members*',
      '0',
      '*Members who bought*',
      '3',
      '*Members’ purchases*',
      '$117.00',
      '▲ 134% on October 2026, up to the same day',
      '*Came back*',
      '100% of who bought in October 2026',
      '*Had bought before*',
      '67% of who bought',
      '(bar chart) Members’ purchases',
      expect.stringContaining('Nov 15 105'),
      'Most on Nov 15: $105.00 in seven days.',
      '*Goals*',
      'Members who bought again: 67% of 35% by June 30, 2027 · reached',
      'Figures as of Nov 22',
      '[ Share here ]',
    ])
    const { text, blocks, isEphemeral } = desk.last('vic')
    expect(isEphemeral).toBe(true)
    expect(checkMessage({ text, blocks })).toEqual([])
  })

  test.each([
    ['', 'November 2026, so far'],
    ['month', 'November 2026, so far'],
    ['Last Month', 'October 2026'],
    ['2026-10', 'October 2026'],
    ['10/2026', 'October 2026'],
    ['oct', 'October 2026'],
    ['December', 'December 2025'],
    ['sept 2026', 'September 2026'],
    ['week', 'the week from Nov 16 to Nov 22, so far'],
    ['last-week', 'the week from Nov 9 to Nov 15'],
  ])('understands “%s”', async (typed, period) => {
    const desk = await shop()
    expect(await titleOf(desk, `/loyalty report ${typed}`)).toBe(`Test Club: ${period}`)
  })

  test.each(['2026-13', '1999-01', 'yesterday', '2026-10-05', 'marvellous', '<!channel>', 'x'.repeat(5_000)])(
    'answers “%s” with examples',
    async (typed) => {
      const desk = await shop()
      const said = await says(desk, `/loyalty report ${typed}`)
      expect(said).toContain('There is no report for')
      expect(said).toContain('`/loyalty report 2026-10`')
      expect(desk.last('vic').live).toEqual([])
    },
  )

  test('a month to come has not begun', async () => {
    const desk = await shop()
    expect(await says(desk, '/loyalty report 2027-01')).toContain('January 2027 has not begun.')
  })

  test('a month in which nothing happened says so', async () => {
    const desk = await shop()
    const said = await says(desk, '/loyalty report 2025-03')
    expect(said).toContain('Nothing happened in March 2025.')
    expect(said).toContain('*Came back*\n– of who bought in February 2025')
    expect(said).not.toContain('chart')
  })

  test('what members said is in it, once somebody did', async () => {
    const desk = await shop()
    expect(await says(desk, '/loyalty report')).not.toContain('Would recommend us')
    for (const [who, score] of [
      ['ada', 10],
      ['bob', 3],
      ['cyd', 9],
    ] as const)
      await desk.app.recordAction(`email:${who}@example.org`, { action: 'feedback', data: { score } }, staff, null)
    desk.clock.at += 3_600_000
    expect(await says(desk, '/loyalty report')).toContain('*Would recommend us*\n33 from 3 answers')
  })

  test('what campaigns brought is told where members were held out by chance, and not looked for else', async () => {
    const campaign = { id: 'week', name: 'Quiet <week>', from: '2026-11-01', to: '2026-11-09', multiplier: 2 }
    const asked: unknown[] = []
    const measured = (app: App): App =>
      new Proxy(app, {
        get: (target, method) => {
          if (method !== 'report') return Reflect.get(target, method)
          return async (...args: Parameters<App['report']>) => {
            asked.push(args)
            const made = await target.report('campaigns', {})
            if (!made.ok) return made
            const comparison = {
              treated: { members: 900, spendPerMember: 1_200 },
              heldOut: { members: 100, spendPerMember: 900 },
              uplift: { difference: 300, low: 50, high: 550, confidence: 0.95, method: 'Welch' },
            }
            return {
              ok: true,
              value: { ...made.value, campaigns: made.value.campaigns.map((one) => ({ ...one, comparison })) },
            }
          }
        },
      })
    const held = { ...campaign, announced: false, holdout: 0.1 }
    const desk = await shop({ program: { campaigns: [held] }, appWith: measured })
    expect(await says(desk, '/loyalty report')).toContain(
      'Quiet <week>: $3.00 more by member than among those left out by chance (likely $0.50 to $5.50)',
    )
    expect(desk.last('vic').live).toEqual([])
    expect(asked).toEqual([['campaigns', { from: '2026-11-01', to: '2026-11-30' }]])
    const plain = await shop({ program: { campaigns: [campaign] }, appWith: measured })
    expect(await says(plain, '/loyalty report')).not.toContain('What campaigns brought')
    expect(asked).toHaveLength(1)
  })

  test('Share here shows it to the channel, as it is and without the button', async () => {
    const desk = await shop()
    await desk.command('vic', '/loyalty report 2026-10')
    await desk.press('vic', 'Share here')
    const shared = desk.channel('loyalty').at(-1)
    expect(shared?.reads).toContain('Test Club: October 2026')
    expect(shared?.reads).not.toContain('[ Share here ]')
  })

  test('is refused to who may not look', async () => {
    const desk = await shop()
    await desk.command('noa', '/loyalty report')
    expect(desk.reads('noa')).toContain('You may not look members up.')
    await desk.command('noa', '/loyalty top')
    expect(desk.reads('noa')).toContain('You may not look members up.')
  })

  test('where the numbers take long a word comes first, where they fail a sentence', async () => {
    const slow = (app: App): App =>
      new Proxy(app, {
        get: (target, method) => {
          if (method !== 'periodFigures') return Reflect.get(target, method)
          return async (...asked: Parameters<App['periodFigures']>) => {
            await new Promise((done) => setTimeout(done, 1_800))
            return target.periodFigures(...asked)
          }
        },
      })
    const desk = await shop({ appWith: slow })
    await desk.command('vic', '/loyalty report')
    const [word, whole] = desk.toldAlone('vic')
    expect(word?.reads).toBe('One moment…')
    expect(whole?.reads).toContain('Test Club: November 2026')
    const failing = (app: App): App =>
      new Proxy(app, {
        get: (target, method) =>
          method === 'periodFigures' || method === 'glance'
            ? () => Promise.reject(new Error('locked'))
            : Reflect.get(target, method),
      })
    const broken = await shop({ appWith: failing })
    expect(await says(broken, '/loyalty report')).toBe('The numbers cannot be read now. Try again in a moment.')
    expect(await says(broken, '/loyalty top')).toBe('The numbers cannot be read now. Try again in a moment.')
  })

  test('is lines of text where Slack takes no charts by a response_url', async () => {
    const desk = await shop()
    desk.slack.script({ method: 'response', kind: 'error', error: 'invalid_blocks' })
    const said = await says(desk, '/loyalty report')
    expect(said).toContain('▰▰▰▰▰▰▰▰▰▰  $105.00')
    expect(desk.last('vic').isEphemeral).toBe(true)
    expect(desk.slack.callsTo('response')).toHaveLength(2)
  })
})

describe('/loyalty top', () => {
  test('the best customers of twelve months, each with a button that shows them', async () => {
    const desk = await shop()
    desk.clock.at = Date.UTC(2025, 9, 1)
    await desk.buys('cyd', 5_000)
    desk.clock.at = Date.UTC(2026, 10, 22, 12)
    expect((await says(desk, '/loyalty top')).split('\n')).toEqual([
      '*Best customers by spend, last twelve months*',
      '1. *Ada* · $160.00  [ Show ]',
      '2. *Bob* · $35.00  [ Show ]',
      '3. *Cyd* · $12.00  [ Show ]',
      'Counted Nov 22.',
      '[ Share here ]',
    ])
    await desk.press('vic', 'member.show:1')
    expect(desk.reads('vic')).toContain('bob@example.org')
  })

  test.each([
    ['points', 'Members with the most points', ['Ada', 'Bob', 'Cyd']],
    ['recent', 'Who bought last', ['Bob', 'Ada', 'Cyd']],
    ['spend 2', 'Best customers by spend, last twelve months', ['Ada', 'Bob']],
    ['1 by points', 'Members with the most points', ['Ada']],
    ['0', 'Best customers by spend, last twelve months', ['Ada']],
    ['999999', 'Best customers by spend, last twelve months', ['Ada', 'Bob', 'Cyd']],
  ])('understands “%s”', async (typed, title, names) => {
    const desk = await shop()
    const said = await says(desk, `/loyalty top ${typed}`)
    expect(said.split('\n')[0]).toBe(`*${title}*`)
    expect(said.match(/(?<=\d\. \*)\w+/g)).toEqual(names)
  })

  test('at risk leaves out those of whom it is so no more', async () => {
    const desk = await shop()
    expect(await says(desk, '/loyalty top at risk')).toBe('Nobody is likely to be leaving, as far as can be seen.')
    const ada = await desk.member('ada')
    await desk.store.commit(() => ({
      outcome: null,
      changes: {
        outlooks: [
          {
            member: ada.id,
            at: 1,
            risk: 'high',
            rfm: null,
            probabilityAlive: 0.1,
            expected90: 0,
            lifetimeValueMinor: 900,
            lastPurchaseAt: null,
          },
        ],
      },
    }))
    await desk.app.glance(0)
    // She bought last week: what the night's look said of her is not so any more.
    expect(await says(desk, '/loyalty top at-risk')).toBe('Nobody is likely to be leaving, as far as can be seen.')
  })

  test('at risk names who has broken off their habit, with what they spent', async () => {
    const desk = await createDesk(slack, { now: Date.UTC(2026, 0, 1, 12), members: ['ada', 'bob'] })
    for (let n = 0; n < 12; n++) {
      await desk.buys('ada', 40)
      desk.clock.at += 9 * 86_400_000
    }
    desk.clock.at = Date.UTC(2026, 10, 22, 12)
    await desk.buys('bob', 10)
    let look = await desk.app.lookAhead({ limit: 100, begin: true })
    while (!look.isDone) look = await desk.app.lookAhead({ limit: 100 })
    const said = await says(desk, '/loyalty top at risk')
    expect(said).toContain('*Best customers who may be leaving*\n1. *Ada* · $480.00 in the last twelve months')
    expect(said).not.toContain('Bob')
  })

  test('what is shown is as it is now, and so is the order; who is gone is left out', async () => {
    const desk = await shop()
    await desk.app.glance(0)
    desk.clock.at += 60_000
    await desk.buys('cyd', 900)
    const bob = await desk.member('bob')
    await desk.app.eraseMember(bob.id, staff)
    const said = await says(desk, '/loyalty top')
    expect(said).toContain('1. *Cyd* · $912.00')
    expect(said).toContain('2. *Ada* · $160.00')
    expect(said).not.toContain('3.')
  })

  test.each(['foo', 'spend points', '3 4', '<@U0ADA>'])('answers “%s” with examples', async (typed) => {
    const desk = await shop()
    expect(await says(desk, `/loyalty top ${typed}`)).toContain('`/loyalty top spend 20`')
    expect(desk.last('vic').live).toEqual([])
  })

  test('an empty shop has nobody to show', async () => {
    const desk = await createDesk(slack)
    expect(await says(desk, '/loyalty top')).toBe('Nobody has bought in the last twelve months.')
    expect(await says(desk, '/loyalty top points')).toBe('Nobody has any points yet.')
    expect(await says(desk, '/loyalty top recent')).toBe('Nobody has bought yet.')
  })

  test('Share here shows them to the channel, where a name pings nobody', async () => {
    const desk = await shop()
    await desk.enrol({ email: 'eve@example.org', name: '<!channel> *Eve* <@U0ADA>' })
    await desk.buys('eve@example.org', 900)
    await desk.command('vic', '/loyalty top')
    await desk.press('vic', 'Share here')
    const shared = desk.channel('loyalty').at(-1)
    expect(shared?.reads).toContain('Eve')
    expect(shared?.live).toEqual([])
    expect(shared?.reads).not.toContain('[ Share here ]')
  })
})
