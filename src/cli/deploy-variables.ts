// The file of variables that a Worker is deployed with: which are for the Worker, which are this machine's own, and which
// nobody knows.
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { closest } from '../program/suggest.ts'

/** Set on the Worker as secrets, all of them: some are, and the others do no harm there. */
export const WORKER_VARIABLES: readonly string[] = [
  'API_KEYS',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_API_URL',
  'HUBSPOT_ACCESS_TOKEN',
  'HUBSPOT_CLIENT_SECRET',
  'HUBSPOT_API_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_ALERT_CHANNEL',
  'SLACK_API_URL',
  'LOG_LEVEL',
]

/** A Worker knows its address from each request, has a D1 database and the program in its bundle, and is paused by `--paused`. */
export const MACHINE_VARIABLES: readonly string[] = [
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'DATABASE_PATH',
  'PROGRAM_FILE',
  'NODE_ENV',
  'REGULARS_PAUSED',
]

/** What wrangler itself reads, and what only this machine’s sandbox and tests do. */
const OTHERS = /^(?:CLOUDFLARE|CF|WRANGLER|REGULARS)_/
/** Whoever writes these means one of ours. */
const OURS = /^(?:API|STRIPE|HUBSPOT|SLACK|LOG|DATABASE|PROGRAM)_/

export interface DeployVariables {
  /** For the Worker, with their values. What is set to nothing is not set. */
  forWorker: Readonly<Record<string, string>>
  /** Names of those that a Worker has no use for. */
  forMachine: string[]
  /** Names that look like one of ours and are none, with what was probably meant. */
  misspelt: { name: string; meant: string | null }[]
  /** Names that are nobody's here; they are left out. */
  unknown: string[]
}

/** @throws when the file cannot be read */
export function readVariables(file: string): DeployVariables {
  const set = Object.entries(parseEnv(readFileSync(file, 'utf8'))).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== '',
  )
  const known = [...WORKER_VARIABLES, ...MACHINE_VARIABLES]
  const isElse = (name: string) => !known.includes(name) && !OTHERS.test(name)
  const strangers = set.map(([name]) => name).filter(isElse)
  const misspelt = strangers
    .map((name) => ({ name, meant: closest(name, known) }))
    .filter(({ name, meant }) => OURS.test(name) || (meant !== null && name.length > 4))
  return {
    forWorker: Object.fromEntries(set.filter(([name]) => WORKER_VARIABLES.includes(name))),
    forMachine: set.map(([name]) => name).filter((name) => !WORKER_VARIABLES.includes(name) && !isElse(name)),
    misspelt,
    unknown: strangers.filter((name) => !misspelt.some((item) => item.name === name)),
  }
}

/** What anybody may see of them. */
const IS_NO_SECRET = /^(?:LOG_LEVEL|SLACK_ALERT_CHANNEL|.*_API_URL)$/
/** Shorter ones are words that stand anywhere. */
const LEAST_SECRET = 6

/** Whatever others say is shown only without what is secret in it. */
export function withoutSecrets(text: string, forWorker: DeployVariables['forWorker']): string {
  return Object.entries(forWorker)
    .filter(([name]) => !IS_NO_SECRET.test(name))
    .flatMap(([name, value]) => secretsIn(name, value).map((secret) => ({ name, secret })))
    .filter(({ secret }) => secret.length >= LEAST_SECRET)
    .toSorted((one, other) => other.secret.length - one.secret.length)
    .reduce((clean, { name, secret }) => clean.replaceAll(secret, `(${name})`), text)
}

/** The whole, and each of a list; of `name:key:scope` the key. */
const secretsIn = (name: string, value: string): string[] => {
  const entries = value.split(',').map((entry) => entry.trim())
  return [value, ...entries, ...(name === 'API_KEYS' ? entries.map((entry) => entry.split(':')[1]?.trim() ?? '') : [])]
}
