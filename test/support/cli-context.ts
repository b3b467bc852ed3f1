// A command run in memory: what it wrote, and how it ended.
import type { App } from '../../src/app/ports.ts'
import type { Backend, Settings } from '../../src/cli/backend.ts'
import type { Context, Deployment } from '../../src/cli/command.ts'
import { runCli } from '../../src/cli/main.ts'
import type { Output } from '../../src/cli/output.ts'
import type { HubspotTools } from '../../src/compose/hubspot-tools.ts'
import type { SlackTools } from '../../src/compose/slack-tools.ts'
import type { StripeTools } from '../../src/compose/stripe-tools.ts'
import { parseConfig } from '../../src/config.ts'
import { createFakeApp, NOW } from './http-fake-app.ts'

export const settings: Settings = {
  port: 8787,
  host: '127.0.0.1',
  publicUrl: null,
  databasePath: ':memory:',
  programFile: 'program.json',
  apiKeys: [],
  stripe: { secretKey: null, webhookSecrets: [], apiUrl: null },
  hubspot: { accessToken: null, clientSecret: null, apiUrl: null },
  slack: { botToken: null, signingSecret: null, alertChannel: null, apiUrl: null },
  local: true,
  warnings: [],
}

export interface MemoryOutput extends Output {
  text(): string
}

export function createMemoryOutput(over: Partial<Output> = {}): MemoryOutput {
  let written = ''
  const write = async (text: string) => {
    written += text
  }
  return {
    write,
    line: (text = '') => write(`${text}\n`),
    isTerminal: false,
    hasColours: false,
    columns: 80,
    isClosed: false,
    ...over,
    text: () => written,
  }
}

export interface CliSetup {
  app?: Partial<App>
  settings?: Partial<Settings>
  problems?: string[]
  stripe?: Partial<StripeTools>
  hubspot?: Partial<HubspotTools>
  slack?: Partial<SlackTools>
  fetch?: typeof fetch
  interrupted?: AbortSignal
  backupTo?: (path: string) => Promise<void>
  /** Another clock than one that stands still; `sleep` moves it. */
  clock?: { at: number }
  /** Answers each question; without it nobody sits at a terminal. */
  ask?: (question: string) => Promise<boolean>
  deployment?: Deployment
}

const refuseFetch: typeof fetch = async () => {
  throw new TypeError('fetch failed')
}

/** Runs one command line against a fake app; nothing leaves the process unless the test brings a fetch. */
export async function runInMemory(words: string[], setup: CliSetup = {}) {
  const [stdout, stderr] = [createMemoryOutput(), createMemoryOutput()]
  const app = createFakeApp(setup.app)
  const opened: unknown[] = []
  const { problems = [] } = setup
  const all = { ...settings, ...setup.settings }
  let elapsedMs = 0
  let ids = 0
  const backend: Backend = {
    readSettings: () => (problems.length === 0 ? { ok: true, settings: all } : { ok: false, problems }),
    readSettingsLeniently: () => ({ settings: all, problems }),
    readVariables(variables) {
      const parsed = parseConfig(variables)
      return parsed.ok ? { ok: true, settings: parsed.config } : parsed
    },
    open: async (_, options) => {
      opened.push(options)
      return { app, backupTo: setup.backupTo ?? (async () => {}), close: async () => {} }
    },
    migrations: async () => ['0001_init.sql'],
    stripe: async () => (setup.stripe === undefined ? null : { ...noStripe, ...setup.stripe }),
    hubspot: async () => (setup.hubspot === undefined ? null : { ...noHubspot, ...setup.hubspot }),
    slack: async () => (setup.slack === undefined ? null : { ...noSlack, ...setup.slack }),
  }
  const context: Context = {
    stdout,
    stderr,
    now: () => setup.clock?.at ?? NOW,
    monotonic: () => (elapsedMs += 1),
    sleep: async (ms) => {
      elapsedMs += ms
      if (setup.clock !== undefined) setup.clock.at += ms
    },
    newId: () => `id${++ids}`,
    fetch: setup.fetch ?? refuseFetch,
    interrupted: setup.interrupted ?? new AbortController().signal,
    backend,
    ask: setup.ask ?? null,
    deployment: setup.deployment ?? { root: '.', wrangler: unasked, accountId: null },
  }
  const code = await runCli(words, { context, version: '1.2.3', debug: false })
  return { code, out: stdout.text(), err: stderr.text(), calls: app.calls, opened }
}

const unasked = (): never => {
  throw new Error('the test did not expect a vendor to be asked')
}
const noHubspot: HubspotTools = { provision: unasked, check: unasked, drift: unasked, isToWrite: unasked }
const noSlack: SlackTools = { check: unasked, reach: unasked }
const noStripe: StripeTools = { history: unasked, webhookUrl: unasked, setup: unasked, check: unasked }
