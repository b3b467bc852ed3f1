/**
 * Slack's limits on charts and tables:
 * https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block (title 50, at most 6 series or segments, names and
 * labels 20, every series with a value for every category), …/table-block and …/data-table-block (20 columns).
 */
import { checkKeys, checkList, checkOneOf, checkString, type Report } from './check-text.ts'
import { isRecord, type Json, recordOf } from './json.ts'

const SERIES = 6
const POINTS = 20
const LABEL = 20

export function checkChart(block: Json, pointer: string, report: Report): void {
  checkString(block.title, `${pointer}/title`, { max: 50, isNeeded: true }, report)
  const chart = recordOf(block.chart)
  const at = `${pointer}/chart`
  if (block.chart === undefined) {
    report(at, 'missing required field')
    return
  }
  checkOneOf(chart.type ?? 'none', `${at}/type`, ['pie', 'bar', 'area', 'line'], report)
  if (chart.type === 'pie') checkPie(chart, at, report)
  else checkAxes(chart, at, report)
  checkKeys(block, pointer, ['type', 'block_id', 'title', 'chart'], report)
}

function checkPie(chart: Json, pointer: string, report: Report): void {
  checkList(chart.segments, `${pointer}/segments`, { max: SERIES }, report).forEach((segment, n) => {
    const at = `${pointer}/segments/${n}`
    checkString(segment.label, `${at}/label`, { max: LABEL, isNeeded: true }, report)
    if (!(typeof segment.value === 'number' && Number.isFinite(segment.value) && segment.value > 0))
      report(`${at}/value`, 'must be greater than 0')
  })
}

function checkAxes(chart: Json, pointer: string, report: Report): void {
  const axes = recordOf(chart.axis_config)
  const at = `${pointer}/axis_config`
  if (chart.axis_config === undefined) report(at, 'missing required field')
  const categories = Array.isArray(axes.categories) ? axes.categories : []
  if (categories.length < 1 || categories.length > POINTS) report(`${at}/categories`, `1 to ${POINTS} are allowed`)
  categories.forEach((category, n) => {
    checkString(category, `${at}/categories/${n}`, { max: LABEL, isNeeded: true }, report)
  })
  if (new Set(categories).size !== categories.length) report(`${at}/categories`, 'must be unique')
  checkString(axes.x_label, `${at}/x_label`, { max: 50 }, report)
  checkString(axes.y_label, `${at}/y_label`, { max: 50 }, report)
  const series = checkList(chart.series, `${pointer}/series`, { max: SERIES }, report)
  series.forEach((one, n) => {
    checkSeries(one, `${pointer}/series/${n}`, categories, report)
  })
  if (new Set(series.map(({ name }) => name)).size !== series.length)
    report(`${pointer}/series`, 'names must be unique')
}

function checkSeries(series: Json, pointer: string, categories: readonly unknown[], report: Report): void {
  checkString(series.name, `${pointer}/name`, { max: LABEL, isNeeded: true }, report)
  const data = checkList(series.data, `${pointer}/data`, { max: POINTS }, report)
  data.forEach(({ label, value }, n) => {
    checkString(label, `${pointer}/data/${n}/label`, { max: LABEL, isNeeded: true }, report)
    if (!(typeof value === 'number' && Number.isFinite(value))) report(`${pointer}/data/${n}/value`, 'must be a number')
  })
  const labels = data.map(({ label }) => label)
  if (labels.length !== categories.length || !categories.every((category) => labels.includes(category)))
    report(`${pointer}/data`, 'must have a value for every category, and for no other')
}

/** What the cells of a table or a data table hold comes to; they count together. */
export function cellText(value: unknown): string {
  if (Array.isArray(value)) return value.map(cellText).join('')
  if (!isRecord(value)) return ''
  if (typeof value.text === 'string') return value.text
  return Object.values(value).map(cellText).join('')
}

function checkRows(block: Json, pointer: string, { min, max }: { min: number; max: number }, report: Report): void {
  const rows = Array.isArray(block.rows) ? block.rows : []
  if (rows.length < min) report(`${pointer}/rows`, `no fewer than ${min} items`)
  if (rows.length > max) report(`${pointer}/rows`, `no more than ${max} items allowed`)
  const columns = Array.isArray(rows[0]) ? rows[0].length : 0
  rows.forEach((row, n) => {
    const at = `${pointer}/rows/${n}`
    const cells = checkList(row, at, { max: 20 }, report)
    if (cells.length !== columns) report(at, 'every row needs as many cells as the first')
    cells.forEach((cell, m) => {
      checkCell(cell, `${at}/${m}`, report)
    })
  })
}

function checkCell(cell: Json, pointer: string, report: Report): void {
  checkOneOf(cell.type ?? 'none', `${pointer}/type`, ['raw_text', 'raw_number', 'rich_text'], report)
  if (cell.type === 'raw_number' && !(typeof cell.value === 'number' && Number.isFinite(cell.value)))
    report(`${pointer}/value`, 'must be a number')
  if (cell.type === 'rich_text') checkList(cell.elements, `${pointer}/elements`, { max: 1_000 }, report)
  else checkString(cell.text, `${pointer}/text`, { max: 20_000, isNeeded: true }, report)
}

export function checkTable(block: Json, pointer: string, report: Report): void {
  checkRows(block, pointer, { min: 1, max: 100 }, report)
  if (block.column_settings !== undefined && !Array.isArray(block.column_settings))
    report(`${pointer}/column_settings`, 'must be a list')
  const settings = Array.isArray(block.column_settings) ? block.column_settings : []
  if (settings.length > 20) report(`${pointer}/column_settings`, 'no more than 20 items allowed')
  checkKeys(block, pointer, ['type', 'block_id', 'rows', 'column_settings'], report)
}

export function checkDataTable(block: Json, pointer: string, report: Report): void {
  checkString(block.caption, `${pointer}/caption`, { max: 3_000, isNeeded: true }, report)
  checkRows(block, pointer, { min: 2, max: 201 }, report)
  const size = block.page_size
  if (size !== undefined && !(Number.isInteger(size) && Number(size) >= 1 && Number(size) <= 100))
    report(`${pointer}/page_size`, 'must be from 1 to 100')
  if (cellText(block.rows).length > 20_000) report(`${pointer}/rows`, 'more than 20000 characters in all cells')
}
