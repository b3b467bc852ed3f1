// The desk in each language that staff can choose: what they type and press there, and what they read.
import { describe, expect, test } from 'vitest'
import { checkMessage } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { CATALOGUES } from '../../src/words/catalogues.ts'
import { LANGUAGE_NAMES, LANGUAGES, STAFF_LANGUAGES } from '../../src/words/languages.ts'
import { withoutTyped } from '../support/catalogues.ts'
import { createDesk, startSlack } from '../support/slack.ts'

const slack = startSlack()
const program = {
  rewards: [{ id: 'ten-off', name: '10', cost: 30, fulfil: { kind: 'manual' as const, instructions: '–' } }],
}
/** What is called so in every language, and how the double draws a chart. */
const NAMES = [
  'Slack',
  'HubSpot',
  'Stripe',
  'Test',
  'Club',
  'bar',
  'chart',
  ...LANGUAGES.map((one) => LANGUAGE_NAMES[one]),
]

describe.each(STAFF_LANGUAGES.filter((language) => language !== 'en'))('in %s', (language) => {
  const { staff } = CATALOGUES[language]

  /** Words of English, where what is read is written in another script. */
  const latinIn = (reads: string): string[] =>
    /[\p{Script=Ethiopic}\p{Script=Armenian}]/u.test(staff.common.close)
      ? (withoutTyped(reads).match(/\p{Script=Latin}{2,}/gu) ?? []).filter((word) => !NAMES.includes(word))
      : []

  async function chosen() {
    const desk = await createDesk(slack, { program, members: [{ name: 'አዳ', email: 'ada@example.org' }] })
    await desk.buys('ada', 40)
    await desk.command('sam', `/loyalty language ${language}`)
    return desk
  }

  test('every command is answered in it, within Slack’s limits', async () => {
    const desk = await chosen()
    expect(desk.reads('sam')).toContain(CATALOGUES[language].name)
    const english: string[] = []
    for (const typed of [
      '',
      'help all',
      'ada@example.org',
      '12345',
      'rewards',
      'alerts',
      'top',
      'report',
      'language',
    ]) {
      await desk.command('sam', `/loyalty ${typed}`)
      const { text, blocks, reads } = desk.last('sam')
      expect(checkMessage({ text, blocks }), typed).toEqual([])
      english.push(...latinIn(reads).map((word) => `${typed}: ${word}`))
    }
    for (const typed of ['adjust ada@example.org', 'action ada@example.org']) {
      await desk.command('sam', `/loyalty ${typed}`)
      english.push(...latinIn(desk.window('sam')?.reads ?? 'no window').map((word) => `${typed}: ${word}`))
    }
    expect(english).toEqual([])
  })

  test('a reward is issued, by the labels that are read there', async () => {
    const desk = await chosen()
    await desk.command('sam', '/loyalty ada@example.org')
    await desk.press('sam', staff.card.issue)
    const window = desk.window('sam')
    expect(window?.reads).toContain(staff.reward.title)
    await desk.submit('sam', { [staff.reward.choose]: 'ten-off' })
    expect(desk.window('sam')?.reads).toContain(staff.reward.fulfil)
  })

  test('App Home is in it', async () => {
    const desk = await chosen()
    const home = await desk.openHome('sam')
    expect(home.reads).toContain(staff.home.lookup)
    expect(latinIn(home.reads)).toEqual([])
  })
})
