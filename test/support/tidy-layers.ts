// Who may import whom: the layout as data. A folder's own files are always allowed.
export interface Layer {
  /** The folder, ending in a slash. */
  folder: string
  /** Folders (ending in a slash), files or packages; a package allows its sub-paths. */
  values: string[]
  /** Allowed as types only: they are gone when the program runs. */
  types: string[]
}

const TEMPORAL = 'temporal-polyfill'
/** Special functions, and an optimiser. */
const MATHS = ['@stdlib/math-base-special-digamma', '@stdlib/math-base-special-gammaln', 'fmin']
const APP_PORTS = ['src/app/ports.ts', 'src/app/ports/']
const STORE_PORT = 'src/app/store-port.ts'

const LAYERS: Layer[] = [
  { folder: 'src/core/', values: [TEMPORAL], types: ['src/program/'] },
  { folder: 'src/retention/', values: ['src/core/', TEMPORAL, ...MATHS], types: ['src/program/'] },
  { folder: 'src/program/', values: ['zod', 'src/core/currency.ts', TEMPORAL], types: ['src/core/'] },
  { folder: 'src/app/', values: ['src/core/', 'src/program/', 'src/retention/', TEMPORAL], types: [] },
  {
    folder: 'src/words/',
    values: ['src/core/currency.ts', 'src/core/calendar.ts', 'intl-messageformat'],
    types: ['src/program/'],
  },
  // What a Worker's bundle has in the place of packages that it never runs: wrangler.toml names them.
  { folder: 'src/worker-stubs/', values: ['zod'], types: [] },
  { folder: 'src/simulate/', values: ['src/app/', 'src/core/', 'src/program/', TEMPORAL], types: [] },
  {
    folder: 'src/store/',
    values: ['src/core/', 'src/program/', ...APP_PORTS, 'node:', TEMPORAL],
    types: [STORE_PORT, '@cloudflare/workers-types'],
  },
  {
    folder: 'src/http/',
    values: ['src/app/', 'src/core/', 'src/program/', 'hono', '@hono/zod-openapi', 'zod', TEMPORAL],
    types: [],
  },
  {
    folder: 'src/cli/',
    values: [
      'src/compose.ts',
      'src/compose/',
      'src/app/',
      'src/core/',
      'src/program/',
      'src/retention/',
      'src/simulate/',
      'node:',
      'zod',
      TEMPORAL,
    ],
    types: [],
  },
]

/** What an integration may use on top of what all of them may. */
const INTEGRATION_EXTRAS: Record<string, string[]> = {
  stripe: ['stripe', 'node:crypto'],
  hubspot: [
    '@hubspot/api-client',
    'node:crypto',
    // How staff are told of time and likelihood, on the card too.
    'src/retention/alert-rules/words.ts',
    // What a member reads of it, in their language.
    'src/words/',
    // The card, which runs in HubSpot.
    '@hubspot/ui-extensions',
    'react',
  ],
  slack: ['@slack/', 'node:crypto', 'src/words/', 'src/retention/alert-rules/words.ts'],
  // It plays all three vendors and never runs on a Worker.
  sandbox: ['msw', 'lowdb', '@hono/node-server', 'node:'],
}

/** The sandbox's page runs in browsers: it knows the server by what that shows it alone. */
const PAGE: Layer = {
  folder: 'integrations/sandbox/page/',
  values: [
    'react',
    'react-dom',
    'slack-blocks-to-jsx',
    // How Slack's blocks and fields are read, which is pure.
    'integrations/sandbox/doubles/slack/fields.ts',
    'integrations/sandbox/doubles/slack/json.ts',
    'integrations/sandbox/doubles/slack/workspace.ts',
  ],
  types: ['integrations/sandbox/shown.ts', 'integrations/sandbox/doubles/slack/'],
}
const PAGE_BUILD: Layer = { folder: `${PAGE.folder}build.mjs`, values: ['node:', 'rolldown'], types: [] }

/** The layer that a source belongs to; undefined for the hosts, compose and whatever is not a source. */
export function layerOf(path: string): Layer | undefined {
  if (path === PAGE_BUILD.folder) return PAGE_BUILD
  if (path.startsWith(PAGE.folder)) return PAGE
  const integration = /^integrations\/([^/]+)\//.exec(path)?.[1]
  if (integration === undefined) return LAYERS.find(({ folder }) => path.startsWith(folder))
  return {
    folder: `integrations/${integration}/`,
    values: [
      'src/core/',
      'src/program/',
      ...APP_PORTS,
      'hono',
      'zod',
      TEMPORAL,
      ...(INTEGRATION_EXTRAS[integration] ?? []),
    ],
    types: ['src/app/'],
  }
}

export const isIn = (entries: string[], target: string) =>
  entries.some((entry) =>
    /[/:]$/.test(entry) ? target.startsWith(entry) : target === entry || target.startsWith(`${entry}/`),
  )
