// Where sources say something: the keys they name, and the values they give, read off their syntax trees.
import { type ESTree, parseSync, Visitor } from 'rolldown/utils'

export interface Said {
  path: string
  key: string
  /** Names of the values given; null where they cannot be read off: spread, computed, or handed on. */
  values: string[] | null
}

export interface WordsUsed {
  /** Whole keys. */
  keys: Set<string>
  /** Keys put together: what stands where, e.g. `staff.card.every.` and `` around what is put in. */
  patterns: RegExp[]
  /** What is put behind another key: `Only`. */
  endings: string[]
  said: Said[]
  /** Messages that stand where Slack takes only so much. */
  limited: { key: string; limit: number }[]
}

/** Of an object with this property, how long these may be: windows, confirmations, buttons, fields. */
const LIMITS: readonly [mark: string, limits: Readonly<Record<string, number>>][] = [
  ['close', { title: 24, close: 24, submit: 24 }],
  ['submit', { submit: 24 }],
  ['yes', { title: 100, text: 300, yes: 30, no: 30 }],
  ['action', { text: 75 }],
  ['placeholder', { placeholder: 150 }],
]

/** The key of `….say('key', …)`; null where it is anything else. */
function saidKey(node: ESTree.Node): string | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return null
  const [key] = node.arguments
  const isSaying = node.callee.property.type === 'Identifier' && node.callee.property.name === 'say'
  return isSaying && key?.type === 'Literal' && typeof key.value === 'string' ? key.value : null
}

function limitedIn(node: ESTree.ObjectExpression): WordsUsed['limited'] {
  const values = new Map<string, ESTree.Node>()
  for (const property of node.properties)
    if (property.type === 'Property' && property.key.type === 'Identifier')
      values.set(property.key.name, property.value)
  return LIMITS.filter(([mark]) => values.has(mark)).flatMap(([, limits]) =>
    Object.entries(limits).flatMap(([name, limit]) => {
      const value = values.get(name)
      const key = value === undefined ? null : saidKey(value)
      return key === null ? [] : [{ key, limit }]
    }),
  )
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const KEY = /^(staff|member)\.[\w.]+$/

function namesOf(node: ESTree.Node | undefined): string[] | null {
  if (node === undefined) return []
  if (node.type !== 'ObjectExpression') return null
  const names: string[] = []
  for (const property of node.properties) {
    if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier') return null
    names.push(property.key.name)
  }
  return names
}

export function wordsUsed(files: readonly { path: string; text: string }[]): WordsUsed {
  const used: WordsUsed = { keys: new Set(), patterns: [], endings: [], said: [], limited: [] }
  for (const { path, text } of files) {
    if (!/['"`](staff|member)\./.test(text)) continue
    new Visitor({
      Literal: (node) => {
        if (typeof node.value === 'string' && KEY.test(node.value)) used.keys.add(node.value)
      },
      ObjectExpression: (node) => {
        used.limited.push(...limitedIn(node))
      },
      TemplateLiteral: (node) => {
        const [first, ...rest] = node.quasis.map((quasi) => quasi.value.cooked ?? '')
        if (!/^(staff|member)\./.test(first ?? '') || rest.length === 0) return
        used.patterns.push(new RegExp(`^${[first ?? '', ...rest].map(escaped).join('\\w+')}$`))
      },
      CallExpression: (node) => {
        const { callee } = node
        const [key, values] = node.arguments
        const isSaying =
          callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'say'
        if (isSaying && key?.type === 'TemplateLiteral' && key.quasis[0]?.value.cooked === '')
          used.endings.push(key.quasis.at(-1)?.value.cooked ?? '')
        if (!isSaying || key?.type !== 'Literal' || typeof key.value !== 'string' || !KEY.test(key.value)) return
        used.said.push({ path, key: key.value, values: namesOf(values) })
      },
    }).visit(parseSync(path, text).program)
  }
  return used
}
