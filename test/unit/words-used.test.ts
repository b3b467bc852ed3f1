// What sources say and what the catalogues have: the same keys, and the values that each message needs.
import { describe, expect, test } from 'vitest'
import { CATALOGUES } from '../../src/words/catalogues.ts'
import { STAFF_LANGUAGES } from '../../src/words/languages.ts'
import { allOf, argumentsOf, parse } from '../support/catalogues.ts'
import { readRepository } from '../support/repository-files.ts'
import { wordsUsed } from '../support/words-used.ts'

const sources = readRepository().filter(
  ({ path }) => /^(src|integrations)\/.*\.tsx?$/.test(path) && !path.endsWith('.d.ts'),
)
const used = wordsUsed(sources)
const english = allOf(CATALOGUES.en)

describe('of the words', () => {
  test('each that is said is in the catalogue', () => {
    expect(used.keys.size).toBeGreaterThan(50)
    // Buttons have ids such as `member.show`: those are no words.
    const said = [...used.said.map(({ key }) => key), ...[...used.keys].filter((key) => key.startsWith('staff.'))]
    expect(said.filter((key) => !english.has(key))).toEqual([])
    expect(
      used.patterns.filter(
        (pattern) => pattern.source.startsWith('^staff') && ![...english.keys()].some((key) => pattern.test(key)),
      ),
    ).toEqual([])
  })

  test('each in the catalogue is said somewhere', () => {
    const isUsed = (key: string): boolean =>
      used.keys.has(key) ||
      used.patterns.some((pattern) => pattern.test(key)) ||
      used.endings.some(
        (ending) => ending !== '' && key.endsWith(ending) && used.keys.has(key.slice(0, -ending.length)),
      )
    expect([...english.keys()].filter((key) => !isUsed(key))).toEqual([])
  })

  test('each is given the values that it needs, and no others', () => {
    const wrong = used.said.flatMap(({ path, key, values }) => {
      const elements = parse(english.get(key) ?? '', 'en')
      if (values === null || elements === null) return []
      const needed = [...argumentsOf(elements).keys()].toSorted().join(' ')
      const given = values.toSorted().join(' ')
      return given === needed ? [] : [`${path} ${key}: given ${given || 'nothing'}, needs ${needed || 'nothing'}`]
    })
    expect(wrong).toEqual([])
  })
})

describe.each(STAFF_LANGUAGES)('in %s', (language) => {
  const messages = allOf(CATALOGUES[language])

  test('titles, buttons and what one confirms are as short as Slack takes them', () => {
    const tooLong = used.limited.flatMap(({ key, limit }) => {
      // What is put in is cut to what is left.
      const text = (messages.get(key) ?? '').replace(/\{\w+\}/g, '')
      return text.length <= limit ? [] : [`${key}: ${text.length} of ${limit}: ${text}`]
    })
    expect(used.limited.length).toBeGreaterThan(60)
    expect(tooLong).toEqual([])
  })
})

describe('what is read off sources', () => {
  const read = (text: string) => wordsUsed([{ path: 'a.ts', text }])

  test('are whole keys, and those put together', () => {
    // A placeholder within the text that is read.
    const every = '`staff.card.every.$' + '{unit}`'
    const only = '`$' + '{key}Only`'
    const { keys, patterns, endings } = read(
      `words.say('staff.card.since', { date }); say(${every}); words.say(${only}); f('staffing.x')`,
    )
    expect(endings).toEqual(['Only'])
    expect([...keys]).toEqual(['staff.card.since'])
    expect(
      patterns.map((pattern) => [pattern.test('staff.card.every.day'), pattern.test('staff.card.every.day.x')]),
    ).toEqual([[true, false]])
  })

  test('are the places where Slack takes only so much', () => {
    const { limited } = read(`
      open({ title: words.say('staff.a'), close: say('staff.x'), submit: words.say('staff.b') })
      button({ text: words.say('staff.c'), action: 'x', confirm: { title: words.say('staff.d'), yes: words.say('staff.e') } })
      chart({ title: words.say('staff.f') })`)
    expect(limited.map(({ key, limit }) => `${key} ${limit}`).toSorted()).toEqual([
      'staff.a 24',
      'staff.b 24',
      'staff.b 24',
      'staff.c 75',
      'staff.d 100',
      'staff.e 30',
    ])
  })

  test('are the values given, as far as they can be told', () => {
    const { said } = read(
      "words.say('staff.a', { x, y: 1 }); words.say('staff.b'); words.say('staff.c', { ...all, z }); words.say('staff.d', all)",
    )
    expect(said.map(({ values }) => values)).toEqual([['x', 'y'], [], null, null])
  })
})
