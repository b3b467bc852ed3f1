// What of the integration suite and of the store's contract is not run in workerd, and why. Everything else is, file by file.

const COMMAND_LINE = 'is about the command line, which runs on Node'
const SANDBOX = 'is about the sandbox, which is no part of the Worker'
const D1_ITSELF = 'watches a D1 of its own, in workerd, from outside'

/** By file: the whole of it. */
export const SKIPPED: Readonly<Record<string, string>> = {
  'test/contract/store-node.test.ts': 'is about node:sqlite: its file, its lock, its backup',
  'test/contract/store-d1.test.ts': D1_ITSELF,
  'test/integration/cli-deploy.test.ts': COMMAND_LINE,
  'test/integration/d1-rounds.test.ts': D1_ITSELF,
  'test/integration/http-late.test.ts':
    'counts loads by vi.mock, which needs an AsyncLocalStorage that workerd has not',
  'test/integration/http-node.test.ts': 'starts the Node host as a process',
  'test/integration/hubspot-cli.test.ts': COMMAND_LINE,
  'test/integration/program-check.test.ts': COMMAND_LINE,
  'test/integration/sandbox-http.test.ts': SANDBOX,
  'test/integration/sandbox.test.ts': SANDBOX,
  'test/integration/slack-cli.test.ts': COMMAND_LINE,
  'test/integration/slack-owners.test.ts': 'has both vendors listen on ports of this machine',
  'test/integration/slack-reviewed-d1.test.ts': D1_ITSELF,
  'test/integration/subscriptions-at-once.test.ts': D1_ITSELF,
  'test/integration/transfer.test.ts': COMMAND_LINE,
}
