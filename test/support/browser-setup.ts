// Finds a Chromium and starts it once for all browser tests. Where there is none they are skipped, and it is said how to have
// one; where one is required, as in CI, they fail.
import { existsSync } from 'node:fs'
import { type BrowserServer, chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

/** `unless`: why there is no browser. */
export type FoundBrowser = { address: string } | { unless: string; isRequired: boolean }

declare module 'vitest' {
  interface ProvidedContext {
    browser: FoundBrowser
  }
}

const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const HOW = 'To run them: apt-get install chromium, or CHROMIUM_PATH=/where/it/is npm test'
const ARGUMENTS = ['--disable-gpu', '--disable-quic', '--disable-sync']
const LAUNCH_WITHIN_MS = 60_000

export const findChromium = (given: string | undefined, exists: (path: string) => boolean): string | null =>
  // Whoever names one wants that one.
  given ? (exists(given) ? given : null) : (USUAL_PLACES.find(exists) ?? null)

/** Chromium’s own sandbox does not work for root. */
export const launchChromium = (executablePath: string): Promise<BrowserServer> =>
  chromium.launchServer({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ARGUMENTS,
    timeout: LAUNCH_WITHIN_MS,
  })

async function open(): Promise<BrowserServer | string> {
  const { CHROMIUM_PATH } = process.env
  const path = findChromium(CHROMIUM_PATH, existsSync)
  if (path === null) return CHROMIUM_PATH ? `there is no ${CHROMIUM_PATH}` : 'no Chromium was found'
  try {
    return await launchChromium(path)
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return `${path} did not start (${reason})`
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const isRequired = process.env.BROWSER_TESTS === 'required'
  const opened = await open()
  if (typeof opened !== 'string') {
    project.provide('browser', { address: opened.wsEndpoint() })
    return () => opened.close()
  }
  project.provide('browser', { unless: opened, isRequired })
  process.stdout.write(`\nBrowser tests are ${isRequired ? 'to fail' : 'skipped'}: ${opened}. ${HOW}\n\n`)
  return async () => {}
}
