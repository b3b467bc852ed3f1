/** The one door that Slack calls, and what lies behind it. */
import type { Context } from 'hono'
import type { App, Clock, Logger } from '../../src/app/ports.ts'
import { startBolt } from './bolt.ts'
import { createSlackCalls } from './calls.ts'
import type { DeskSettings, Tools } from './desk.ts'
import { createReceiver, type WaitUntil } from './receiver.ts'
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
}

export async function createSlackDoor(options: SlackDoorOptions): Promise<(c: Context) => Promise<Response>> {
  const { app, clock, logger, secrets, token, apiUrl, settings, waitUntil } = options
  const slack = createSlackCalls({ token, apiUrl })
  const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))
  const tools: Tools = { app, clock, logger, slack, settings, rest }
  const receiver = createReceiver({ secrets, clock, logger })
  const directory = createStaffDirectory(slack, clock)
  await startBolt({ tools, directory, receiver, token, apiUrl })
  return (c) => receiver.handle(c.req.raw, waitUntil(c))
}
