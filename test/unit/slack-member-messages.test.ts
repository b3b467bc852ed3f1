// What staff copy for a customer: whole texts in the customer's language.
import { describe, expect, test } from 'vitest'
import { isolated, languageFor } from '../../integrations/slack/customer-words.ts'
import {
  adjustmentMessage,
  awardChoiceMessage,
  balanceMessage,
  birthdayMessage,
  pointsExpiringMessage,
  referralMessage,
  rewardMessage,
  tierReachedMessage,
  welcomeMessage,
} from '../../integrations/slack/member-messages.ts'
import type { MemberView } from '../../src/app/ports.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { LANGUAGES } from '../../src/words/languages.ts'
import { customer, given, issued } from '../support/customers.ts'
import { levels, makeProgram } from '../support/programs.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const club: ProgramInput = {
  name: 'Corner Club',
  currency: 'usd',
  timezone: 'UTC',
  enrolment: { award: { points: 100 } },
  rewards: [
    { id: 'ten-off', name: '$10 off', cost: 1_000, fulfil: { kind: 'promotion_code', amountOff: 10 } },
    { id: 'ten-percent', name: 'A tenth off', cost: 500, fulfil: { kind: 'promotion_code', percentOff: 10 } },
    { id: 'credit', name: '$5 back', cost: 500, fulfil: { kind: 'credit', amount: 5 } },
    { id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'manual' } },
    { id: 'tree', name: 'A tree', cost: 300, fulfil: { kind: 'donation', cause: 'trees', amount: 2.5 } },
  ],
  causes: [{ id: 'trees', name: 'Plant a tree' }],
  badges: [{ id: 'regular', name: 'Regular' }],
  tiers: {
    metric: 'spend',
    levels: levels(
      ['silver', 0],
      ['gold', 500, { multiplier: 1.25, perks: [{ id: 'wifi', name: 'Free wifi' }], entry: { reward: 'tote' } }],
      ['platinum', 2_000],
    ),
  },
  referral: { referrer: { points: 500 }, friend: { points: 200, badge: 'regular' } },
}
const program = makeProgram(club)

const gold: MemberView['tier'] = {
  id: 'gold',
  name: 'Gold',
  since: '2026-01-01T00:00:00Z',
  until: '2028-01-01T00:00:00Z',
  next: { id: 'platinum', name: 'Platinum', remaining: 76_000, by: '2027-01-01T00:00:00Z' },
}
const points = (over: Partial<MemberView['points']>): MemberView['points'] => ({ ...customer().points, ...over })
const ada = (language: string | null, over: Partial<MemberView> = {}): MemberView =>
  customer({
    language,
    tier: gold,
    perks: [{ id: 'wifi', name: 'Free wifi' }],
    points: points({ available: 1_240, pending: 100, nextExpiry: { points: 300, at: '2027-01-01T00:00:00Z' } }),
    ...over,
  })
const spaced = (text: string | null): string => (text ?? '').replace(/[\u00a0\u202f]/g, ' ')

describe('a code', () => {
  test.each([
    [
      'en',
      `Hello Ada Lovelace,
Your reward is ready: $10 off.
Your code: ADA-7F3K
Enter it when you pay, and $10 comes off. It works once, until December 30, 2026.
It took 1,000 points; you have 1,240 points left.`,
    ],
    [
      'am',
      `ውድ Ada Lovelace፣
ሽልማትዎ ዝግጁ ነው፦ $10 off።
የእርስዎ ኮድ፦ ADA-7F3K
ሲከፍሉ ኮዱን ያስገቡ፤ $10 ይቀነስልዎታል። እስከ 30 ዲሴምበር 2026 ድረስ አንድ ጊዜ ብቻ ያገለግላል።
ለዚህ 1,000 ነጥቦች ተቀንሷል፤ የቀረዎት 1,240 ነጥቦች ነው።`,
    ],
    [
      'hy',
      `Հարգելի՛ Ada Lovelace,
Ձեր պարգևը պատրաստ է՝ $10 off։
Ձեր կոդը՝ ADA-7F3K
Մուտքագրեք այն վճարելիս և կստանաք 10 $ զեղչ։ Գործում է մեկ անգամ՝ մինչև 2026 թ. դեկտեմբերի 30-ը։
Դրա համար օգտագործվել է 1000 միավոր, մնացել է 1240 միավոր։`,
    ],
    [
      'az',
      `Hörmətli Ada Lovelace,
Mükafatınız hazırdır: $10 off.
Kodunuz: ADA-7F3K
Ödəniş zamanı kodu daxil edin: 10 $ endirim alacaqsınız. Bir dəfə, 30 dekabr 2026 tarixinədək istifadə oluna bilər.
Bunun üçün 1.000 xal istifadə olundu, 1.240 xal qaldı.`,
    ],
    [
      'sw',
      `Habari Ada Lovelace,
Zawadi yako iko tayari: $10 off.
Msimbo wako: ADA-7F3K
Weka msimbo huu unapolipa, na utapunguziwa $ 10. Unatumika mara moja, hadi 30 Desemba 2026.
Imetumia pointi 1,000; umebakiwa na pointi 1,240.`,
    ],
  ])('is told of in %s', (language, expected) => {
    expect(spaced(rewardMessage(issued(), ada(language), program, NOW))).toBe(expected)
  })

  test('that does not end says so by saying nothing', () => {
    const text = rewardMessage(issued({ expiresAt: null }), ada('en'), program, NOW)
    expect(text).toContain('comes off. It works once.\n')
  })

  test('by percent says how many', () => {
    const redemption = issued({ reward: 'ten-percent', name: 'A tenth off', cost: 500 })
    expect(rewardMessage(redemption, ada('en'), program, NOW)).toContain('Enter it when you pay, and 10% comes off.')
  })

  test('ends with the last day, in the program’s zone', () => {
    const there = makeProgram({ ...club, timezone: 'America/New_York' })
    const text = rewardMessage(issued({ expiresAt: '2026-12-31T05:00:00Z' }), ada('en'), there, NOW)
    expect(text).toContain('until December 30, 2026.')
  })

  test('that is still being made is said to come', () => {
    const text = rewardMessage(issued({ state: 'reserved', code: null, expiresAt: null }), ada('en'), program, NOW)
    expect(text).toContain('Your code is being made and will reach you soon.')
    expect(text).not.toContain('null')
  })

  test('of a reward that the program has changed since says nothing of its worth', () => {
    for (const over of [{ name: '$8 off' }, { cost: 800 }, { reward: 'gone' }])
      expect(rewardMessage(issued(over), ada('en'), program, NOW)).toContain('Enter it when you pay. It works once')
  })
})

describe('another reward', () => {
  const say = (over: Parameters<typeof issued>[0], language = 'en') =>
    spaced(rewardMessage(issued({ code: null, expiresAt: null, ...over }), ada(language), program, NOW))
      .split('\n')
      .slice(1)

  test('a credit comes off the next invoice', () => {
    expect(say({ reward: 'credit', name: '$5 back', kind: 'credit', cost: 500 })).toEqual([
      'Your reward is ready: $5 back.',
      '$5 will come off your next invoice.',
      'It took 500 points; you have 1,240 points left.',
    ])
  })

  test('a gift waits for them until it is handed over', () => {
    const tote = { reward: 'tote', name: 'Free tote', kind: 'manual', cost: 600 } as const
    expect(say({ ...tote, state: 'reserved' })[1]).toBe('It is waiting for you: just ask us for it.')
    expect(say({ ...tote, state: 'issued' })[1]).toBe('We hope you enjoy it.')
  })

  test('a donation names the cause and thanks', () => {
    const tree = { reward: 'tree', name: 'A tree', kind: 'donation', cost: 300 } as const
    expect(say(tree)[1]).toBe('$2.50 goes to Plant a tree in your name. Thank you.')
    expect(say(tree, 'hy')[1]).toBe('2,50 $ նվիրաբերվում է Ձեր անունից՝ Plant a tree։ Շնորհակալություն։')
  })

  test('a present costs them nothing, and says so', () => {
    const present = {
      charge: 'house',
      cost: 0,
      reward: 'tote',
      name: 'Free tote',
      kind: 'manual',
      state: 'reserved',
    } as const
    expect(say(present)).toEqual([
      'This is a present from us: Free tote.',
      'It is waiting for you: just ask us for it.',
      'Nothing was taken off your account: you have 1,240 points.',
    ])
  })

  test('one that is over is told of in one sentence', () => {
    expect(say({ state: 'used' })).toEqual(['This reward has been used: $10 off.'])
    expect(say({ state: 'expired', expiresAt: '2026-11-21T00:00:00Z' })).toEqual([
      'This reward ended on November 20, 2026: $10 off.',
    ])
    expect(say({ state: 'cancelled', points: 0 })).toEqual([
      'This reward was cancelled: $10 off. We have given you back 1,000 points; you now have 1,240 points.',
    ])
    expect(say({ state: 'cancelled', points: 0, charge: 'house', cost: 0 })).toEqual([
      'This reward was cancelled: $10 off.',
    ])
    expect(say({ state: 'awaiting_approval' })).toEqual([
      'We have noted your wish: $10 off. You will hear from us soon.',
    ])
  })

  test('what staff noted for themselves is never in it', () => {
    for (const language of LANGUAGES)
      for (const state of ['issued', 'reserved', 'cancelled', 'expired', 'awaiting_approval', 'used'] as const) {
        const redemption = issued({ state, note: 'SECRET', reason: 'SECRET', instructions: 'SECRET' })
        expect(rewardMessage(redemption, ada(language), program, NOW)).not.toContain('SECRET')
      }
  })
})

describe('the balance', () => {
  test('has all that matters to them, in order', () => {
    expect(balanceMessage(ada('en'), program, NOW)).toBe(`Hello Ada Lovelace,
You have 1,240 points, worth $12.40. Of these, 300 points end on December 31, 2026.
100 points more will be yours to spend soon.
Your tier is Gold, until December 31, 2027. $760 more by December 31, 2026 and you reach Platinum.
You can have now: $10 off (1,000 points), Free tote (600 points), and A tenth off (500 points).`)
  })

  test('is told in Armenian', () => {
    expect(spaced(balanceMessage(ada('hy-AM'), program, NOW))).toBe(`Հարգելի՛ Ada Lovelace,
Դուք ունեք 1240 միավոր՝ 12,40 $ արժողությամբ։ Դրանցից 300 միավոր գործում է մինչև 2026 թ. դեկտեմբերի 31-ը ներառյալ։
Եվս 100 միավոր շուտով հասանելի կլինի։
Ձեր մակարդակը՝ Gold, մինչև 2027 թ. դեկտեմբերի 31-ը։ Մինչև 2026 թ. դեկտեմբերի 31-ը Platinum մակարդակին հասնելու համար պակասում է 760 $։
Հիմա կարող եք ստանալ՝ $10 off (1000 միավոր), Free tote (600 միավոր) և A tenth off (500 միավոր)։`)
  })

  test('names the nearest reward where none is within reach, and what it takes', () => {
    const text = balanceMessage(ada('en', { points: points({ available: 240 }) }), program, NOW)
    expect(text.split('\n').at(-1)).toBe('60 points more and you can have: A tree.')
  })

  test('that is owed says why, and what is missing counts from there', () => {
    const owing = ada('en', {
      points: points({ available: -50, nextExpiry: { points: 300, at: '2027-01-01T00:00:00Z' } }),
    })
    expect(balanceMessage(owing, program, NOW).split('\n').slice(1)).toEqual([
      'Your balance is -50 points: a purchase was refunded, and your next ones make up for it.',
      'Your tier is Gold, until December 31, 2027. $760 more by December 31, 2026 and you reach Platinum.',
      '350 points more and you can have: A tree.',
    ])
  })

  test('counts what is missing to a tier as the program does', () => {
    const by = (metric: 'points' | 'purchases') =>
      makeProgram({ ...club, tiers: { metric, levels: levels(['gold', 5], ['platinum', 20]) } })
    const next = { id: 'platinum', name: 'Platinum', remaining: 1, by: null }
    const member = ada('sw', { tier: { ...gold, until: null, next } })
    expect(balanceMessage(member, by('purchases'), NOW)).toContain(
      'Daraja lako ni Gold. Bado ununuzi 1 kufikia daraja la Platinum.',
    )
    expect(balanceMessage(member, by('points'), NOW)).toContain('Bado pointi 1 kufikia daraja la Platinum.')
  })

  test('promises nothing that is limited, closed, for others, or not to be asked for', () => {
    const reward = (id: string, over: object) =>
      ({ id, name: id, cost: 100, fulfil: { kind: 'manual' }, ...over }) as const
    const strict = makeProgram({
      ...club,
      rewards: [
        ...(club.rewards ?? []).map((one) => ({ ...one, onRequest: false })),
        reward('stocked', { stock: 3 }),
        reward('limited', { limit: { times: 1, per: 'month' } }),
        reward('for-platinum', { tiers: ['platinum'] }),
        reward('for-lost', { segments: ['lost'] }),
        reward('over', { to: '2026-11-21' }),
        reward('to-come', { from: '2026-11-23' }),
      ],
    })
    const text = balanceMessage(ada('en'), strict, NOW)
    expect(text).not.toContain('You can have')
    expect(text).not.toContain('more and you can have')
  })

  test('goes by what the use cases say where that is known', () => {
    const view = { kind: 'manual', left: 1, balanceAfter: 0 } as const
    const message = 'x'
    const rewards = {
      available: 1_240,
      rewards: [
        {
          ...view,
          id: 'a',
          name: 'Sold out',
          cost: 10,
          available: false,
          refusal: { code: 'out_of_stock', message, until: null },
        },
        {
          ...view,
          id: 'b',
          name: 'Far',
          cost: 9_000,
          available: false,
          refusal: { code: 'insufficient_points', message, until: null },
        },
        {
          ...view,
          id: 'c',
          name: 'Near',
          cost: 2_000,
          available: false,
          refusal: { code: 'insufficient_points', message, until: null },
        },
      ],
    } as const
    const text = balanceMessage(ada('en'), program, NOW, { ...rewards, rewards: [...rewards.rewards] })
    expect(text.split('\n').at(-1)).toBe('760 points more and you can have: Near.')
  })

  test('of points that are worth nothing says nothing of worth', () => {
    const worthless = makeProgram({ ...club, points: { value: 0 } })
    expect(balanceMessage(ada('en'), worthless, NOW)).toContain('You have 1,240 points. Of these')
  })
})

describe('other messages', () => {
  test('welcome', () => {
    expect(welcomeMessage(ada('en'), program, NOW)).toBe(`Hello Ada Lovelace,
Welcome to Corner Club. From now on your purchases earn points.
To begin with, this is for you: 100 points.
Your code for friends: ADA-2F7`)
    const bare = makeProgram({ name: 'Plain', earning: [] })
    expect(welcomeMessage(ada('az', { name: null }), bare, NOW)).toBe(
      'Hörmətli müştəri,\nPlain proqramına xoş gəlmisiniz.',
    )
  })

  test('points added are thanked for, points taken are apologised for', () => {
    expect(adjustmentMessage({ points: 100 }, ada('en'), program, NOW)).toBe(`Hello Ada Lovelace,
We have added 100 points to your account. Thank you for being our customer.
You now have 1,240 points.`)
    expect(adjustmentMessage({ points: -1 }, ada('en'), program, NOW)).toBe(`Hello Ada Lovelace,
We had to take 1 point off your account, and we are sorry about it. If anything is unclear, please write to us.
You now have 1,240 points.`)
    expect(spaced(adjustmentMessage({ points: -100 }, ada('am'), program, NOW))).toContain('ይቅርታ እንጠይቃለን')
  })

  test('points that end', () => {
    expect(pointsExpiringMessage(ada('sw'), program, NOW)?.split('\n')[1]).toBe(
      'Muda wa pointi 300 ulizo nazo utaisha 31 Desemba 2026. Unaweza kuzitumia hadi siku hiyo.',
    )
    expect(pointsExpiringMessage(customer(), program, NOW)).toBeNull()
  })

  test('a tier reached, with all it brings', () => {
    expect(tierReachedMessage(ada('en'), program, NOW)).toBe(`Hello Ada Lovelace,
You have reached Gold. Thank you for your loyalty. It is yours until December 31, 2027.
Your purchases now earn 1.25 times the points. It also brings you: Free wifi.
And this is from us: Free tote.`)
    expect(tierReachedMessage(customer(), program, NOW)).toBeNull()
  })

  test('a birthday, with what was given, or still is to be chosen', () => {
    const all = given({ award: { points: 250, reward: 'tote', badge: 'regular', cause: 'trees' } })
    expect(birthdayMessage(ada('en'), program, NOW, all)).toBe(`Hello Ada Lovelace,
All of us at Corner Club wish you a happy birthday.
Our present to you: 250 points, Free tote, the badge “Regular”, and a gift in your name (Plant a tree).`)
    const none = { points: 0, reward: null, badge: null, cause: null }
    const options = [
      { ...none, points: 250 },
      { ...none, reward: 'tote' },
    ]
    const open = given({ state: 'open', award: none, options })
    expect(birthdayMessage(ada('en'), program, NOW, open)).toContain(
      'Our present to you: your choice of 250 points or Free tote.',
    )
    const chosen = given({ award: none, options, chosen: 1 })
    expect(birthdayMessage(ada('en'), program, NOW, chosen)).toContain('Our present to you: Free tote.')
    expect(birthdayMessage(ada('en'), program, NOW).split('\n')).toHaveLength(2)
  })

  test('a referral: the code, and what both get', () => {
    expect(referralMessage(ada('en'), program, NOW)).toBe(`Hello Ada Lovelace,
Your code for friends: ADA-2F7
Your friend gets: 200 points and the badge “Regular”. You get: 500 points.
Both are given when your friend first buys for $20 or more.`)
    const one = makeProgram({ ...club, referral: { friend: { points: 200 }, minimumPurchase: 0 } })
    expect(referralMessage(ada('en'), one, NOW)?.split('\n').slice(2)).toEqual([
      'Your friend gets: 200 points.',
      'It is given when your friend first buys.',
    ])
    expect(referralMessage(ada('en'), makeProgram(), NOW)).toBeNull()
  })

  test('a choice, numbered as people count', () => {
    const none = { points: 0, reward: null, badge: null, cause: null }
    const open = given({
      state: 'open',
      options: [
        { ...none, points: 250 },
        { ...none, reward: 'tote' },
      ],
    })
    expect(awardChoiceMessage(open, ada('az'), program, NOW)).toBe(`Hörmətli Ada Lovelace,
Bunlardan birini seçə bilərsiniz:
1. 250 xal
2. Free tote
Sadəcə nömrəsini bizə deyin.`)
    expect(awardChoiceMessage(given(), ada('az'), program, NOW)).toBeNull()
  })
})

const everyMessage = (member: MemberView): string[] => {
  const none = { points: 0, reward: null, badge: null, cause: null }
  const open = given({
    state: 'open',
    options: [
      { ...none, points: 1 },
      { ...none, reward: 'tote' },
    ],
  })
  const kinds = [
    issued(),
    issued({ charge: 'house', cost: 0, reward: 'ten-percent', name: 'A tenth off' }),
    issued({ kind: 'credit', reward: 'credit', name: '$5 back', code: null }),
    issued({ kind: 'manual', state: 'reserved', code: null }),
    issued({ kind: 'donation', reward: 'tree', name: 'A tree', cost: 300, code: null }),
    ...(['reserved', 'used', 'expired', 'cancelled', 'awaiting_approval'] as const).map((state) => issued({ state })),
  ]
  return [
    ...kinds.map((redemption) => rewardMessage(redemption, member, program, NOW)),
    balanceMessage(member, program, NOW),
    welcomeMessage(member, program, NOW),
    adjustmentMessage({ points: 5 }, member, program, NOW),
    adjustmentMessage({ points: -5 }, member, program, NOW),
    birthdayMessage(member, program, NOW, given()),
    pointsExpiringMessage(member, program, NOW),
    tierReachedMessage(member, program, NOW),
    referralMessage(member, program, NOW),
    awardChoiceMessage(open, member, program, NOW),
  ].filter((text) => text !== null)
}

describe.each(LANGUAGES)('every message in %s', (language) => {
  const messages = everyMessage(ada(language))

  test('is there, greets, and says nothing twice', () => {
    expect(messages).toHaveLength(19)
    for (const text of messages) {
      const lines = text.split('\n')
      expect(lines.length).toBeGreaterThan(1)
      expect(lines[0]).toContain('Ada Lovelace')
      expect(new Set(lines).size).toBe(lines.length)
    }
  })

  test('has no holes, no leftovers, no exclamation', () => {
    for (const text of messages) {
      expect(text).not.toMatch(/[{}]|undefined|null|NaN|\[object|Invalid|mem_|red_/)
      expect(text).not.toMatch(/[!！]/)
      for (const line of text.split('\n')) expect(line).toBe(line.trim())
    }
  })

  test('greets whoever has no name without one', () => {
    for (const text of everyMessage(ada(language, { name: null }))) {
      expect(text).not.toContain('Ada')
      expect(text.split('\n')[0]?.length).toBeGreaterThan(4)
    }
    for (const text of everyMessage(ada(language, { name: ' \u200b\n ' })))
      expect(text.split('\n')[0]).not.toMatch(/ [,፣]/)
  })
})

describe('the language', () => {
  test.each([
    ['hy-AM', 'en', 'hy'],
    [null, 'az-AZ', 'az'],
    ['de', 'sw', 'sw'],
    ['de', 'fr', 'en'],
    [null, 'en', 'en'],
    ['x'.repeat(50), 'am', 'am'],
  ])('of %j in a program in %j is %s', (language, locale, expected) => {
    expect(languageFor({ language }, { locale })).toBe(expected)
  })
})

describe('names', () => {
  test.each([
    ['አበበ ቢቂላ', 'am'],
    ['Անի Պետրոսյան', 'hy'],
    ['İlham Əliyev', 'az'],
    ['Neema Wanjikũ', 'sw'],
    ['José Ñíguez', 'en'],
    ['Cao\u0323', 'en'],
  ])('%s stands as it is', (name, language) => {
    expect(balanceMessage(ada(language, { name }), program, NOW)).toContain(name)
  })

  test('of the other direction are isolated, and only those', () => {
    expect(balanceMessage(ada('en', { name: 'ليلى' }), program, NOW).split('\n')[0]).toBe('Hello \u2068ليلى\u2069,')
    expect(balanceMessage(ada('hy', { name: 'שרה 5' }), program, NOW).split('\n')[0]).toBe(
      'Հարգելի՛ \u2068שרה 5\u2069,',
    )
    expect(balanceMessage(ada('am'), program, NOW)).not.toMatch(/[\u2066-\u2069]/)
    expect([isolated('Ada', true), isolated('ليلى', true), isolated('42', true)]).toEqual([
      '\u2068Ada\u2069',
      'ليلى',
      '42',
    ])
  })

  test('cannot turn the text, break its lines, or fill it', () => {
    const name = `Ada\u202e\n\n*Lovelace* <!channel> {x} ${'x'.repeat(10_000)}`
    const [greeting = ''] = balanceMessage(ada('en', { name }), program, NOW).split('\n')
    expect(greeting.startsWith('Hello Ada *Lovelace* <!channel> {x} xxx')).toBe(true)
    expect(greeting.length).toBeLessThan(140)
    expect(greeting).not.toContain('\u202e')
  })

  test('of rewards and tiers stand as the merchant wrote them', () => {
    const name = 'خصم 10%'
    const text = rewardMessage(issued({ name }), ada('en'), program, NOW)
    expect(text).toContain(`Your reward is ready: \u2068${name}\u2069.`)
  })

  test('of points are the merchant’s in every language', () => {
    const stars = makeProgram({ ...club, points: { name: { one: 'star', other: 'stars' } } })
    for (const language of LANGUAGES) {
      expect(spaced(balanceMessage(ada(language), stars, NOW))).toMatch(/1[,.]?240 stars|stars 1,240/)
      expect(adjustmentMessage({ points: -1 }, ada(language), stars, NOW)).toMatch(/1 star\b|star 1\b/)
    }
  })
})
