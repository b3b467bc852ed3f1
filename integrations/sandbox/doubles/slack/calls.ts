/** A call of Slack's API as its methods see it, and how they refuse. */
import { isRecord, type Json, parseJson } from './json.ts'
import type { Workspace } from './workspace.ts'

export interface MethodCall {
  workspace: Workspace
  now: number
  args: Json
  scopes: readonly string[]
  isHomeEnabled: boolean
}

export type Method = (call: MethodCall) => Json

/** Ends a call with `{ok: false, error}`. */
export class Refused extends Error {
  readonly body: Json

  constructor(error: string, over: Json = {}) {
    super(error)
    this.body = { ok: false, error, ...over }
  }
}

export const refused = (error: string, messages: readonly string[] = []): Refused =>
  new Refused(
    error,
    messages.length === 0 ? {} : { response_metadata: { messages: messages.map((m) => `[ERROR] ${m}`) } },
  )

/** @throws {Refused} missing_scope, unless the token has one of them. */
export function needScope({ scopes }: MethodCall, ...anyOf: string[]): void {
  if (!anyOf.some((scope) => scopes.includes(scope)))
    throw new Refused('missing_scope', { needed: anyOf.join(','), provided: scopes.join(',') })
}

/** '' where it was not given. */
export function textArg({ args }: MethodCall, name: string): string {
  const given = args[name]
  return typeof given === 'string' ? given : typeof given === 'number' ? String(given) : ''
}

/** @throws {Refused} invalid_arguments where it was left out. */
export function neededArg(call: MethodCall, name: string): string {
  const given = textArg(call, name)
  if (given === '') throw refused('invalid_arguments', [`missing required field: ${name}`])
  return given
}

export const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === '1' || value === 1

/** Objects and lists come as JSON in forms. */
export function jsonArg({ args }: MethodCall, name: string): unknown {
  const given = args[name]
  return typeof given === 'string' ? parseJson(given) : given
}

/** undefined where no blocks were given. @throws {Refused} invalid_blocks_format */
export function blocksArg(call: MethodCall): Json[] | undefined {
  if (call.args.blocks === undefined || call.args.blocks === '') return undefined
  const blocks = jsonArg(call, 'blocks')
  if (!Array.isArray(blocks) || !blocks.every(isRecord)) throw refused('invalid_blocks_format')
  return blocks
}
