// The integration suite and the store's contract once more, in workerd: the runtime and the database that the Worker has.
// The tests are the same; of their support, what opens a database and what stands for a vendor's server has another file here.
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { DATABASES } from './databases.ts'
import { packagesInOne } from './packages.ts'
import { SKIPPED } from './skipped.ts'
import { COMPATIBILITY } from './wrangler-toml.ts'

const HERE = import.meta.dirname
const MIGRATIONS = new URL('../../../src/store/migrations', import.meta.url).pathname

const schema = async (): Promise<string[]> => (await readD1Migrations(MIGRATIONS)).flatMap(({ queries }) => queries)

export const workerdPlugins = [
  packagesInOne,
  cloudflareTest(async () => ({
    miniflare: {
      ...COMPATIBILITY,
      d1Databases: Array.from({ length: DATABASES }, (_, i) => `DB${i}`),
      bindings: { SCHEMA: await schema() },
    },
  })),
]

export const workerdAliases = [
  {
    find: /^.*\/support\/(database|stores|presets)\.ts$|^\.\/(database|stores|presets)\.ts$/,
    replacement: `${HERE}/$1$2.ts`,
  },
  { find: 'msw/node', replacement: `${HERE}/msw-node.ts` },
]

export const workerdTests = {
  name: 'workerd',
  include: ['test/{contract,integration}/**/*.test.ts'],
  exclude: Object.keys(SKIPPED),
  // A new one for each file would read the whole system each time: a third of the time it all takes.
  isolate: false,
  setupFiles: [`${HERE}/each-file.ts`],
  // A day in a shop is thousands of batches.
  testTimeout: 90_000,
  // Its build is loaded as what it says it is, and not as a script for browsers.
  server: { deps: { inline: ['fmin'] } },
}
