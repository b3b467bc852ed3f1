// The plain page at `/`: only for this machine, and fit to be read.
import { describe, expect, test } from 'vitest'
import type { App } from '../../src/app/ports.ts'
import { ada, birthdayChoice, fiveOff, goodwill, testProgram } from '../support/http-fake-app.ts'
import { createTestServer } from '../support/http-test-server.ts'

const page = { port: () => 8787 }
const visit = (path: string, over: Partial<App> = {}, host = 'localhost:8787') =>
  createTestServer(over, { page }).send(path, { key: null, headers: { host } })

describe('the page', () => {
  test('is not there unless the host says so', async () => {
    const { send } = createTestServer()
    for (const path of ['/', '/members/mem_ada']) {
      expect((await send(path, { key: null, headers: { host: 'localhost:8787' } })).status).toBe(404)
    }
  })

  test.each(['localhost:8787', '127.0.0.1:8787', '[::1]:8787', 'LOCALHOST:8787'])('is shown to %s', async (host) => {
    expect((await visit('/', {}, host)).status).toBe(200)
  })

  test.each([
    'evil.example',
    'evil.example:8787',
    'localhost',
    'localhost:80',
    'localhost:8788',
    'localhost.evil.example:8787',
    '127.0.0.1.evil.example:8787',
    'localhost:8787.evil.example',
    '192.0.2.1:8787',
    '',
  ])('is refused to the host %j, member and all', async (host) => {
    for (const path of ['/', '/members/mem_ada']) {
      const answer = await visit(path, {}, host)
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden'])
      expect(answer.text).not.toContain('Ada')
    }
  })

  test('may run nothing, load nothing and be framed by nobody', async () => {
    for (const path of ['/', '/members/mem_ada']) {
      const answer = await visit(path)
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]+='; /)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("form-action 'self'")
      expect(policy).not.toContain('unsafe')
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
      expect(answer.text).not.toMatch(/<script| style="| on\w+="/)
    }
  })

  test('has the very style sheet that its policy names', async () => {
    const answer = await visit('/')
    const style = /<style>(.*?)<\/style>/s.exec(answer.text)?.[1] ?? ''
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style)))
    expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${btoa(String.fromCharCode(...digest))}'`)
  })
})

describe('the list of members', () => {
  test('shows who they are and where they stand, and what to do next', async () => {
    const { text } = await visit('/')
    for (const shown of ['Corner Club', 'Ada Lovelace', 'ada@example.org', 'Gold', '1,240 points', '+100 pending']) {
      expect(text).toContain(shown)
    }
    expect(text).toContain('2 months ago')
    expect(text).toContain('npx regulars pay ada@example.org 49.90')
    expect(text).toContain('npx regulars setup stripe')
    expect(text).toContain('href="/members/mem_ada"')
  })

  test('is found by a query, which stays in the box and in the link to the next page', async () => {
    const { send, calls } = createTestServer(
      { listMembers: async () => ({ ok: true, value: { items: [ada], next: 'c&2' } }) },
      { page },
    )
    const { text } = await send('/?query=%22%3E%3Cb%3Elov', { key: null, headers: { host: 'localhost:8787' } })
    expect(calls.find(([name]) => name === 'listMembers')).toEqual(['listMembers', { limit: 25, query: '"><b>lov' }])
    expect(text).toContain('value="&quot;&gt;&lt;b&gt;lov"')
    expect(text).not.toContain('<b>lov')
    expect(text).toContain('cursor=c%262')
  })

  test('says so when there is nobody yet, and when nobody matches', async () => {
    const nobody: Partial<App> = { listMembers: async () => ({ ok: true, value: { items: [], next: null } }) }
    expect((await visit('/', nobody)).text).toContain('Nobody is a member yet.')
    expect((await visit('/?query=zz', nobody)).text).toContain('No member matches “zz”.')
  })

  test('writes numbers and times as the program’s readers do', async () => {
    const program = testProgram({ locale: 'de', currency: 'eur', timezone: 'Europe/Berlin' })
    const { text } = await visit('/members/mem_ada', {
      program: () => program,
      getMember: async () => ({ ok: true, value: { ...ada, spend: { ...ada.spend, currency: 'eur' } } }),
    })
    expect(text).toContain('1.240 points')
    expect(text).toContain('1.234,56\u00a0€')
    // 23:00 UTC is midnight in Berlin: what ends then ends on the day before.
    expect(text).toContain('31.12.2026')
  })
})

describe('a member’s page', () => {
  test('tells their history in sentences', async () => {
    const { text } = await visit('/members/mem_ada')
    for (const shown of [
      '+25',
      '25 points added by hand',
      'Goodwill for a late parcel',
      '1,265',
      '760 points more for Platinum',
    ]) {
      expect(text).toContain(shown)
    }
    expect(text).toContain('title="November 22, 2026 at 9:30:00 AM UTC"')
  })

  test('escapes whatever people are called', async () => {
    const { text } = await visit('/members/mem_ada', {
      getMember: async () => ({ ok: true, value: { ...ada, name: '<img src=x onerror=alert(1)>' } }),
      ledger: async () => ({ ok: true, value: { items: [{ ...goodwill, reason: '</td><script>' }], next: null } }),
    })
    expect(text).not.toMatch(/<img|<script/)
    expect(text).toContain('&lt;img src=x')
  })

  test('shows those without name, tier, purchase or history too', async () => {
    const bare = { ...ada, name: null, tier: null, lastPurchaseAt: null, enrolledAt: null, purchases: 0 }
    const { status, text } = await visit('/members/mem_ada', {
      getMember: async () => ({
        ok: true,
        value: { ...bare, points: { ...ada.points, available: -20, nextExpiry: null } },
      }),
      ledger: async () => ({ ok: true, value: { items: [], next: null } }),
    })
    expect(status).toBe(200)
    expect(text).toContain('−20 points')
    expect(text).toContain('Nothing has happened yet.')
    expect(text).not.toMatch(/null|undefined|NaN|Invalid/)
  })

  test('shows what they may have, were given and may still choose', async () => {
    const gift = { id: 'gift', name: 'Gift box', cost: 0, fulfil: { kind: 'manual', instructions: 'Wrap it' } }
    const offer = { kind: 'promotion_code', left: null, available: true, refusal: null } as const
    const refusal = { code: 'insufficient_points', message: 'You need 760 more points', until: null } as const
    const { text } = await visit('/members/mem_ada', {
      program: () => testProgram({ rewards: [gift] }),
      memberRewards: async () => ({
        ok: true,
        value: {
          available: 1240,
          rewards: [
            { ...offer, id: 'ten', name: '$10 off', cost: 1000, balanceAfter: 240 },
            { ...offer, id: 'far', name: 'A bag', cost: 2000, available: false, refusal, balanceAfter: null },
            { ...offer, id: 'gift', name: 'Only a present', cost: 0, available: false, balanceAfter: null },
          ],
        },
      }),
      memberRedemptions: async () => ({
        ok: true,
        value: {
          items: [
            fiveOff,
            { ...fiveOff, name: 'Tote', kind: 'manual', state: 'reserved', code: null, instructions: 'From the shelf' },
            { ...fiveOff, name: 'House gift', charge: 'house', state: 'cancelled', reason: 'Cancelled by staff' },
            { ...fiveOff, name: 'On its way', state: 'reserved', code: null, expiresAt: null },
          ],
          next: null,
        },
      }),
      listAwards: async () => ({
        ok: true,
        value: { items: [birthdayChoice, { ...birthdayChoice, occasion: 'secret', state: 'given' }], next: null },
      }),
    })
    for (const shown of [
      'can have it',
      'leaves 240',
      'You need 760 more points',
      'K7QXM-2HT9R</code> until <time',
      'to hand over',
      'From the shelf',
      'a present from us',
      'Cancelled by staff',
      'Stripe makes it, once it is connected',
      'Birthday: 250 points or Gift box',
    ]) {
      expect(text).toContain(shown)
    }
    expect(text).not.toMatch(/Only a present|secret|Secret/)
  })

  test('shows perks, badges, challenges and the referral code, each where the program has it', async () => {
    const plain = await visit('/members/mem_ada')
    expect(plain.text).toContain('Perks: Free wifi')
    expect(plain.text).toContain('Three in thirty: 2 of 3')
    expect(plain.text).not.toContain('ADA-7F3K')

    const badges = [{ id: 'regular', name: 'Regular', icon: '🏅' }]
    const program = testProgram({ badges, referral: { referrer: { points: 5 }, friend: { points: 5 } } })
    const { text } = await visit('/members/mem_ada', {
      program: () => program,
      getMember: async () => ({
        ok: true,
        value: {
          ...ada,
          badges: [
            { id: 'regular', name: 'Regular' },
            { id: 'gone', name: '<i>gone' },
          ],
        },
      }),
    })
    expect(text).toContain('Badges: 🏅 Regular · &lt;i&gt;gone')
    expect(text).toContain('<code>ADA-7F3K</code>')
  })

  test.each([
    ['points', '760 points more for Platinum'],
    ['spend', '$7.60 more for Platinum'],
    ['purchases', '760 purchases more for Platinum'],
  ])('says how far the next tier is by %s', async (metric, shown) => {
    const levels = [{ id: 'gold', name: 'Gold', threshold: 0 }]
    const { text } = await visit('/members/mem_ada', { program: () => testProgram({ tiers: { metric, levels } }) })
    expect(text).toContain(shown)
  })

  test('escapes what rewards, codes and reasons say, in every script', async () => {
    const hostile = '<script>ሰላም Ən Կ</script>'
    const { text } = await visit('/members/mem_ada', {
      memberRedemptions: async () => ({
        ok: true,
        value: {
          items: [
            { ...fiveOff, name: hostile, code: hostile },
            { ...fiveOff, reason: hostile },
          ],
          next: null,
        },
      }),
      listAwards: async () => ({
        ok: true,
        value: { items: [{ ...birthdayChoice, options: [{ ...birthdayChoice.award, badge: hostile }] }], next: null },
      }),
    })
    expect(text.split('&lt;script&gt;ሰላም Ən Կ&lt;/script&gt;')).toHaveLength(5)
    expect(text).not.toContain('<script')
  })

  test('that is not there is a page too', async () => {
    const refusal = { ok: false, code: 'not_found', message: 'No.' } as const
    const { status, text } = await visit('/members/nobody', {
      getMember: async () => refusal,
      ledger: async () => refusal,
    })
    expect(status).toBe(404)
    expect(text).toContain('No such member.')
  })
})
