// The tidy rules: what DESIGN's layout and our habits forbid, checked on every file of the repository.
// `findViolations` is pure, so that the test can also prove that each rule refuses what it should.
import { isIn, layerOf } from './tidy-layers.ts'
import { type Found, isCode, lineAt, type ParsedSource, parseSource, type SourceFile } from './tidy-source.ts'

export type { SourceFile } from './tidy-source.ts'

export interface Violation {
  rule: RuleName
  path: string
  line: number
  what: string
}

interface Tree {
  files: SourceFile[]
  sources: ParsedSource[]
}
type Offence = Omit<Violation, 'rule'>
type Rule = (tree: Tree) => Offence[]

const HOSTS = ['src/node.ts', 'src/node-thread.ts', 'src/node-lookahead.ts', 'src/worker.ts', 'src/cli.ts']
const isProduct = (path: string) => path.startsWith('src/') || path.startsWith('integrations/')
const isHost = (path: string) => HOSTS.includes(path)
const isCompose = (path: string) => path === 'src/compose.ts' || path.startsWith('src/compose/')
const isSandbox = (path: string) => path.startsWith('integrations/sandbox/')
const isIntegration = (path: string) => path.startsWith('integrations/')

/** A rule on the imports of one layer's files. */
const layering =
  (folder: string): Rule =>
  ({ sources }) =>
    sources
      .filter(({ path }) => path.startsWith(folder))
      .flatMap(({ path, imports }) => {
        const layer = layerOf(path)
        if (layer === undefined) return [{ path, line: 1, what: 'is in no layer' }]
        return imports
          .filter(({ target, typeOnly }) => {
            const allowed = [layer.folder, ...layer.values, ...(typeOnly ? layer.types : [])]
            return !isIn(allowed, target)
          })
          .map(({ target, typeOnly, line }) => ({
            path,
            line,
            what: `imports ${typeOnly ? 'types of ' : ''}${target}`,
          }))
      })

/** A rule on something that only some files may contain. */
const only =
  (kind: Found['kind'], allowedIn: (path: string) => boolean): Rule =>
  ({ sources }) =>
    sources
      .filter(({ path }) => !allowedIn(path))
      .flatMap(({ path, found }) =>
        found.filter((item) => item.kind === kind).map(({ line, what }) => ({ path, line, what })),
      )

/** A rule on the text of every file, whatever its kind. */
const noText =
  (pattern: RegExp): Rule =>
  ({ files }) =>
    files.flatMap(({ path, text }) =>
      [...text.matchAll(pattern)].map((match) => ({ path, line: lineAt(text, match.index), what: match[0].trim() })),
    )

const onlyKnownFolders: Rule = ({ sources }) =>
  sources
    .filter(({ path }) => /^src\/.+\//.test(path) && !isCompose(path) && layerOf(path) === undefined)
    .map(({ path }) => ({ path, line: 1, what: 'is in a folder that the layout does not know' }))

const onlyComposeJoins: Rule = ({ sources }) =>
  sources
    .filter(({ path }) => path.startsWith('src/') && !isCompose(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ target, typeOnly }) => {
          if (isSandbox(target) || typeOnly) return false
          if (isIntegration(target)) return true
          const joined = isIn(['src/store/', 'src/http/'], target)
          return joined && !isHost(path) && layerOf(path)?.folder !== layerOf(target)?.folder
        })
        .map(({ target, line }) => ({ path, line, what: `imports ${target}` })),
    )

const sandboxOnDemand: Rule = ({ sources }) =>
  sources
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, imports }) =>
      imports
        .filter(
          ({ target, dynamic, typeOnly }) =>
            isSandbox(target) &&
            !(path === 'src/node.ts' && dynamic) &&
            !(typeOnly && (isHost(path) || isCompose(path))),
        )
        .map(({ target, line }) => ({ path, line, what: `imports ${target}` })),
    )

// Spelled in two halves, so that this file is not a leftover itself.
const LEFTOVER = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`)
const noLeftovers: Rule = ({ files, sources }) => [
  ...sources.flatMap(({ path, comments }) =>
    comments
      .filter(({ text }) => LEFTOVER.test(text))
      .map(({ text, line }) => ({ path, line, what: text.trim().slice(0, 80) })),
  ),
  ...files
    .filter(({ path }) => !isCode(path) && !path.endsWith('.json'))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((what, index) => (LEFTOVER.test(what) ? [{ path, line: index + 1, what }] : [])),
    ),
]

/** Holds from the day that all hosts exist: before, nothing says what is used. */
const noDeadFiles: Rule = ({ files, sources }) => {
  const paths = new Set(files.map(({ path }) => path))
  if (!HOSTS.every((host) => paths.has(host))) return []
  const named = files.filter(({ path }) => path === 'package.json' || path === 'wrangler.toml')
  const scripts = named.map(({ text }) => text).join('\n')
  const users = sources.filter(({ path }) => !path.startsWith('test/'))
  const used = new Set(
    users.flatMap(({ path, imports, mentions }) =>
      [...imports.map(({ target }) => target), ...mentions].filter((target) => target !== path),
    ),
  )
  // The command line finds its commands by name; the files right in the sandbox's folder are its page's entries.
  const isEntry = (path: string) =>
    isHost(path) ||
    /^src\/cli\/[^/]+$/.test(path) ||
    /^integrations\/sandbox\/[^/]+$/.test(path) ||
    // Vendors' doubles: tests play them, and the sandbox.
    /^integrations\/sandbox\/doubles\/[^/]+\/create-double\.ts$/.test(path) ||
    // HubSpot loads it, as its definition says.
    path === 'integrations/hubspot/app/src/app/cards/loyalty-card.tsx'
  return sources
    .filter(({ path }) => isProduct(path) && !isEntry(path) && !used.has(path) && !scripts.includes(path))
    .map(({ path }) => ({ path, line: 1, what: 'nothing imports it' }))
}

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/
/** Names that others look for: a folder's README, migrations as wrangler numbers them. */
const FIXED_NAMES = /^(README\.md|\d{4}_[a-z0-9_]+\.sql)$/

const kebabCase: Rule = ({ files }) =>
  files
    .filter(({ path }) => /^(src|integrations|test|bench)\//.test(path) && !path.startsWith('test/fixtures/'))
    .filter(({ path }) => !path.split('/').every((part) => KEBAB_CASE.test(part) || FIXED_NAMES.test(part)))
    .map(({ path }) => ({ path, line: 1, what: 'is not in kebab-case' }))

/** npm asks about install scripts that nobody approved, and our lock names no registry that could be asked instead. */
const approvedInstallScripts: Rule = ({ files }) => {
  const read = (path: string) => JSON.parse(files.find((file) => file.path === path)?.text ?? '{}')
  const approved: Record<string, boolean> = read('package.json').allowScripts ?? {}
  const locked: Record<string, { hasInstallScript?: boolean; resolved?: string }> =
    read('package-lock.json').packages ?? {}
  return Object.entries(locked).flatMap(([folder, entry]) => {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const at = { path: 'package-lock.json', line: 1 }
    if (entry.resolved?.startsWith('http')) return [{ ...at, what: `${name} names where it was downloaded` }]
    return entry.hasInstallScript && !(name in approved) ? [{ ...at, what: `${name} has an install script` }] : []
  })
}

const MACHINE_FOLDERS = ['work', 'home', 'root', 'tmp'].join('|')
const REGISTRIES = ['registry\\.[a-z0-9-]+\\.[a-z]{2,}', '[a-z0-9.-]*(?:artifactory|verdaccio)[a-z0-9.-]*'].join('|')

/** Each rule by the sentence that it holds the project to. */
export const RULES = {
  'src/core imports only itself, temporal-polyfill and types of src/program': layering('src/core/'),
  'src/retention imports only itself, src/core, temporal-polyfill, its maths and types of src/program':
    layering('src/retention/'),
  'src/program imports only itself, zod, temporal-polyfill and types of src/core': layering('src/program/'),
  'src/app imports only itself, src/core, src/program, src/retention and temporal-polyfill': layering('src/app/'),
  'src/store imports only itself, src/core, src/program, the ports of src/app and modules of Node':
    layering('src/store/'),
  'src/http imports only itself, src/app, src/core, src/program, hono and zod': layering('src/http/'),
  'src/cli imports only itself, src/compose, src/app and what lies below it': layering('src/cli/'),
  'an integration imports only itself, the ports of src/app, src/core, src/program, hono, zod and its vendor':
    layering('integrations/'),
  'every folder of src is one that the layout knows': onlyKnownFolders,
  'only src/compose.ts joins integrations to the rest, and only it and the hosts know the store and http':
    onlyComposeJoins,
  'only src/node.ts loads the sandbox, and only when it is wanted': sandboxOnDemand,
  'only the hosts read the environment and the command line': only(
    'environment',
    (path) => !isProduct(path) || isHost(path),
  ),
  'only the hosts take the time or draw lots': only(
    'clock or chance',
    (path) => !isProduct(path) || isHost(path) || isCompose(path) || isSandbox(path),
  ),
  'only the hosts, the command line and the bench write to the console': only(
    'console',
    (path) => isHost(path) || /^(src\/cli|bench)\//.test(path),
  ),
  'no type is any': only('any', () => false),
  'no enum stands where a union would do': only('enum', () => false),
  'no leftover is marked for later': noLeftovers,
  'no file of the product is dead': noDeadFiles,
  'every file and folder is in kebab-case': kebabCase,
  'no file names a folder of one machine': noText(new RegExp(`(?<![\\w.~\\-/}])/(?:${MACHINE_FOLDERS})/`, 'g')),
  'no file names a package registry': noText(
    new RegExp(`(?<=//)(?:${REGISTRIES})|^\\s*(@[\\w-]+:)?registry\\s*=`, 'gm'),
  ),
  'every install script is approved and the lock names no download address': approvedInstallScripts,
} satisfies Record<string, Rule>

export type RuleName = keyof typeof RULES

export function findViolations(files: SourceFile[]): Violation[] {
  const tree: Tree = { files, sources: files.filter(({ path }) => isCode(path)).map(parseSource) }
  return Object.entries<Rule>(RULES).flatMap(([rule, check]) =>
    check(tree).map((offence) => ({ rule: rule as RuleName, ...offence })),
  )
}
