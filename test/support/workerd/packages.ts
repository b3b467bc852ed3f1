// Packages that the tests' loader in workerd cannot take apart file by file, made into one module each, with the same
// replacements as in the Worker's own bundle.
import { rolldown } from 'rolldown'

const STUBS = new URL('../../../src/worker-stubs/', import.meta.url).pathname

/** What is imported of each, and nothing else. */
const NAMES: Record<string, string> = {
  '@slack/bolt': 'App',
  '@hubspot/api-client/lib/src/services/http/HttpClient.js': 'HttpClient',
  '@hubspot/api-client/lib/src/services/http/Request.js': 'Request',
}
const RECEIVER = /^\.\/receivers\/(AwsLambdaReceiver|ExpressReceiver|HTTPReceiver|SocketModeReceiver)$/
const MARK = '\0one:'

async function bundled(name: string): Promise<string> {
  const ENTRY = 'entry'
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'node',
    resolve: { conditionNames: ['workerd', 'worker', 'import', 'require'] },
    plugins: [
      {
        name: 'replacements',
        load: (id) => (id === ENTRY ? `export { ${NAMES[name]} } from '${name}'` : null),
        resolveId(id) {
          if (id === ENTRY) return ENTRY
          if (RECEIVER.test(id)) return `${STUBS}slack-receiver.ts`
          if (id === '@slack/oauth') return `${STUBS}slack-oauth.ts`
          if (id === 'raw-body') return `${STUBS}raw-body.ts`
          return null
        },
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  return output[0].code
}

export const packagesInOne = {
  name: 'packages-in-one',
  enforce: 'pre' as const,
  resolveId: (id: string) => (id in NAMES ? `${MARK}${id}` : null),
  load: async (id: string) => (id.startsWith(MARK) ? bundled(id.slice(MARK.length)) : null),
}
