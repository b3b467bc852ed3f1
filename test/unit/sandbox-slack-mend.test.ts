/** mrkdwn as the library has to get it, to draw what Slack would. */
import { describe, expect, it } from 'vitest'
import { linksIn, mended, mendMrkdwn, signOf } from '../../integrations/sandbox/page/slack/mend.ts'
import { esc } from '../../integrations/slack/blocks.ts'

/** What is read in the end, signs put in. */
const readIn = (text: string): string =>
  mendMrkdwn(text)
    .replace(/:(sign-[a-z]+):/g, (_, name: string) => signOf(name) ?? '?')
    .replaceAll('\u2060', '')

describe('mrkdwn', () => {
  it('leaves markup as it is', () => {
    for (const text of [
      '*Ada* _is_ ~here~ `code`',
      '<https://a.test|a link> <@U1> <#C1>',
      '• one\n• two',
      '&gt; quoted',
    ])
      expect(mendMrkdwn(text)).toBe(text)
  })

  it('gives signs that were robbed of their meaning back as signs', () => {
    for (const name of ['*Ada*', '_x_ ~y~', '`z`', 'a <b> & c', 'Անահիտ *Ս*'])
      expect(readIn(esc(name)).replaceAll('&amp;', '&'), name).toBe(name)
    expect(mendMrkdwn(esc('*Ada*'))).not.toContain('*')
  })

  it('keeps what a Markdown parser would swallow: headings, rules, tables, code by indentation, links, escapes', () => {
    for (const text of ['# one', '= x', '---', '* * *', 'a | b\n--- | ---', '    far in', '[a](b)', '2*3*4', 'a\\*b'])
      expect(mendMrkdwn(text), text).not.toBe(text)
    for (const text of ['# one', '---', '    far in', '[a](b)', '2*3*4', 'a\\*b']) expect(readIn(text)).toBe(text)
  })

  it('does not touch points and amounts', () => {
    for (const text of ['-20 points', '+100', '1. Ada', '- a dash', '5 > 3', 'snake_case_name'])
      expect(mendMrkdwn(text), text).toBe(text)
  })

  it('shows no line for the fences of code, and leaves what is in it', () => {
    expect(mendMrkdwn('x\n```\nJan  ▰▱ 2*3*4\n# no\n```')).toBe('x\n```Jan  ▰▱ 2*3*4\n# no```')
    expect(mendMrkdwn(`\`${esc('a*b')}\``)).toBe('`a*b`')
  })
})

describe('blocks', () => {
  it('draws plain text as it is, and gives no ids away', () => {
    const text = { type: 'plain_text', text: '*x* <@U1>', emoji: false }
    expect(mended({ type: 'header', block_id: 'b1', text })).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: '*x* <@U1>', verbatim: true },
    })
  })

  it('drops `verbatim` of mrkdwn, which the library takes for no markup at all', () => {
    const text = { type: 'mrkdwn', text: '*x*', verbatim: true }
    expect(mended([{ type: 'section', text }])).toEqual([{ type: 'section', text: { type: 'mrkdwn', text: '*x*' } }])
  })

  it('knows written links from addresses that only stand there', () => {
    const links = linksIn([
      { type: 'section', text: { type: 'mrkdwn', text: 'https://bare.test <https://a.test/?x=1&amp;y=2|A> <@U1>' } },
      { type: 'rich_text', elements: [{ elements: [{ type: 'link', url: 'https://rich.test' }] }] },
    ])
    expect([...links]).toEqual(['https://a.test/?x=1&y=2', 'https://rich.test'])
  })
})
