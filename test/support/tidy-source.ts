// What the tidy rules need to know of a source file, read off its syntax tree rather than guessed from its text.
import { posix } from 'node:path'
import { type ESTree, parseSync, Visitor } from 'rolldown/utils'

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  path: string
  text: string
}

export interface Reference {
  /** A path in the repository for a relative specifier, else the specifier itself: `zod`, `node:fs`. */
  target: string
  typeOnly: boolean
  dynamic: boolean
  line: number
}

export interface Found {
  kind: 'any' | 'enum' | 'console' | 'environment' | 'clock or chance'
  what: string
  line: number
}

export interface ParsedSource extends SourceFile {
  imports: Reference[]
  /** Sources named by a string, as in `new URL('./client.ts', import.meta.url)`: used, though not imported. */
  mentions: string[]
  found: Found[]
  comments: { text: string; line: number }[]
}

export const isCode = (path: string) => /\.(ts|mts|tsx|mjs|js)$/.test(path) && !path.endsWith('.d.ts')

export const lineAt = (text: string, offset: number) => text.slice(0, offset).split('\n').length

const CLOCK_AND_CHANCE = new Set([
  'Date.now',
  'Math.random',
  'Temporal.Now',
  'crypto.randomUUID',
  'crypto.getRandomValues',
])
const ENVIRONMENT = new Set(['env', 'argv'])

/** @throws when the source does not parse: the type check says so better, but a tidy test must not pass over it. */
export function parseSource(file: SourceFile): ParsedSource {
  const { program, comments, errors } = parseSync(file.path, file.text)
  if (errors[0] !== undefined) throw new Error(`${file.path} does not parse: ${errors[0].message}`)

  const imports: Reference[] = []
  const mentions: string[] = []
  const found: Found[] = []
  const lineOf = (node: { start: number }) => lineAt(file.text, node.start)
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file.path), specifier)) : specifier
  // A specifier that is computed stands as its source text, which no layer allows.
  const literalOrText = (node: ESTree.Expression) =>
    node.type === 'Literal' && typeof node.value === 'string' ? node.value : file.text.slice(node.start, node.end)
  const refer = (node: ESTree.Node, specifier: string, how: { typeOnly?: boolean; dynamic?: boolean } = {}) => {
    imports.push({
      target: resolve(specifier),
      typeOnly: how.typeOnly ?? false,
      dynamic: how.dynamic ?? false,
      line: lineOf(node),
    })
  }
  const find = (kind: Found['kind'], node: ESTree.Node, what: string) => found.push({ kind, what, line: lineOf(node) })

  new Visitor({
    ImportDeclaration: (node) => refer(node, node.source.value, { typeOnly: node.importKind === 'type' }),
    ExportAllDeclaration: (node) => refer(node, node.source.value, { typeOnly: node.exportKind === 'type' }),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) refer(node, node.source.value, { typeOnly: node.exportKind === 'type' })
    },
    ImportExpression: (node) => refer(node, literalOrText(node.source), { dynamic: true }),
    TSImportType: (node) => refer(node, literalOrText(node.source), { typeOnly: true }),
    Literal: (node) => {
      if (typeof node.value === 'string' && /^\.\.?\/.*\.tsx?$/.test(node.value)) mentions.push(resolve(node.value))
    },
    TSAnyKeyword: (node) => find('any', node, 'any'),
    TSEnumDeclaration: (node) => find('enum', node, `enum ${node.id.name}`),
    MemberExpression: (node) => {
      if (node.object.type !== 'Identifier') return
      const property = node.property.type === 'Identifier' ? node.property.name : ''
      const what = `${node.object.name}.${property}`
      if (node.object.name === 'console') find('console', node, what)
      if (node.object.name === 'process' && ENVIRONMENT.has(property)) find('environment', node, what)
      if (CLOCK_AND_CHANCE.has(what)) find('clock or chance', node, what)
    },
    NewExpression: (node) => {
      const isDate = node.callee.type === 'Identifier' && node.callee.name === 'Date'
      if (isDate && node.arguments.length === 0) find('clock or chance', node, 'new Date()')
    },
    VariableDeclarator: (node) => {
      if (node.init?.type !== 'Identifier' || node.init.name !== 'process' || node.id.type !== 'ObjectPattern') return
      find('environment', node, file.text.slice(node.start, node.end))
    },
  }).visit(program)

  for (const reference of imports.filter(({ target, typeOnly }) => !typeOnly && /^(node:)?process$/.test(target))) {
    found.push({ kind: 'environment', what: `import of ${reference.target}`, line: reference.line })
  }
  return {
    ...file,
    imports,
    mentions,
    found,
    comments: comments.map((comment) => ({ text: comment.value, line: lineOf(comment) })),
  }
}
