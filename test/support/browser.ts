// A visitor of the sandbox's page, in a real browser, at a real `npm start`. Whatever a visitor must never meet fails the test: errors
// in the console or the page, what its Content-Security-Policy refuses, a request to another host.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { startTrial, type Trial, type TrialOptions } from './trial.ts'

const found = inject('browser')
/** Skipped without one, where none is required; it was said how to have one. */
export const isWithoutBrowser = 'unless' in found && !found.isRequired

/** For whatever is waited for, on a machine that may have other work. */
const PATIENCE_MS = 20_000
const DESKTOP = { width: 1440, height: 900 }

export interface Visit {
  page: Page
  shop: Locator
  slack: Locator
  hubspot: Locator
  happened: Locator
  tour: Locator
  /** What is to be met this time is no trouble. */
  forgive(pattern: RegExp): void
}

export interface Visitors {
  trial(): Trial
  /** Ends the process in good order, does this meanwhile, and starts another in its place. */
  restart(meanwhile: () => Promise<void>): Promise<void>
  /** Opens the page, lets something happen there, and finds that nothing went wrong meanwhile. */
  visit(body: (visit: Visit) => Promise<void>, looks?: BrowserContextOptions): Promise<void>
}

/** One process for the tests of a file; each begins in a world where nothing has happened. */
export function useSandbox(options: TrialOptions = {}): Visitors {
  let browser: Browser | undefined
  let trial: Trial | undefined
  let isUsed = false
  const running = (): Trial => {
    if (trial === undefined) throw new Error('The sandbox is not running')
    return trial
  }
  beforeAll(async () => {
    if ('unless' in found) throw new Error(`There is no browser to test with: ${found.unless}`)
    const [connected, started] = await Promise.all([chromium.connect(found.address), startTrial(options)])
    browser = connected
    trial = started
  })
  beforeEach(async () => {
    if (isUsed) await running().startOver()
    isUsed = true
  })
  afterAll(async () => {
    await browser?.close()
    await trial?.stop()
  })
  return {
    trial: running,
    restart: async (meanwhile) => {
      const { folder, port, stop } = running()
      await stop({ isKept: true })
      await meanwhile()
      trial = await startTrial({ ...options, folder, env: { ...options.env, PORT: String(port) } })
    },
    visit: async (body, looks = {}) => {
      if (browser === undefined) throw new Error('There is no browser')
      await visitIn(browser, running, body, looks)
    },
  }
}

async function visitIn(
  browser: Browser,
  trial: () => Trial,
  body: (visit: Visit) => Promise<void>,
  looks: BrowserContextOptions,
): Promise<void> {
  const { url } = trial()
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', locale: 'en-US', ...looks })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const forgiven: RegExp[] = []
  const met = listenForTrouble(page, url)
  const troubles = (): string[] => met.filter((text) => !forgiven.some((pattern) => pattern.test(text)))
  try {
    await page.goto(url)
    const pane = (name: string): Locator =>
      page.locator('section', { has: page.getByRole('heading', { level: 2, name }) })
    await body({
      page,
      shop: pane('Shop'),
      slack: pane('Slack'),
      hubspot: pane('HubSpot'),
      happened: pane('What happened'),
      tour: page.getByRole('region', { name: 'Guided tour' }),
      forgive: (pattern) => void forgiven.push(pattern),
    })
  } catch (error) {
    throw await withPicture(page, error, [...troubles(), ...warningsIn(trial().logs())])
  } finally {
    await context.close()
  }
  if (troubles().length > 0) throw new Error(`The page met with trouble:\n${troubles().join('\n')}`)
}

/** While another world is opened there is a moment without one: the page asks again. */
const isExpected = (text: string, address: string): boolean =>
  text.includes('503') && new URL(address, 'http://localhost').pathname === '/sandbox/state'

function listenForTrouble(page: Page, url: string): string[] {
  const troubles: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    const { url: address } = message.location()
    if (!isExpected(message.text(), address)) troubles.push(`${message.type()}: ${message.text()} (${address})`)
  })
  page.on('pageerror', (error) => void troubles.push(`error: ${error.stack ?? error.message}`))
  page.on('request', (request) => {
    const address = new URL(request.url())
    if (address.origin !== url && address.protocol !== 'data:') troubles.push(`request: ${request.url()}`)
  })
  return troubles
}

/** What the server had to say, beside what it always says. */
const warningsIn = (logs: string): string[] =>
  logs.split('\n').filter((line) => /"level":"(warn|error)"/.test(line) || /^\s+at |Error/.test(line))

async function withPicture(page: Page, error: unknown, troubles: string[]): Promise<Error> {
  const folder = mkdtempSync(join(tmpdir(), 'regulars-browser-'))
  const path = join(folder, 'page.png')
  const isTaken = await page.screenshot({ path, timeout: PATIENCE_MS }).then(
    () => true,
    () => false,
  )
  const message = error instanceof Error ? error.message : String(error)
  const more = [isTaken ? `What was seen: ${path}` : 'No picture could be taken', ...troubles]
  return Object.assign(new Error(`${message}\n${more.join('\n')}`), {
    stack: error instanceof Error ? error.stack : undefined,
  })
}
