// Structured lines of JSON on stdout, and the last line of defence against personal data and secrets in them: callers
// log ids and route patterns, and whatever still looks like an address or a key is masked here.
import type { Logger } from './app/ports.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  level: LogLevel
  /** Takes one line, its line end included. */
  write: (line: string) => void
  /** Milliseconds. */
  now: () => number
}

export function createLogger({ level, write, now }: LoggerOptions): Logger {
  const least = LOG_LEVELS.indexOf(level)
  const logAt =
    (name: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (LOG_LEVELS.indexOf(name) < least) return
      const line = { time: new Date(now()).toISOString(), level: name, message: redactText(message) }
      // First for the order, last so that no field takes their place.
      write(`${JSON.stringify({ ...line, ...redactObject(fields, 0), ...line })}\n`)
    }
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') }
}

const MASK = '[redacted]'
const PATTERNS: readonly RegExp[] = [
  // An e-mail address in any script, also URL-encoded.
  /[^\s@<>"'(),:;=&?/]+(?:@|%40)[^\s@<>"'(),:;=&?/]+/giu,
  /\b(?:sk|rk|pk)_\w{4,}/g,
  /\bwhsec_[\w+/=-]+/g,
  /\b(?:xox[a-z]|xapp)-[\w-]+/g,
  /\bpat-[a-z]{2}\d?-[\w-]{8,}/g,
  /\bBearer\s+\S+/gi,
]
const PRIVATE_FIELDS =
  /^(?:e?mail|phone|birthday|note|body|payload|authorization|cookie|signature|password|secret|token|key)$/i
const TEXT_LIMIT = 4_000
const DEPTH_LIMIT = 5
const LIST_LIMIT = 100

/** Masks what looks like an e-mail address, a secret key or a token. */
export function redactText(text: string): string {
  return PATTERNS.reduce((redacted, pattern) => redacted.replace(pattern, MASK), text.slice(0, TEXT_LIMIT))
}

/** As {@link redactText}, through objects, lists and errors; fields that are private by their name go altogether. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_LIMIT) return '[deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (Array.isArray(value)) return value.slice(0, LIST_LIMIT).map((item) => redact(item, depth + 1))
  return redactObject(value, depth)
}

function redactObject(value: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      redactText(name),
      PRIVATE_FIELDS.test(name) && inner !== null && inner !== undefined ? MASK : redact(inner, depth + 1),
    ]),
  )
}

const redactError = (error: Error, depth: number): Record<string, unknown> => ({
  name: error.name,
  message: redactText(error.message),
  ...('code' in error && { code: redact(error.code, depth + 1) }),
  stack: redactText(error.stack ?? ''),
  ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1) }),
})
