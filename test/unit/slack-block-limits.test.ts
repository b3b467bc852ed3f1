// Each limit of Slack's on blocks, from both sides: what is just allowed passes, one more is refused with where it is.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkBlocks,
  checkMessage,
  checkView,
  type Surface,
  TEXT_LIMIT,
} from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { checkChoices } from '../../integrations/sandbox/doubles/slack/check-elements.ts'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'

const x = (length: number): string => 'x'.repeat(length)
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
const plain = (text: string): Json => ({ type: 'plain_text', text })
const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text })
const section = (over: Json = {}): Json => ({ type: 'section', text: mrkdwn('hello'), ...over })
const button = (over: Json = {}): Json => ({ type: 'button', text: plain('Go'), action_id: 'go', ...over })
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements })
const option = (n: number, over: Json = {}): Json => ({ text: plain(`No ${n}`), value: `${n}`, ...over })
const options = (count: number) => many(count, (n) => option(n))
const select = (over: Json = {}): Json => ({
  type: 'static_select',
  action_id: 'pick',
  placeholder: plain('Pick'),
  options: options(2),
  ...over,
})
const input = (element: Json, over: Json = {}): Json => ({ type: 'input', label: plain('Points'), element, ...over })
const field = (over: Json = {}): Json => ({ type: 'plain_text_input', action_id: 'words', ...over })
const number = (over: Json = {}): Json => ({
  type: 'number_input',
  action_id: 'points',
  is_decimal_allowed: false,
  ...over,
})
const confirm = (over: Json = {}): Json => ({
  title: plain('Sure?'),
  text: plain('It cannot be undone.'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...over,
})
const modal = (over: Json = {}): Json => ({ type: 'modal', title: plain('Reward'), blocks: [section()], ...over })
const home = (...blocks: Json[]): Json => ({ type: 'home', blocks })
const labels = (count: number) => many(count, (n) => `Week ${n}`)
const series = (name: string, categories: string[], value: unknown = 1): Json => ({
  name,
  data: categories.map((label) => ({ label, value })),
})
const chart = (over: Json = {}, categories = labels(3)): Json => ({
  type: 'data_visualization',
  title: 'Retention',
  chart: { type: 'line', series: [series('All', categories)], axis_config: { categories } },
  ...over,
})
const lines = (count: number, categories = labels(2)): Json => ({
  chart: {
    type: 'bar',
    series: many(count, (n) => series(`S${n}`, categories)),
    axis_config: { categories },
  },
})
const pie = (...segments: Json[]): Json => ({ chart: { type: 'pie', segments } })
const cell = (text: string): Json => ({ type: 'raw_text', text })
const table = (rows: number, columns: number, over: Json = {}): Json => ({
  type: 'table',
  rows: many(rows, () => many(columns, () => cell('1'))),
  ...over,
})
const dataTable = (rows: number, over: Json = {}): Json => ({
  ...table(rows, 2),
  type: 'data_table',
  caption: 'All',
  ...over,
})
const image = (over: Json = {}): Json => ({
  type: 'image',
  image_url: 'https://example.org/a.png',
  alt_text: 'A chart',
  ...over,
})

/** What there is, how much of it there may be, blocks with so much, and where it is said to be too much. */
type AtMost = [about: string, most: number, make: (size: number) => Json[], where: string]
/** What has to be, blocks that are so, blocks that are not, and what is said of them. */
type Rule = [about: string, allowed: Json[], refused: Json[], said: string]

function refusesOnly(problems: string[], said: string): void {
  expect(problems, problems.join('\n')).toHaveLength(1)
  expect(problems[0]).toContain(said)
}

const atMost = (surface: Surface, list: AtMost[]) =>
  it.each(list)('%s: at most %i', (_, most, make, where) => {
    expect(checkBlocks(make(most), surface)).toEqual([])
    refusesOnly(checkBlocks(make(most + 1), surface), where)
  })

const rules = (surface: Surface, list: Rule[]) =>
  it.each(list)('%s', (_, allowed, refused, said) => {
    expect(checkBlocks(allowed, surface)).toEqual([])
    refusesOnly(checkBlocks(refused, surface), said)
  })

const fieldsSection = (...fields: Json[]): Json => ({ type: 'section', fields })
const context = (...elements: Json[]): Json => ({ type: 'context', elements })
const header = (text: Json): Json => ({ type: 'header', text })
/** One series of these names, over these categories. */
const line = (name: string, categories: string[], over: Json = {}, axes: Json = {}): Json =>
  chart({ chart: { type: 'line', series: [series(name, categories)], axis_config: { categories, ...axes }, ...over } })

const rich = (type: string, ...elements: Json[]): Json => ({ type: 'rich_text', elements: [{ type, elements }] })
const words = (text: string): Json => ({ type: 'text', text })

describe('messages', () => {
  atMost('message', [
    ['blocks', 50, (n) => many(n, () => section()), '/blocks]'],
    ['characters of a section', 3_000, (n) => [section({ text: mrkdwn(x(n)) })], '/blocks/0/text/text'],
    ['fields of a section', 10, (n) => [fieldsSection(...many(n, () => mrkdwn('x')))], '/blocks/0/fields'],
    ['characters of a field', 2_000, (n) => [fieldsSection(plain(x(n)))], '/fields/0/text'],
    ['characters of a header', 150, (n) => [header(plain(x(n)))], '/blocks/0/text/text'],
    ['things in a context', 10, (n) => [context(...many(n, () => mrkdwn('x')))], '/blocks/0/elements'],
    [
      'things in a row',
      25,
      (n) => [actions(...many(n, (m) => button({ action_id: `go:${m}` })))],
      '/blocks/0/elements',
    ],
    ['characters of a block_id', 255, (n) => [section({ block_id: x(n) })], '/block_id'],
    ['characters of an image’s words', 2_000, (n) => [image({ alt_text: x(n) })], '/alt_text'],
    ['tables', 1, (n) => many(n, () => table(1, 1)), 'no more than 1 of type table'],
    ['rows of a table', 100, (n) => [table(n, 1)], '/rows'],
    ['columns of a table', 20, (n) => [table(1, n)], '/rows/0'],
    ['settings of columns', 20, (n) => [table(1, 1, { column_settings: many(n, () => ({})) })], '/column_settings'],
    ['rows of a data table', 201, (n) => [dataTable(n)], '/rows'],
    ['rows of its pages', 100, (n) => [dataTable(2, { page_size: n })], '/page_size'],
    ['characters in its cells', 20_000, (n) => [dataTable(2, { rows: [[cell(x(1))], [cell(x(n - 1))]] })], '/rows'],
    ['charts', 2, (n) => many(n, () => chart()), 'no more than 2 of type data_visualization'],
    ['characters of a chart’s title', 50, (n) => [chart({ title: x(n) })], '/title'],
    ['series', 6, (n) => [chart(lines(n))], '/chart/series'],
    ['characters of a series’ name', 20, (n) => [line(x(n), ['a'])], '/series/0/name'],
    ['characters of an axis’ label', 50, (n) => [line('All', ['a'], {}, { y_label: x(n) })], '/y_label'],
    ['pieces of a pie', 6, (n) => [chart(pie(...many(n, (m) => ({ label: `L${m}`, value: 1 }))))], '/segments'],
  ])

  rules('message', [
    ['a section has words', [section()], [section({ text: mrkdwn('') })], '/blocks/0/text/text'],
    ['a section has a text or fields', [section()], [{ type: 'section' }], 'either text or fields'],
    ['a header is plain text', [header(plain('x'))], [header(mrkdwn('x'))], 'must be plain_text'],
    ['a context has something in it', [context(plain('x'))], [context()], '/blocks/0/elements'],
    [
      'a context has texts and images',
      [context(image())],
      [context({ type: 'raw_text', text: 'x' })],
      '/elements/0/type',
    ],
    ['a row has something in it', [actions(button())], [actions()], '/blocks/0/elements'],
    [
      'an action_id is there once in a row',
      [actions(button()), actions(button())],
      [actions(button(), button())],
      'action_id must be unique',
    ],
    [
      'a block_id is there once',
      [section({ block_id: 'a' }), section()],
      many(2, () => section({ block_id: 'a' })),
      'block_id must be unique',
    ],
    [
      'rows are of one length',
      [table(2, 2)],
      [table(1, 1, { rows: [[cell('a')], [cell('b'), cell('c')]] })],
      '/rows/1',
    ],
    ['cells have words', [table(1, 1)], [table(1, 1, { rows: [[cell('')]] })], '/rows/0/0/text'],
    ['a data table has two rows', [dataTable(2)], [dataTable(1)], '/rows'],
    ['a data table has a caption', [dataTable(2)], [dataTable(2, { caption: undefined })], '/caption'],
    ['a chart is of a known kind', [line('All', ['a'])], [line('All', ['a'], { type: 'donut' })], '/chart/type'],
    [
      'series differ in name',
      [chart(lines(2))],
      [line('A', ['a'], { series: many(2, () => series('A', ['a'])) })],
      'names must be unique',
    ],
    ['categories differ', [line('A', ['a', 'b'])], [line('A', ['a', 'a'])], 'must be unique'],
    [
      'a series has a value for every category',
      [chart()],
      [line('A', ['a'], {}, { categories: ['a', 'b'] })],
      '/series/0/data',
    ],
    [
      'values are numbers',
      [line('A', ['a'], { series: [series('A', ['a'], -0.5)] })],
      [line('A', ['a'], { series: [series('A', ['a'], Number.NaN)] })],
      '/data/0/value',
    ],
    [
      'a piece of a pie is something',
      [chart(pie({ label: 'A', value: 0.1 }))],
      [chart(pie({ label: 'A', value: 0 }))],
      '/segments/0/value',
    ],
    [
      'rich text has something in it',
      [rich('rich_text_section', words('a'))],
      [rich('rich_text_section')],
      '/elements/0/elements',
    ],
    [
      'rich text has words',
      [rich('rich_text_preformatted', words('a'))],
      [rich('rich_text_preformatted', words(''))],
      '/elements/0/elements/0/text',
    ],
    [
      'rich text is of a known kind',
      [rich('rich_text_quote', words('a'))],
      [rich('rich_text_song', words('a'))],
      '/elements/0/type',
    ],
    ['an image has words', [image()], [image({ alt_text: '' })], '/alt_text'],
    ['an image is somewhere', [image()], [image({ image_url: undefined })], 'image_url or slack_file'],
    ['nothing is there that Slack does not know', [section({ expand: true })], [section({ colour: 'red' })], '/colour'],
    ['blocks are some that Slack has', [{ type: 'divider' }], [{ type: 'fanfare' }], 'unsupported type: fanfare'],
    ['alerts are for windows', [section()], [{ type: 'alert', text: plain('x') }], 'unsupported type: alert'],
  ])

  it('points of a chart: at most 20', () => {
    expect(checkBlocks([line('All', labels(20))], 'message')).toEqual([])
    expect(checkBlocks([line('All', labels(21))], 'message')).toEqual([
      '1 to 20 are allowed [json-pointer:/blocks/0/chart/axis_config/categories]',
      'no more than 20 items allowed [json-pointer:/blocks/0/chart/series/0/data]',
    ])
  })

  it('refuses more than about 13,000 characters in all blocks', () => {
    const of = (total: number) => [
      ...many(4, () => section({ text: mrkdwn(x(3_000)) })),
      section({ text: mrkdwn(x(total - 12_000)) }),
    ]
    expect(checkMessage({ text: 'x', blocks: of(13_000) })).toEqual([])
    expect(checkMessage({ text: 'x', blocks: of(13_001) })).toEqual([
      'more than 13000 characters of text in all blocks [json-pointer:/blocks]',
    ])
  })

  it('counts the cells of tables, the words of buttons and what stands in contexts too', () => {
    const wide = table(5, 20, { rows: many(5, () => many(20, () => cell(x(130)))) })
    expect(checkMessage({ text: 'x', blocks: [wide] })).toEqual([])
    expect(checkMessage({ text: 'x', blocks: [wide, rich('rich_text_section', words('x'))] })).toHaveLength(1)
    expect(checkMessage({ text: 'x', blocks: [wide, actions(button())] })).toHaveLength(1)
    expect(checkMessage({ text: 'x', blocks: [wide, { type: 'context', elements: [mrkdwn('x')] }] })).toHaveLength(1)
    expect(checkMessage({ text: 'x', blocks: [wide, { type: 'section', fields: [mrkdwn('x')] }] })).toHaveLength(1)
  })

  it('refuses a text of more than 40,000 characters, and a message of nothing', () => {
    expect(checkMessage({ text: x(TEXT_LIMIT) })).toEqual([])
    expect(checkMessage({ text: x(TEXT_LIMIT + 1) })).toEqual([
      'must be less than 40001 characters [json-pointer:/text]',
    ])
    expect(checkMessage({ text: '' })).toEqual(['no text [json-pointer:/text]'])
    expect(checkMessage({})).toHaveLength(1)
  })
})

describe('what is pressed, chosen and filled in', () => {
  const press = (over: Json) => [actions(button(over))]
  const pick = (over: Json) => [actions(select(over))]
  const one = (over: Json) => pick({ options: [option(1, over)] })
  const groups = (count: number, over: Json = {}) =>
    pick({
      options: undefined,
      option_groups: many(count, () => ({ label: plain('x'), options: options(1), ...over })),
    })
  const sure = (over: Json) => press({ confirm: confirm(over) })
  const choice = (type: string, over: Json) => [actions({ type, action_id: 'one', ...over })]

  atMost('modal', [
    ['characters of a button', 75, (n) => press({ text: plain(x(n)) }), '/elements/0/text/text'],
    ['characters of its value', 2_000, (n) => press({ value: x(n) }), '/value'],
    ['characters of its address', 3_000, (n) => press({ url: x(n) }), '/url'],
    ['characters of its action_id', 255, (n) => press({ action_id: x(n) }), '/action_id'],
    ['characters said of it', 75, (n) => press({ accessibility_label: x(n) }), '/accessibility_label'],
    ['characters of a question', 100, (n) => sure({ title: plain(x(n)) }), '/confirm/title'],
    ['characters of what it is about', 300, (n) => sure({ text: mrkdwn(x(n)) }), '/confirm/text'],
    ['characters of a yes', 30, (n) => sure({ confirm: plain(x(n)) }), '/confirm/confirm'],
    ['characters of a no', 30, (n) => sure({ deny: plain(x(n)) }), '/confirm/deny'],
    ['options of a select', 100, (n) => pick({ options: options(n) }), '/options'],
    ['groups of a select', 100, (n) => groups(n), '/option_groups'],
    ['characters of a group', 75, (n) => groups(1, { label: plain(x(n)) }), '/label'],
    ['options of a group', 100, (n) => groups(1, { options: options(n) }), '/option_groups/0/options'],
    ['characters of an option', 75, (n) => one({ text: plain(x(n)) }), '/options/0/text'],
    ['characters of its value', 150, (n) => one({ value: x(n) }), '/options/0/value'],
    ['characters of its second line', 75, (n) => one({ description: plain(x(n)) }), '/description'],
    ['characters of a placeholder', 150, (n) => pick({ placeholder: plain(x(n)) }), '/placeholder'],
    ['options of a menu', 5, (n) => choice('overflow', { options: options(n) }), '/options'],
    ['radio buttons', 10, (n) => choice('radio_buttons', { options: options(n) }), '/options'],
    ['boxes', 10, (n) => choice('checkboxes', { options: options(n) }), '/options'],
    ['characters of a label', 2_000, (n) => [input(field(), { label: plain(x(n)) })], '/label'],
    ['characters of a hint', 2_000, (n) => [input(field(), { hint: plain(x(n)) })], '/hint'],
    ['characters that a field takes', 3_000, (n) => [input(field({ max_length: n }))], '/max_length'],
    [
      'characters that it has from the start',
      5,
      (n) => [input(field({ max_length: 5, initial_value: x(n) }))],
      '/initial_value',
    ],
    ['characters of its placeholder', 150, (n) => [input(field({ placeholder: plain(x(n)) }))], '/placeholder'],
    ['characters of an alert', 200, (n) => [{ type: 'alert', text: plain(x(n)) }], '/text'],
    ['fields in focus', 1, (n) => many(n, () => input(field({ focus_on_load: true }))), 'focus_on_load'],
  ])

  rules('modal', [
    ['a button is plain text', press({}), press({ text: mrkdwn('x') }), 'must be plain_text'],
    ['a button has words', press({}), press({ text: plain('') }), '/elements/0/text/text'],
    ['a button has one of two styles', press({ style: 'danger' }), press({ style: 'default' }), '/style'],
    ['a question is whole', sure({}), sure({ deny: undefined }), '/confirm/deny'],
    ['a select has an option', pick({ options: options(1) }), pick({ options: [] }), '/options'],
    ['a select has options or groups', pick({}), pick({ options: undefined }), 'either options or option_groups'],
    [
      'a select does not have both',
      pick({}),
      pick({ option_groups: [{ label: plain('x'), options: options(1) }] }),
      'either options or option_groups',
    ],
    ['an option is plain text', one({}), one({ text: mrkdwn('x') }), 'must be plain_text'],
    ['an option has a value', one({}), one({ value: undefined }), '/options/0/value'],
    [
      'what is chosen can be chosen',
      pick({ initial_option: option(1) }),
      pick({ initial_option: option(7) }),
      '/initial_option',
    ],
    [
      'a menu has an option',
      choice('overflow', { options: options(1) }),
      choice('overflow', { options: [] }),
      '/options',
    ],
    [
      'a date is a date',
      choice('datepicker', { initial_date: '2026-11-22' }),
      choice('datepicker', { initial_date: '22.11.2026' }),
      '/initial_date',
    ],
    ['a field has a label', [input(field())], [input(field(), { label: undefined })], '/label'],
    ['a field takes something', [input(field({ max_length: 1 }))], [input(field({ max_length: 0 }))], '/max_length'],
    [
      'a field’s least is not above its most',
      [input(field({ min_length: 5, max_length: 5 }))],
      [input(field({ min_length: 6, max_length: 5 }))],
      '/min_length',
    ],
    [
      'a number says whether it is whole',
      [input(number())],
      [input(number({ is_decimal_allowed: undefined }))],
      '/is_decimal_allowed',
    ],
    [
      'a number’s least is a string',
      [input(number({ min_value: '-5' }))],
      [input(number({ min_value: -5 }))],
      '/min_value',
    ],
    [
      'a number’s least is not above its most',
      [input(number({ min_value: '1', max_value: '2' }))],
      [input(number({ min_value: '3', max_value: '2' }))],
      '/min_value',
    ],
    [
      'fields are in inputs',
      [input(field())],
      [actions(field())],
      'plain_text_input is not allowed in a block of type actions',
    ],
    ['buttons are not in inputs', press({}), [input(button())], 'button is not allowed in a block of type input'],
    [
      'fields are not beside sections',
      [section({ accessory: select() })],
      [section({ accessory: field() })],
      '/accessory/type',
    ],
  ])

  it('checks what answers a typed query as it checks a menu', () => {
    const problemsOf = (answer: Json): string[] => {
      const problems: string[] = []
      checkChoices(answer, '', (pointer) => problems.push(pointer))
      return problems
    }
    expect(problemsOf({ options: options(100) })).toEqual([])
    expect(problemsOf({ options: options(101) })).toEqual(['/options'])
    expect(problemsOf({})).toHaveLength(1)
  })
})

describe('windows and Home', () => {
  const submit = plain('Send')
  it.each<[about: string, most: number, make: (size: number) => Json, where: string]>([
    ['blocks of a window', 100, (n) => modal({ blocks: many(n, () => section()) }), '/view/blocks'],
    ['blocks of Home', 100, (n) => home(...many(n, () => section())), '/view/blocks'],
    ['characters of a title', 24, (n) => modal({ title: plain(x(n)) }), '/title'],
    ['characters of a submit', 24, (n) => modal({ submit: plain(x(n)) }), '/submit'],
    ['characters of a close', 24, (n) => modal({ close: plain(x(n)) }), '/close'],
    ['characters of private metadata', 3_000, (n) => modal({ private_metadata: x(n) }), '/private_metadata'],
    ['characters of a callback_id', 255, (n) => modal({ callback_id: x(n) }), '/callback_id'],
    ['characters of an external_id', 255, (n) => modal({ external_id: x(n) }), '/external_id'],
  ])('%s: at most %i', (_, most, make, where) => {
    expect(checkView(make(most))).toEqual([])
    refusesOnly(checkView(make(most + 1)), where)
  })

  it.each<[about: string, allowed: Json, refused: Json, said: string]>([
    ['a window has a block', modal(), modal({ blocks: [] }), '/view/blocks'],
    ['Home has a block', home(section()), home(), '/view/blocks'],
    ['a window has a title', modal(), modal({ title: undefined }), '/title'],
    ['a title is plain text', modal(), modal({ title: mrkdwn('x') }), 'must be plain_text'],
    ['fields can be sent', modal({ blocks: [input(field())], submit }), modal({ blocks: [input(field())] }), '/submit'],
    ['fields in Home cannot', home(input(field())), { ...home(input(field())), submit }, '/submit'],
    [
      'charts are in Home, not in windows',
      home(chart()),
      modal({ blocks: [chart()] }),
      'unsupported type: data_visualization',
    ],
    [
      'tables are in Home, not in windows',
      home(table(1, 1)),
      modal({ blocks: [table(1, 1)] }),
      'unsupported type: table',
    ],
    [
      'nothing is there that Slack does not know',
      modal({ clear_on_close: true }),
      modal({ icon: 'star' }),
      '/view/icon',
    ],
    ['a view is of a kind', modal(), modal({ type: 'drawer' }), 'must be modal or home'],
  ])('%s', (_, allowed, refused, said) => {
    expect(checkView(allowed)).toEqual([])
    refusesOnly(checkView(refused), said)
  })

  it('refuses what is no view at all, and never throws', () => {
    for (const given of [null, 7, 'x', [], {}]) expect(checkView(given)).toHaveLength(1)
  })
})

describe('whatever it is given', () => {
  const word = fc.constantFrom(
    'type',
    'text',
    'elements',
    'blocks',
    'options',
    'section',
    'modal',
    'plain_text',
    'rows',
  )
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constantFrom(
        'section',
        'actions',
        'input',
        'context',
        'data_visualization',
        'table',
        'static_select',
        'button',
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(word, tie('value')),
    ),
  })).value

  it('answers in words and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 5 }),
        fc.constantFrom<Surface>('message', 'modal', 'home'),
        (given, surface) => {
          for (const problem of checkBlocks(given, surface)) expect(problem).toMatch(/\[json-pointer:.*\]$/)
          for (const problem of checkView({ type: surface, blocks: given }))
            expect(problem).toContain('[json-pointer:/view')
          expect(checkMessage({ blocks: given })).toBeInstanceOf(Array)
        },
      ),
    )
  })
})
