// Packages that the tests' loader in workerd cannot take apart file by file, made into one module each, with the same
// replacements as in the Worker's own bundle.
import { rolldown } from 'rolldown'
import { REPLACEMENTS } from './wrangler-toml.ts'

/** What is imported of each, and nothing else. */
const NAMES: Readonly<Record<string, string>> = {
  '@slack/bolt': 'App',
  '@hubspot/api-client/lib/src/services/http/HttpClient.js': 'HttpClient',
  '@hubspot/api-client/lib/src/services/http/Request.js': 'Request',
}
const MARK = '\0one:'
const ENTRY = 'entry'

async function inOne(name: string): Promise<string> {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'node',
    resolve: { conditionNames: ['workerd', 'worker', 'import', 'require'] },
    plugins: [
      {
        name: 'replacements',
        resolveId: (id) => (id === ENTRY ? ENTRY : (REPLACEMENTS.get(id) ?? null)),
        load: (id) => (id === ENTRY ? `export { ${NAMES[name]} } from '${name}'` : null),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  return output[0].code
}

export const packagesInOne = {
  name: 'packages-in-one',
  enforce: 'pre' as const,
  resolveId: (id: string) => (id in NAMES ? `${MARK}${id}` : null),
  load: async (id: string) => (id.startsWith(MARK) ? inOne(id.slice(MARK.length)) : null),
}
