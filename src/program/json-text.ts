// JSON.parse says where a mistake is only sometimes, and keeps silent when a field is written twice and one is lost.
// So the text is walked once more: without recursion, so that no nesting is too deep.

type Inspected = { ok: true; value: unknown } | { ok: false; message: string }

/** Far more than any program needs, and little enough to walk in no time. */
const LENGTH_LIMIT = 1_000_000

/** Parses JSON; a mistake is told with line and column, and so is a field that is written twice. */
export function inspectJson(source: string): Inspected {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source
  if (text.length > LENGTH_LIMIT) return { ok: false, message: `the file is longer than ${LENGTH_LIMIT} characters` }
  const mistake = findMistake(text)
  if (mistake !== null) return { ok: false, message: `${position(text, mistake.at)}: ${mistake.message}` }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    // Only if the walk below were wrong: better the engine's own words than a crash.
    return { ok: false, message: `must be JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function position(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

type Mistake = { at: number; message: string }
/** What may come next. */
type Expected = 'value' | 'value or ]' | 'field' | 'field or }' | ':' | ', or }' | ', or ]' | 'end'
type Open = { kind: '{'; fields: Set<string> } | { kind: '[' }

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside a text, as RFC 8259 §7 says.
  /(?<string>"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(?<scalar>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))|(?<mark>[{}[\]:,])/y
const SPACE = /[ \t\n\r]*/y

function findMistake(text: string): Mistake | null {
  const open: Open[] = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    SPACE.lastIndex = at
    SPACE.test(text)
    at = SPACE.lastIndex
    if (at >= text.length) {
      return expected === 'end' ? null : { at, message: `the file ends too early: ${WANTED[expected]} is missing` }
    }
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (token === null) return { at, message: whyNoToken(text, at, expected) }
    const next = step(token, expected, open)
    if (next === null) return { at, message: whyNotHere(token[0], expected) }
    if (typeof next === 'object') return { at, message: `the field ${token[0]} is written twice` }
    expected = next
    at = TOKEN.lastIndex
  }
}

/** What may come after the token; null when it may not stand here, an object when it repeats a field. */
function step(token: RegExpExecArray, expected: Expected, open: Open[]): Expected | { repeated: string } | null {
  const [written] = token
  const inside = open.at(-1)
  const afterValue = (): Expected => {
    const around = open.at(-1)
    if (around === undefined) return 'end'
    return around.kind === '{' ? ', or }' : ', or ]'
  }
  const close = (): Expected => {
    open.pop()
    return afterValue()
  }
  switch (expected) {
    case 'value':
    case 'value or ]':
      if (written === ']' && expected === 'value or ]') return close()
      if (written === '{') {
        open.push({ kind: '{', fields: new Set() })
        return 'field or }'
      }
      if (written === '[') {
        open.push({ kind: '[' })
        return 'value or ]'
      }
      return token.groups?.mark === undefined ? afterValue() : null
    case 'field':
    case 'field or }': {
      if (written === '}' && expected === 'field or }') return close()
      if (token.groups?.string === undefined || inside?.kind !== '{') return null
      const field = String(JSON.parse(written))
      if (inside.fields.has(field)) return { repeated: field }
      inside.fields.add(field)
      return ':'
    }
    case ':':
      return written === ':' ? 'value' : null
    case ', or }':
      if (written === ',') return 'field'
      return written === '}' ? close() : null
    case ', or ]':
      if (written === ',') return 'value'
      return written === ']' ? close() : null
    case 'end':
      return null
  }
}

const WANTED: Record<Expected, string> = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  field: 'a field’s name in double quotes',
  'field or }': 'a field’s name in double quotes or "}"',
  ':': 'a ":"',
  ', or }': 'a "," or "}"',
  ', or ]': 'a "," or "]"',
  end: 'nothing',
}

const NOTHING_FOLLOWS = 'the program ends before this: nothing may follow it'

function whyNotHere(written: string, expected: Expected): string {
  if (expected === 'end') return NOTHING_FOLLOWS
  if ((written === '}' && expected === 'field') || (written === ']' && expected === 'value')) {
    return `no "," may stand before "${written}"`
  }
  return `${WANTED[expected]} must stand here, not ${written.length > 40 ? `${written.slice(0, 40)}…` : written}`
}

function whyNoToken(text: string, at: number, expected: Expected): string {
  const ahead = text.slice(at, at + 2)
  if (ahead === '//' || ahead === '/*') return 'comments are not possible in JSON'
  if (expected === 'end') return NOTHING_FOLLOWS
  if (ahead.startsWith("'")) return 'texts and names stand in double quotes'
  if (ahead.startsWith('"')) return 'a text that does not end on its line, or has a wrong "\\" in it'
  return `${WANTED[expected]} must stand here`
}
