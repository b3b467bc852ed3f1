// The environment, read once and said back in full when something is wrong with it: every variable at once, by name,
// with what would be right. A value that may be a secret is never repeated.
import { z } from 'zod'
import type { ApiKey, Scope } from './http/api-keys.ts'
import { LOG_LEVELS, type LogLevel } from './logger.ts'

export interface Config {
  port: number
  host: string
  publicUrl: string | null
  databasePath: string
  programFile: string
  apiKeys: ApiKey[]
  stripe: { secretKey: string | null; webhookSecrets: string[]; apiUrl: string | null }
  hubspot: { accessToken: string | null; clientSecret: string | null; apiUrl: string | null }
  slack: { botToken: string | null; signingSecret: string | null; alertChannel: string | null; apiUrl: string | null }
  logLevel: LogLevel
  /** Everything rests but what reads, and the move of all rows between hosts. */
  paused: boolean
  /**
   * No vendor's credentials, on loopback, not in production: someone is trying it out. There is a page without a key,
   * and a signing secret of our own.
   */
  local: boolean
  /** What works, but had better be otherwise. */
  warnings: string[]
}

export type ParsedConfig = { ok: true; config: Config } | { ok: false; problems: string[] }

/** Of at least this length a key cannot be guessed; shorter ones work, with a warning. */
const KEY_CHARACTERS = 16

/** Reads the configuration from the environment's variables. Never throws, never repeats a secret. */
export function parseConfig(env: Record<string, string | undefined>): ParsedConfig {
  const parsed = variables.safeParse(env)
  if (!parsed.success) {
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`) }
  }
  const read = parsed.data
  return {
    ok: true,
    config: {
      port: read.PORT,
      host: read.HOST,
      publicUrl: read.PUBLIC_URL,
      databasePath: read.DATABASE_PATH,
      programFile: read.PROGRAM_FILE,
      apiKeys: read.API_KEYS,
      stripe: {
        secretKey: read.STRIPE_SECRET_KEY,
        webhookSecrets: read.STRIPE_WEBHOOK_SECRET,
        apiUrl: read.STRIPE_API_URL,
      },
      hubspot: {
        accessToken: read.HUBSPOT_ACCESS_TOKEN,
        clientSecret: read.HUBSPOT_CLIENT_SECRET,
        apiUrl: read.HUBSPOT_API_URL,
      },
      slack: {
        botToken: read.SLACK_BOT_TOKEN,
        signingSecret: read.SLACK_SIGNING_SECRET,
        alertChannel: read.SLACK_ALERT_CHANNEL,
        apiUrl: read.SLACK_API_URL,
      },
      logLevel: read.LOG_LEVEL,
      paused: read.REGULARS_PAUSED,
      local: isLoopback(read.HOST) && read.NODE_ENV !== 'production' && !hasCredentials(read),
      warnings: read.API_KEYS.some(({ key }) => key.length < KEY_CHARACTERS)
        ? [`API_KEYS has a key that is easily guessed: use ${KEY_CHARACTERS} random characters or more`]
        : [],
    },
  }
}

/** Whether only this machine can reach a server that listens there. */
export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)

const CREDENTIALS = [
  'STRIPE_SECRET_KEY',
  'HUBSPOT_ACCESS_TOKEN',
  'HUBSPOT_CLIENT_SECRET',
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
] as const

const hasCredentials = (read: z.output<typeof variables>): boolean =>
  read.STRIPE_WEBHOOK_SECRET.length > 0 || CREDENTIALS.some((name) => read[name] !== null)

/** A variable set to nothing is one that is not set: files of variables often list all of them. */
const variable = <S extends z.ZodType>(schema: S) =>
  z.preprocess((given) => (typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined), schema)

const optional = () => variable(z.string().optional()).transform((given) => given ?? null)

const secret = (wrong: RegExp, rule: string) =>
  variable(
    z
      .string()
      .refine((given) => !wrong.test(given), { error: rule })
      .optional(),
  ).transform((given) => given ?? null)

const URL_RULE = 'must be a URL, such as https://loyalty.example.org'
const url = () =>
  variable(z.url({ protocol: /^https?$/, error: URL_RULE }).optional()).transform((given) => given ?? null)

const PORT_RULE = 'must be a port, a whole number from 0 (any that is free) to 65535'
const SWITCHED_ON = ['1', 'yes', 'true']
const SWITCHED_OFF = ['0', 'no', 'false']
const SWITCH_RULE = 'must be 1 (paused) or 0'
const LEVEL_RULE = `must be one of ${LOG_LEVELS.join(', ')}`

const apiKeys = z
  .string()
  .default('')
  .transform((list, context) => {
    const entries = list.split(',').map((entry) => entry.trim())
    const read = entries.filter((entry) => entry !== '').map(parseApiKey)
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    const keys = read.flatMap((entry, index) => {
      if (typeof entry !== 'string') return [entry]
      refuse(`is wrong in its entry ${index + 1}: ${entry}`)
      return []
    })
    if (new Set(keys.map(({ name }) => name)).size < keys.length) refuse('uses one name for two keys')
    if (new Set(keys.map(({ key }) => key)).size < keys.length) refuse('gives one key to two names')
    return keys
  })

/** One `name:key[:scope]`, or what would be right; not even the name is repeated, it may stand where the key should. */
function parseApiKey(entry: string): ApiKey | string {
  const [name = '', key = '', scope = 'write', ...rest] = entry.split(':').map((part) => part.trim())
  if (!/^[\w.-]{1,64}$/.test(name)) return 'it must begin with a name of letters, digits, "_", "-" or "."'
  if (!/^[\x21-\x7e]+$/.test(key)) return 'it must read name:key or name:key:scope, without spaces'
  if (rest.length > 0 || !isScope(scope)) return `after name:key may come a scope, one of ${SCOPES.join(', ')}`
  return { name, key, scope }
}

const SCOPES: readonly Scope[] = ['read', 'write', 'admin']
const isScope = (scope: string): scope is Scope => SCOPES.some((known) => known === scope)

const SIGNING_RULE = 'must be the signing secrets of webhook endpoints (whsec_…), not an API key of Stripe’s'
const signingSecrets = z
  .string()
  .default('')
  .transform((list) => list.split(',').map((part) => part.trim()))
  .transform((list) => list.filter((part) => part !== ''))
  .refine((list) => list.every((part) => !/^[srp]k_/.test(part)), { error: SIGNING_RULE })

const STRIPE_KEY_RULE = 'must be a secret or restricted key of Stripe’s (sk_… or rk_…)'

const variables = z.object({
  PORT: variable(
    z
      .string()
      .default('8787')
      .refine((given) => /^\d{1,5}$/.test(given) && Number(given) <= 65_535, { error: PORT_RULE }),
  ).transform(Number),
  HOST: variable(z.string().default('127.0.0.1')),
  PUBLIC_URL: url(),
  DATABASE_PATH: variable(z.string().default('data/regulars.db')),
  PROGRAM_FILE: variable(z.string().default('program.json')),
  API_KEYS: variable(apiKeys),
  STRIPE_SECRET_KEY: secret(/^(?:pk_|whsec_)/, STRIPE_KEY_RULE),
  STRIPE_WEBHOOK_SECRET: variable(signingSecrets),
  STRIPE_API_URL: url(),
  HUBSPOT_ACCESS_TOKEN: optional(),
  HUBSPOT_CLIENT_SECRET: optional(),
  HUBSPOT_API_URL: url(),
  SLACK_BOT_TOKEN: secret(/^xapp-/, 'must be a bot token of Slack’s (xoxb-…), not an app token'),
  SLACK_SIGNING_SECRET: secret(/(?:^|,)\s*xox/, 'must be the signing secret of the Slack app, not a token'),
  SLACK_ALERT_CHANNEL: optional(),
  SLACK_API_URL: url(),
  LOG_LEVEL: variable(
    z
      .string()
      .default('info')
      .transform((given) => given.toLowerCase())
      .pipe(z.enum(LOG_LEVELS, { error: LEVEL_RULE })),
  ),
  REGULARS_PAUSED: variable(
    z
      .string()
      .default('0')
      .transform((given) => given.toLowerCase())
      .refine((given) => [...SWITCHED_ON, ...SWITCHED_OFF].includes(given), { error: SWITCH_RULE }),
  ).transform((given) => SWITCHED_ON.includes(given)),
  NODE_ENV: optional(),
})

/** Every variable that there is. */
export const VARIABLE_NAMES: readonly string[] = Object.keys(variables.shape)
