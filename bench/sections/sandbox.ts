// How long the sandbox's *A year in a minute* takes, and whether its page can be used meanwhile.
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { findChromium, launchChromium } from '../../test/support/browser-setup.ts'
import { startTrial, type Trial } from '../../test/support/trial.ts'
import type { Bench, Section, Table } from '../bench.ts'
import { cpuSecondsOf } from '../machine.ts'

/** Customers and purchases, as the host reads them. */
const yearOf = ({ quick }: Bench): string => (quick ? '200x3000' : '2000x30000')
const YEAR_WITHIN_MS = 600_000
const ASK_EVERY_MS = 250
/** Time for what is drawn after the year. */
const SETTLE_MS = 3_000
/** What the issue asks for. */
const LONGEST_MS = 200

const NOTE_LONG_TASKS = `
  window.longTasks = []
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration)
  }).observe({ type: 'longtask', buffered: true })
`

interface Filled {
  seconds: number
  said: string
  /** How long each look at the state took, ms. */
  looks: number[]
}

const headers = { 'content-type': 'application/json' }

/** As the page's button asks for it, and somebody looks on. */
async function fillYear({ url }: Trial): Promise<Filled> {
  const startedAt = performance.now()
  let isOver = false
  const filling = fetch(`${url}/sandbox/year`, { method: 'POST', headers, body: '{}' })
    .then((response) => response.json() as Promise<{ ok: boolean; said?: string; why?: string }>)
    .finally(() => {
      isOver = true
    })
  const looks: number[] = []
  while (!isOver) {
    const lookedAt = performance.now()
    await (await fetch(`${url}/sandbox/state`)).arrayBuffer()
    looks.push(performance.now() - lookedAt)
    await wait(ASK_EVERY_MS)
  }
  const { ok, said = '', why } = await filling
  if (!ok) throw new Error(`The year was not filled: ${why}`)
  return { seconds: (performance.now() - startedAt) / 1_000, said, looks }
}

/** The page fills the year itself, by its button. */
async function watchYear(page: Page, { url }: Trial): Promise<{ seconds: number; tasks: number[] }> {
  await page.addInitScript(NOTE_LONG_TASKS)
  await page.goto(url)
  const button = page.getByRole('button', { name: 'A year in a minute' })
  await button.waitFor()
  await wait(SETTLE_MS)
  await page.evaluate('window.longTasks.length = 0')
  const startedAt = performance.now()
  await button.click()
  await page
    .getByRole('banner')
    .getByText(/customers and .* purchases in/)
    .waitFor({ timeout: YEAR_WITHIN_MS })
  const seconds = (performance.now() - startedAt) / 1_000
  await wait(SETTLE_MS)
  return { seconds, tasks: await page.evaluate<number[]>('window.longTasks') }
}

async function inPage(trial: Trial, path: string): Promise<{ seconds: number; tasks: number[] }> {
  const server = await launchChromium(path)
  try {
    const browser = await chromium.connect(server.wsEndpoint())
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    return await watchYear(page, trial)
  } finally {
    await server.close()
  }
}

/** How much of it was the server's own work: the machine may have had other things to do. */
async function withCpu<Measured extends object>({ pid }: Trial, work: () => Promise<Measured>) {
  const before = cpuSecondsOf(pid)
  const measured = await work()
  const after = cpuSecondsOf(pid)
  return { ...measured, cpuSeconds: before === null || after === null ? null : after - before }
}

const cpu = (seconds: number | null): string => seconds?.toFixed(1) ?? '–'
const longest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0)
const ms = (value: number): string => `${value.toFixed(0)} ms`

async function again(trial: Trial, path: string) {
  await trial.startOver()
  return withCpu(trial, () => inPage(trial, path))
}

async function runSandbox(bench: Bench): Promise<Table[]> {
  const year = yearOf(bench)
  const trial = await startTrial({ env: { REGULARS_SANDBOX_YEAR: year } })
  const path = findChromium(process.env.CHROMIUM_PATH, existsSync)
  try {
    const alone = await withCpu(trial, () => fillYear(trial))
    bench.say(`  by the API: ${alone.said}`)
    const rows = [['by the API', alone.seconds.toFixed(1), cpu(alone.cpuSeconds), '–', '–', ms(longest(alone.looks))]]
    const watched = path === null ? null : await again(trial, path)
    if (watched !== null) {
      const over = watched.tasks.filter((task) => task > LONGEST_MS).length
      const figures = [watched.seconds.toFixed(1), cpu(watched.cpuSeconds), ms(longest(watched.tasks)), String(over)]
      rows.push(['by the page', ...figures, '–'])
    }
    return [
      {
        title: `The sandbox's year: ${year.replace('x', ' customers, ')} purchases`,
        columns: [
          '',
          'seconds',
          'server CPU s',
          'longest task of the page',
          `over ${LONGEST_MS} ms`,
          'slowest look at the state',
        ],
        rows,
        notes: [
          'a look every 250 ms while it is filled by the API; by the page, an open browser shares the machine',
          ...(path === null ? ['no Chromium was found: the page was not measured'] : []),
        ],
        data: { year, alone, watched },
      },
    ]
  } finally {
    await trial.stop()
  }
}

export const sandbox: Section = {
  name: 'sandbox',
  title: 'a year in the sandbox, and its page meanwhile',
  run: runSandbox,
}
