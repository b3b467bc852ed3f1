// Charts within Slack's limits whatever is drawn, and the same in words where Slack takes none.
import { describe, expect, test } from 'vitest'
import { checkBlocks } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import type { Called, SlackCalls } from '../../integrations/slack/calls.ts'
import { withChartsOrText } from '../../integrations/slack/charts-or-text.ts'
import type { Block, Message } from '../../integrations/slack/desk.ts'
import { type ChartPoint, chart, chartsAsText } from '../../integrations/slack/views/charts.ts'

const point = (label: string, ...values: (number | null)[]): ChartPoint => ({
  label,
  values,
  says: values.map((value) => `${value}%`),
})
const drawnIn = (block: Block | null) =>
  (block as unknown as { chart: { series: { name: string; data: { label: string; value: number }[] }[] } }).chart

describe('a chart', () => {
  const long = 'Ամենաերկար անունը որ կարող է լինել 👩‍👩‍👧‍👦'.repeat(9)

  test('passes whatever its labels, names and figures are', () => {
    const block = chart({
      kind: 'line',
      title: long,
      series: [long, long, '', '\u202e*a*', 'e', 'f', 'g', 'h'],
      points: Array.from({ length: 60 }, (_, n) => point(n % 2 === 0 ? long : '', ...Array(8).fill(n / 3), 1e308)),
      x: long,
      y: long,
    })
    expect(checkBlocks([block], 'message')).toEqual([])
    expect(checkBlocks(chartsAsText([block as Block]), 'message')).toEqual([])
    const { series } = drawnIn(block)
    expect(series).toHaveLength(6)
    expect(series[0]?.data).toHaveLength(20)
    expect(new Set(series[0]?.data.map(({ label }) => label)).size).toBe(20)
  })

  test('leaves out what is not known, and rounds what is', () => {
    const block = chart({
      kind: 'line',
      title: 'Who came back',
      series: ['Came back'],
      points: [point('Aug', 1 / 3), point('Sep', null), point('Oct', Number.NaN), point('Nov', -0.001)],
    })
    expect(drawnIn(block).series[0]?.data).toEqual([
      { label: 'Aug', value: 0.33 },
      { label: 'Nov', value: 0 },
    ])
  })

  test('is none where there is nothing to draw', () => {
    const made = (kind: 'line' | 'bar', points: ChartPoint[], series = ['a']) =>
      chart({ kind, title: 'a', series, points })
    expect(made('line', [])).toBeNull()
    expect(made('line', [point('Nov', 1)])).toBeNull()
    expect(made('bar', [point('Nov', 1)])).not.toBeNull()
    expect(made('bar', [point('Nov', 1)], [])).toBeNull()
  })

  test('is lines of text with bars, which nothing in a label can break out of', () => {
    const block = chart({
      kind: 'bar',
      title: 'Spend <!channel>',
      series: ['Spend'],
      points: [point('``` <!here>', 10), point('Nov & Dec', 40)],
    })
    const [text] = chartsAsText([block as Block])
    const said = (text as unknown as { text: { text: string } }).text.text
    expect(said).toContain('Spend &lt;!channel&gt;')
    expect(said.match(/```/g)).toHaveLength(2)
    expect(said).not.toContain('<!')
    expect(said).toContain('▰▰▰▱▱▱▱▱▱▱  10%')
    expect(said).toContain('▰▰▰▰▰▰▰▰▰▰  40%')
    expect(JSON.stringify(block)).not.toContain('▰')
  })
})

describe('where Slack takes no charts', () => {
  const drawn = chart({ kind: 'bar', title: 'Spend', series: ['Spend'], points: [point('Nov', 1)] }) as Block
  const message: Message = { text: 'Spend', blocks: [drawn] }
  const where = { channel: 'C1' }
  const ok: Called<{ channel: string; ts: string }> = { ok: true, value: { channel: 'C1', ts: '1' } }
  const refused = (reason: string) => ({ ok: false, because: 'refused', reason, forMs: 0 }) as const

  function calls(answer: (hasChart: boolean) => Called<{ channel: string; ts: string }>) {
    const sent: boolean[] = []
    const post: SlackCalls['post'] = async (_, { blocks }) => {
      const hasChart = blocks.some(({ type }) => type === 'data_visualization')
      sent.push(hasChart)
      return answer(hasChart)
    }
    const publishHome: SlackCalls['publishHome'] = async (_, { blocks }) => {
      sent.push(blocks.some(({ type }) => type === 'data_visualization'))
      return { ok: true, value: 'V1' }
    }
    return { sent, slack: withChartsOrText({ post, publishHome } as unknown as SlackCalls) }
  }

  test('the same is sent in words at once, and first from then on', async () => {
    const { sent, slack } = calls((hasChart) => (hasChart ? refused('invalid_blocks') : ok))
    expect(await slack.post(where, message)).toEqual(ok)
    expect(await slack.post(where, message)).toEqual(ok)
    expect(sent).toEqual([true, false, false])
  })

  test('messages that take none say nothing of App Home', async () => {
    const { sent, slack } = calls((hasChart) => (hasChart ? refused('invalid_blocks') : ok))
    await slack.post(where, message)
    await slack.publishHome('U1', { type: 'home', blocks: [drawn] })
    expect(sent).toEqual([true, false, true])
  })

  test('a refusal that is none of the chart’s doing is told, and charts are tried again', async () => {
    const { sent, slack } = calls(() => refused('invalid_blocks'))
    expect(await slack.post(where, message)).toEqual(refused('invalid_blocks'))
    await slack.post(where, message)
    expect(sent).toEqual([true, false, true, false])
    const other = calls(() => refused('channel_not_found'))
    expect(await other.slack.post(where, message)).toEqual(refused('channel_not_found'))
    expect(other.sent).toEqual([true])
  })
})
