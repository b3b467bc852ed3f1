/**
 * Charts, in Slack's own block, within its limits: a title of 50 characters, six series, a value of each for every one of at
 * most 20 categories, labels and names of 20 characters, axes' titles of 50.
 * Source: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block (the types of blocks do not have it yet).
 */
import { clip, plain } from '../blocks.ts'
import type { Block, ChartBlock } from '../desk.ts'

/** What stands there where Slack takes no charts. A symbol: it is not sent. */
const INSTEAD = Symbol('instead of the chart')

const TITLE = 50
const LABEL = 20
const AXIS = 50
const SERIES = 6
const POINTS = 20
const BAR = 10
/** Of such figures parts make no difference, and reckoning with them does harm. */
const HUGE = 1e12

export interface ChartPoint {
  label: string
  /** One for each series; null: not known, and the point is left out. */
  values: readonly (number | null)[]
  /** The same in words: "41%". */
  says: readonly string[]
}

export interface ChartOptions {
  kind: 'line' | 'bar'
  title: string
  /** Names of the series. */
  series: readonly string[]
  /** The last ones are shown where there are more than fit. */
  points: readonly ChartPoint[]
  x?: string
  y?: string
}

/** Null where there is nothing to draw: a line takes two points. */
export function chart({ kind, title, series, points, x, y }: ChartOptions): ChartBlock | null {
  const shown = series.slice(0, SERIES)
  const known = uniqueLabels(points.filter(({ values }) => shown.every((_, n) => Number.isFinite(values[n]))))
  const drawn = known.slice(-POINTS)
  if (shown.length === 0 || drawn.length < (kind === 'line' ? 2 : 1)) return null
  const labels = drawn.map(({ label }) => label)
  const block: ChartBlock = {
    type: 'data_visualization',
    title: label(title, TITLE),
    chart: {
      type: kind,
      series: uniqueNames(shown).map((name, n) => ({
        name,
        data: drawn.map(({ label: at, values }) => ({ label: at, value: round(values[n] ?? 0) })),
      })),
      axis_config: {
        categories: labels,
        ...(x !== undefined && { x_label: label(x, AXIS) }),
        ...(y !== undefined && { y_label: label(y, AXIS) }),
      },
    },
  }
  Object.defineProperty(block, INSTEAD, { value: asText(title, drawn) })
  return block
}

/** The same blocks with each chart as lines of text. */
export const chartsAsText = (blocks: readonly Block[]): Block[] =>
  blocks.flatMap((block) => {
    if (!isChart(block)) return [block]
    const instead = (block as { [INSTEAD]?: Block })[INSTEAD]
    return instead === undefined ? [] : [instead]
  })

export const isChart = (block: Block): block is ChartBlock => block.type === 'data_visualization'

const label = (text: string, limit: number): string => plain(text, limit) || '–'

/** No chart is read to more than that. */
const round = (value: number): number => {
  if (Math.abs(value) > HUGE) return value
  const rounded = Math.round(value * 100) / 100
  return rounded === 0 ? 0 : rounded
}

function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let unique = label(name, LABEL)
    for (let n = 2; taken.has(unique); n++) unique = `${clip(label(name, LABEL), LABEL - 3)} ${n}`
    taken.add(unique)
    return unique
  })
}

function uniqueLabels(points: readonly ChartPoint[]): ChartPoint[] {
  const names = uniqueNames(points.map((point) => point.label))
  return points.map((point, n) => ({ ...point, label: names[n] ?? '–' }))
}

/** Lines of one width each, with a bar where it is one series. */
function asText(title: string, points: readonly ChartPoint[]): Block {
  const width = Math.max(...points.map((point) => point.label.length))
  const most = Math.max(0, ...points.map(({ values }) => values[0] ?? 0))
  const lines = points.map(({ label: at, values, says }) => {
    const full = most <= 0 ? 0 : Math.round((Math.max(0, values[0] ?? 0) / most) * BAR)
    const bar = values.length > 1 ? '' : `${'▰'.repeat(full)}${'▱'.repeat(BAR - full)}  `
    return `${at.padEnd(width)}  ${bar}${says.join('  ')}`
  })
  // Nothing in it can end the block of text: labels and figures have no such sign.
  const text = lines.join('\n').replaceAll('`', '').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: clip(`${escaped(title)}\n\`\`\`\n${text}\n\`\`\``, 3_000), verbatim: true },
  }
}

const escaped = (text: string): string =>
  plain(text, 200).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
