/** What was typed after `/loyalty`: which command it is, and what is left for it. */
import type { Commanded, Handler } from './desk.ts'
import { commands } from './registered.ts'

export interface ParsedCommand {
  name: string
  handler: Handler<Commanded>
  args: string
}

/** Far more than anybody types. */
const TEXT_LIMIT = 3_000

const unknown: Handler<Commanded> = { needs: null, answer: async () => ({ do: 'nothing' }) }

export function parseCommand(text: string): ParsedCommand {
  const typed = text.slice(0, TEXT_LIMIT).trim()
  const [, first = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(typed) ?? []
  const name = first.toLowerCase()
  const handler = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (handler !== undefined) return { name, handler, args: rest }
  return { name: 'lookup', handler: commands.lookup ?? unknown, args: typed }
}
