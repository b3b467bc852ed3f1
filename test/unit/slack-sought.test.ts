// What people type, paste or write, as whom it means.
import { describe, expect, test } from 'vitest'
import { soughtIn } from '../../integrations/slack/sought.ts'
import { namedIn, wordsIn } from '../../integrations/slack/written-of.ts'

describe('what is typed', () => {
  test.each<[typed: string, refs: string[]]>([
    ['ada@example.org', ['email:ada@example.org']],
    [' Ada@Example.org, ', ['email:Ada@Example.org']],
    ['<mailto:ada@example.org|ada@example.org>', ['email:ada@example.org']],
    ['mailto:ada@example.org', ['email:ada@example.org']],
    ['"Lovelace, Ada" <ada@example.org>', ['email:ada@example.org']],
    ['አበበ@ምሳሌ.ኢት', ['email:አበበ@ምሳሌ.ኢት']],
    ['cus_Nx12', ['stripe:cus_Nx12']],
    ['https://dashboard.stripe.com/acct_1/customers/cus_Nx12?a=b', ['stripe:cus_Nx12']],
    ['hubspot:501', ['hubspot:501']],
    ['HubSpot 501', ['hubspot:501']],
    ['https://app.hubspot.com/contacts/1/record/0-1/501/', ['hubspot:501']],
    ['https://app-eu1.hubspot.com/contacts/1/contact/501', ['hubspot:501']],
    ['https://app.hubspot.com/contacts/1/record/0-2/501', []],
    ['mem_01abc', ['mem_01abc']],
    ['ada@', []],
    ['@ada', []],
    ['ada lovelace', []],
    ['xcus_1', []],
  ])('%s', (typed, refs) => {
    expect(soughtIn(typed).refs).toEqual(refs)
  })

  test('digits alone may be a record, or the end of a telephone number', () => {
    expect(soughtIn('0958')).toEqual({ refs: [], record: 'hubspot:0958', text: '0958' })
    expect(soughtIn('+44 0958').record).toBeNull()
  })

  test.each(['', '  ', '\u200b', '""', '\n\t'])('nothing is nothing: %j', (typed) => {
    expect(soughtIn(typed)).toEqual({ refs: [], record: null, text: '' })
  })

  test('is at most so long, and comes to an end', () => {
    for (const piece of ['a@', 'a.', '@.', 'cus_', 'hubspot.com/contacts/', '<', '"', 'a@b.'])
      expect(soughtIn(piece.repeat(10_000)).text.length).toBeLessThanOrEqual(500)
  })
})

describe('what is written', () => {
  test('addresses, ids and links, each once; links, mentions and addresses are no names', () => {
    const { refs, rest } = namedIn(
      'Hi <@U0SAM>, <mailto:ada@example.org|Ada> and ada@example.org, cus_Nx12, <https://app.hubspot.com/contacts/1/record/0-1/501|her> in <#C1|general> &amp; Bob Ross',
    )
    expect(refs).toEqual(['email:ada@example.org', 'stripe:cus_Nx12', 'hubspot:501'])
    expect(rest).toContain('& Bob Ross')
    for (const other of ['SAM', 'general', 'example', 'hubspot.com']) expect(rest).not.toContain(other)
  })

  test('ten at the most, of whatever length, and it comes to an end', () => {
    const many = Array.from({ length: 5_000 }, (_, n) => `a${n}@example.org`).join(' ')
    expect(namedIn(many).refs).toHaveLength(10)
    for (const piece of ['<', '<mailto:', 'a@', 'cus_', '@a.', 'a', 'a.']) {
      const startedAt = performance.now()
      namedIn(piece.repeat(20_000))
      expect([piece, performance.now() - startedAt < 500]).toEqual([piece, true])
    }
  })

  test('in blocks and attachments too, but not their settings', () => {
    const message = {
      text: 'New order',
      blocks: [
        { type: 'section', block_id: 'secret', text: { type: 'mrkdwn', text: 'From Ada' } },
        { type: 'rich_text', elements: [{ type: 'link', url: 'mailto:ada@example.org' }] },
      ],
      attachments: [{ fallback: 'Bob Ross', color: 'red' }],
    }
    expect(wordsIn(message)).toBe('New order\nFrom Ada\nada@example.org\nBob Ross')
    expect(wordsIn(null)).toBeNull()
    expect(wordsIn({ text: null })).toBe('')
  })
})
