// The catalogues held to one another: every language says all of it, takes the same values and has all plural forms.
import { describe, expect, test } from 'vitest'
import { CATALOGUES, type Catalogue, type Catalogues } from '../../src/words/catalogues.ts'
import {
  LANGUAGE_NAMES,
  LANGUAGES,
  languageOf,
  languagesOf,
  STAFF_LANGUAGES,
  staffLanguagesOf,
} from '../../src/words/languages.ts'
import { createWords } from '../../src/words/words.ts'
import { allOf, argumentsOf, differences, faultsIn, foreignWords, parse, withoutTyped } from '../support/catalogues.ts'
import { makeProgram } from '../support/programs.ts'

const { en } = CATALOGUES
const catalogues: Catalogues = CATALOGUES

const SCRIPTS: Record<string, RegExp> = {
  am: /^\p{Script=Ethiopic}/u,
  hy: /^\p{Script=Armenian}/u,
}
/** Names, and what is typed. */
const NAMES = [
  'Slack',
  'HubSpot',
  'Stripe',
  'App',
  'Home',
  'Regulars',
  'URL',
  'API',
  'CSV',
  'NPS',
  'RFM',
  'ID',
  'IDs',
  'email',
]

/** What views put in between asterisks. */
const BOLD = [
  ['history.title', 'name'],
  ['lookup.meant', 'name'],
  ['card.worth', 'points'],
  ['card.owes', 'points'],
  ['merge.line', 'one'],
  ['merge.line', 'other'],
] as const

describe.each(Object.entries(catalogues))('the catalogue %s', (language, catalogue) => {
  test('has every message that English has, with the same values, or all of the members’ and none for staff', () => {
    expect(differences(language, catalogue, en)).toEqual([])
  })

  test('is well-formed, calm and complete in its plurals', () => {
    expect(faultsIn(language, catalogue)).toEqual([])
  })

  test('says every message, whatever the numbers', () => {
    const words = createWords({ language: languageOf(language) ?? 'en', program: makeProgram(), now: 0 })
    for (const [key, text] of allOf(catalogue)) {
      const taken = argumentsOf(parse(text, language) ?? [])
      for (const count of [0, 1, 2, 1_240]) {
        const values = Object.fromEntries([...taken].map(([name, kind]) => [name, kind === 'plural' ? count : 'Ada']))
        const said = words.say(JSON.parse(JSON.stringify(key)), values)
        expect(said, key).not.toMatch(/[{}#]|undefined|NaN/)
        expect(said.trim(), key).not.toBe('')
      }
    }
  })

  test('leaves room around names that stand there in bold', () => {
    const staff = allOf(catalogue)
    for (const [key, name] of BOLD) {
      const text = (staff.get(`staff.${key}`) ?? '').replace(`{${name}}`, '*{x}*')
      expect(faultsIn(language, { member: {}, staff: { text } }), key).toEqual([])
    }
  })

  test('calls itself by its own name', () => {
    expect(catalogue.name.trim()).not.toBe('')
    expect(languageOf(language)).toBe(language)
  })
})

test.each(Object.entries(SCRIPTS))('%s is written in its own script throughout', (language, script) => {
  const catalogue: Catalogue | undefined = catalogues[language]
  if (catalogue === undefined) throw new Error(`no catalogue ${language}`)
  expect(foreignWords(catalogue, script, NAMES)).toEqual([])
})

test('Azerbaijani and Swahili are no copies of English', () => {
  for (const language of ['az', 'sw'] as const) {
    const literal = [...allOf(CATALOGUES[language]).values()].map((text) => withoutTyped(text).replace(/\{\w+\}/g, ''))
    expect(literal.filter((text) => /\b(the|you|your|points?|reward|until|with|from)\b/i.test(text))).toEqual([])
  }
})

describe('what the catalogues are held to refuses', () => {
  const member = { hello: 'Hello, {name}', count: '{n, plural, one {# thing} other {# things}}' }
  const english = { member, staff: { close: 'Close' } }
  const without = { member: { hello: member.hello } }

  test.each([
    ['a message that is missing', without, 'member.count is missing'],
    ['a message that English does not have', { member: { ...member, more: 'x' } }, 'member.more is not in English'],
    ['other values', { member: { ...member, hello: 'Barev, {anun}' } }, 'member.hello takes anun, not name'],
    ['a value left out', { member: { ...member, hello: 'Barev' } }, 'member.hello takes nothing, not name'],
    ['staff in part', { member, staff: { open: 'Open' } }, 'staff.close is missing'],
  ])('%s', (_, catalogue, fault) => {
    expect(differences('hy', catalogue, english)).toContain(fault)
  })

  test('and takes one without words for staff', () => {
    expect(differences('hy', { member }, english)).toEqual([])
  })

  test.each([
    ['Hello, {name', 'does not parse'],
    ['{n, plural, other {# things}}', 'lacks the plural forms one'],
    ['{n, number}', 'formats a number or a date itself'],
    ['Welcome!', 'exclaims'],
    ['Hello ', 'is not trimmed'],
    ['Hello  you', 'has two spaces'],
    ["It is '{name}'", 'has a quote that ICU takes for its own'],
  ])('%j, which %s', (text, fault) => {
    expect(faultsIn('en', { member: { text } })).toContain(`member.text ${fault}`)
  })

  test.each([
    ['ለ*{name}*', true],
    ['*{name}*։', true],
    ['በ`/loyalty`', true],
    ['*{name}*, `/loyalty x`', false],
    ['*{n}*\n*{name}*: {count, plural, one {*# thing*} other {*# things*}}', false],
  ])('bold that Slack would show as asterisks: %j', (text, isRefused) => {
    const faults = faultsIn('en', { member: {}, staff: { text } })
    expect(faults).toEqual(isRefused ? ['staff.text has a * or a backquote that Slack will show'] : [])
  })

  test('a word of English in another script', () => {
    const catalogue = { member: { text: 'Բարև, your Slack {name} `/loyalty help`' } }
    expect(foreignWords(catalogue, /^\p{Script=Armenian}/u, NAMES)).toEqual(['member.text: your'])
  })
})

describe('the languages', () => {
  test('are those that have a file', () => {
    expect(LANGUAGES).toEqual(['en', 'am', 'hy', 'az', 'sw'])
    expect(Object.keys(LANGUAGE_NAMES)).toEqual(LANGUAGES)
    expect(STAFF_LANGUAGES).toContain('en')
  })

  test.each([
    ['hy', 'hy'],
    ['hy-AM', 'hy'],
    ['hyw', 'hy'],
    ['HYE', 'hy'],
    ['sw_TZ', 'sw'],
    ['swh', 'sw'],
    ['az-Latn-AZ', 'az'],
    ['amh', 'am'],
    ['en_US.UTF-8', 'en'],
    [' en-GB ', 'en'],
    ['de', null],
    ['', null],
    [null, null],
    [undefined, null],
    ['constructor', null],
    ['__proto__', null],
    ['Armenian', null],
    ['x'.repeat(300), null],
  ])('%j is read as %j', (tag, language) => {
    expect(languageOf(tag)).toBe(language)
  })

  test('a sixth is one file: it is found, listed, spoken, and English where it says nothing', () => {
    const ka: Catalogue = {
      name: 'ქართული',
      member: { pointsName: '{count, plural, one {ქულა} other {ქულა}}', points: '{count} {name}', hello: 'გამარჯობა,' },
    }
    const six: Catalogues = { ...CATALOGUES, ka }
    expect(languagesOf(six)).toEqual([...LANGUAGES, 'ka'])
    expect(staffLanguagesOf(six)).not.toContain('ka')
    expect(staffLanguagesOf({ ...six, ka: { ...ka, staff: { common: { close: 'დახურვა' } } } })).toContain('ka')
    const language = languageOf('ka-GE', six)
    if (language === null) throw new Error('not found')
    const words = createWords({ language, program: makeProgram(), now: 0, catalogues: six })
    expect([words.say('member.hello'), words.points(20_000)]).toEqual(['გამარჯობა,', '20\u00a0000 ქულა'])
    expect(words.say('member.until', { date: 'x' })).toBe('until x')
  })
})
