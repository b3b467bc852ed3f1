/** The one door that Slack calls, and what lies behind it. */
import type { Context } from 'hono'
import type { App, Clock, Logger } from '../../src/app/ports.ts'
import { createWords } from '../../src/words/words.ts'
import { startBolt } from './bolt.ts'
import { createSlackCalls } from './calls.ts'
import type { DeskSettings, Tools } from './desk.ts'
import { type ArrivalOutcome, createReceiver, type WaitUntil } from './receiver.ts'
import { createStaffDirectory } from './staff-directory.ts'

export interface SlackDoorOptions {
  app: App
  clock: Clock
  logger: Logger
  secrets: readonly string[]
  token: string
  apiUrl: string | null
  settings: DeskSettings
  /** What goes on after an answer must be waited for by the host. */
  waitUntil: (c: Context) => WaitUntil
  /** Told of everything that was rightly signed. */
  onOutcome?: (outcome: ArrivalOutcome) => void
}

export async function createSlackDoor(options: SlackDoorOptions): Promise<(c: Context) => Promise<Response>> {
  const { app, clock, logger, secrets, token, apiUrl, settings, waitUntil, onOutcome } = options
  const slack = createSlackCalls({ token, apiUrl })
  const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
  const tools: Tools = { app, clock, logger, slack, settings, rest }
  const busy = (): string =>
    createWords({ language: 'en', program: app.program().program, now: clock.now() }).say('staff.common.busy')
  const receiver = createReceiver({ secrets, clock, logger, busy, ...(onOutcome !== undefined && { onOutcome }) })
  const directory = createStaffDirectory(slack, clock, logger)
  await startBolt({ tools, directory, receiver, token, apiUrl })
  return (c) => receiver.handle(c.req.raw, waitUntil(c))
}
