// The few steps that most commands begin with.
import type { App } from '../app/ports.ts'
import type { Opened, OpenOptions, Settings } from './backend.ts'
import type { Context } from './command.ts'
import { Failure } from './failures.ts'

/** @throws Failure that names every variable that is wrong. */
export function settingsOf({ backend }: Context): Settings {
  const read = backend.readSettings()
  if (!read.ok) throw new Failure(`the configuration is not right:\n  ${read.problems.join('\n  ')}`)
  return read.settings
}

/** Opens the database for the time of the work, and closes it whatever becomes of it. */
export async function withApp<Outcome>(
  context: Context,
  settings: Settings,
  work: (app: App, opened: Opened) => Promise<Outcome>,
  options?: OpenOptions,
): Promise<Outcome> {
  const opened = await context.backend.open(settings, options)
  try {
    return await work(opened.app, opened)
  } finally {
    await opened.close()
  }
}

/** A whole number option. */
export function readCount(text: string | undefined, least: number): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  const value = Number(text)
  return value < least ? null : value
}
