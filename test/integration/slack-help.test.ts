// What /loyalty alone, help and language show: only what one may do, in the language that one chose.
import { describe, expect, test } from 'vitest'
import { checkMessage } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { TOLD } from '../../integrations/slack/commands/help.ts'
import { languageNamed } from '../../integrations/slack/commands/language.ts'
import { staffLanguageOf } from '../../integrations/slack/staff-language.ts'
import { LANGUAGE_NAMES, LANGUAGES, STAFF_LANGUAGES } from '../../src/words/languages.ts'
import { createDesk, PEOPLE, type Person, startSlack } from '../support/slack.ts'

const slack = startSlack()

/** What is typed after `/loyalty`, as far as it is shown. */
const shown = (reads: string): string[] => [...reads.matchAll(/\/loyalty ([a-z]+)/g)].map(([, name = '']) => name)

async function typed(person: Person, line: string) {
  const desk = await createDesk(slack, { members: ['ada'] })
  await desk.command(person, line)
  const last = desk.last(person)
  expect(checkMessage({ text: last.text, blocks: last.blocks })).toEqual([])
  expect(last.isEphemeral).toBe(true)
  return { desk, last, reads: last.reads }
}

describe('/loyalty alone', () => {
  test('shows how one begins, with buttons for what needs nothing typed', async () => {
    const { reads } = await typed('sam', '/loyalty')
    expect(reads).toContain('`/loyalty lookup ada@example.org`')
    expect(shown(reads)).toEqual(['lookup', 'reward', 'adjust'])
    for (const button of ['Who may be leaving', 'Best customers', 'The numbers', 'Rewards', 'All commands'])
      expect(reads).toContain(`[ ${button} ]`)
    expect(reads).toContain('Only you see the answers')
    expect(reads).not.toMatch(/!|mem_/)
  })

  test('shows who may only look nothing that they may not do', async () => {
    const { reads } = await typed('vic', '/loyalty')
    expect(shown(reads)).toEqual(['lookup'])
  })

  test('says to who is on no list how to be put on one', async () => {
    const { reads } = await typed('noa', '/loyalty')
    expect(reads).toBe('You may not look members up. Ask whoever runs the program to add you to its staff list.')
  })

  test('refuses guests and people of other workspaces', async () => {
    for (const person of ['gus', 'eve'] as const) {
      const { reads } = await typed(person, '/loyalty')
      expect(reads).toContain('Guests and people of other workspaces cannot use this.')
    }
  })

  test('a button answers as if it had been typed', async () => {
    const { desk } = await typed('sam', '/loyalty')
    await desk.press('sam', 'All commands')
    expect(shown(desk.reads('sam'))).toEqual(expect.arrayContaining(['lookup', 'alerts', 'language', 'help']))
  })
})

describe('/loyalty help', () => {
  test.each<[Person, string[]]>([
    ['ada', []],
    ['sam', ['approvals']],
    ['ira', ['approvals']],
    ['ana', ['reward', 'adjust', 'enrol', 'action']],
    ['vic', ['reward', 'adjust', 'enrol', 'action', 'approvals']],
  ])('shows %s everything but %j', async (person, without) => {
    const { reads } = await typed(person, '/loyalty help all')
    expect(shown(reads)).toEqual([...TOLD.map(({ name }) => name).filter((name) => !without.includes(name)), 'ada'])
  })

  test('of one command says that one', async () => {
    const { reads } = await typed('sam', '/loyalty help adjust')
    expect(shown(reads)).toEqual(['adjust'])
    expect(reads).toContain('`/loyalty adjust ada@example.org +50 Late delivery`')
  })

  test('of a command that one may not use shows those one may', async () => {
    const { reads } = await typed('vic', '/loyalty help adjust')
    expect(shown(reads)).not.toContain('adjust')
  })
})

describe('a slip of the finger', () => {
  test('is asked about, and the answer does it', async () => {
    const { desk, reads } = await typed('sam', '/loyalty hepl all')
    expect(reads).toContain('Did you mean `/loyalty help all`?')
    await desk.press('sam', 'Yes, help')
    expect(shown(desk.reads('sam'))).toContain('language')
  })

  test('in which somebody hid a mention pings nobody', async () => {
    const { last } = await typed('sam', '/loyalty hepl <!channel> <@U0ADA> https://evil.example *x*')
    expect(last.live).toEqual([])
  })
})

describe('/loyalty language', () => {
  test('says in which one is answered, and what others there are, by their own names', async () => {
    const { reads } = await typed('sam', '/loyalty language')
    expect(reads).toContain('You are answered in *English*.')
    for (const other of STAFF_LANGUAGES.filter((one) => one !== 'en'))
      expect(reads).toContain(`[ ${LANGUAGE_NAMES[other]} ]`)
  })

  test('is for anybody of the workspace: it changes nothing but how they are answered', async () => {
    const { desk, reads } = await typed('noa', '/loyalty language en')
    expect(reads).toBe('From now on you are answered in *English*.')
    expect(await desk.app.staffLanguage(`slack:${PEOPLE.noa}`)).toBe('en')
  })

  test('is kept for each person, whatever their Slack speaks', async () => {
    const desk = await createDesk(slack, {})
    for (const language of STAFF_LANGUAGES) {
      await desk.command('sam', `/loyalty language ${LANGUAGE_NAMES[language]}`)
      expect(await desk.app.staffLanguage(`slack:${PEOPLE.sam}`)).toBe(language)
    }
    expect(await desk.app.staffLanguage(`slack:${PEOPLE.ada}`)).toBeNull()
  })

  test('of which there are words for customers alone says so, and keeps what was', async () => {
    const missing = LANGUAGES.find((language) => !STAFF_LANGUAGES.includes(language))
    if (missing === undefined) return expect(STAFF_LANGUAGES).toEqual(LANGUAGES)
    const { desk, reads } = await typed('sam', `/loyalty language ${missing}`)
    expect(reads).toContain(`*${LANGUAGE_NAMES[missing]}* is for customers only, so far.`)
    expect(await desk.app.staffLanguage(`slack:${PEOPLE.sam}`)).toBeNull()
  })

  test('that nobody speaks is refused with those there are', async () => {
    const { reads } = await typed('sam', '/loyalty language <!here> Klingon')
    expect(reads).toMatch(/^No language matches \*.*Klingon\*\. You can choose .*English/)
  })
})

describe('a language', () => {
  test.each([
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['english', 'en'],
    ['Anglais', null],
    ['Armenian', 'hy'],
    ['armenain', 'hy'],
    ['հայերեն', 'hy'],
    ['hy_AM', 'hy'],
    ['Amharic', 'am'],
    ['አማርኛ', 'am'],
    ['Azerbaijani', 'az'],
    ['Azərbaycanca', 'az'],
    ['azərbaycan', 'az'],
    ['AZERBAYCAN', 'az'],
    ['Swahili', 'sw'],
    ['kiswahili', 'sw'],
    ['ingilis', 'en'],
    ['Kiingereza', 'en'],
    ['', null],
    ['__proto__', null],
    ['x'.repeat(5_000), null],
  ])('is found by %s: %s', (name, language) => {
    expect(languageNamed(name)).toBe(language)
  })

  test('is the one chosen, else that of their Slack, else English', () => {
    expect(staffLanguageOf('en', 'hy-AM')).toBe('en')
    expect(staffLanguageOf(null, 'en-US')).toBe('en')
    expect(staffLanguageOf('toString', '__proto__')).toBe('en')
    for (const language of LANGUAGES) {
      const expected = STAFF_LANGUAGES.includes(language) ? language : 'en'
      expect(staffLanguageOf(language, null)).toBe(expected)
      expect(staffLanguageOf(null, `${language}-XX`)).toBe(expected)
    }
  })
})
