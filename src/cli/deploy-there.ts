// What of a deployment is at Cloudflare already. Only looks.
import type { Deployment } from './command.ts'
import { indented } from './deploy-checks.ts'
import type { WranglerToml } from './deploy-toml.ts'
import { bad, type Finding } from './doctor-findings.ts'
import { jsonOf, saidBy, type WranglerAnswer } from './wrangler.ts'

export interface There {
  /** Null: it is still to be made. */
  databaseId: string | null
  missingQueues: string[]
  /** Names; null where there is no Worker of this name yet. */
  secrets: string[] | null
}

export type Looked<T> = { ok: true; value: T } | { ok: false; finding: Finding }

const AGAIN = 'Run it again; should it go on: https://www.cloudflarestatus.com'

const notTold = (name: string, what: string, answer: WranglerAnswer): { ok: false; finding: Finding } => ({
  ok: false,
  finding: bad(name, `${what}. wrangler says:\n${indented(saidBy(answer))}`, AGAIN),
})

/** All at once: each starts a program of its own, which takes its second. */
export async function lookThere(
  deployment: Deployment,
  toml: WranglerToml,
  { withQueue }: { withQueue: boolean },
): Promise<Looked<There>> {
  const names = withQueue ? toml.queues : []
  const [database, secrets, ...queues] = await Promise.all([
    findDatabase(deployment, toml),
    listSecrets(deployment),
    ...names.map((name) => hasQueue(deployment, name)),
  ])
  const missingQueues: string[] = []
  if (!database.ok) return database
  for (const [index, found] of queues.entries()) {
    if (!found.ok) return found
    if (!found.value) missingQueues.push(names[index] ?? '')
  }
  if (!secrets.ok) return secrets
  return { ok: true, value: { databaseId: database.value, missingQueues, secrets: secrets.value } }
}

/** By the id in wrangler.toml, else by its name. */
export async function findDatabase(
  { wrangler }: Deployment,
  { database }: WranglerToml,
): Promise<Looked<string | null>> {
  const answer = await wrangler(['d1', 'list', '--json'])
  const list = jsonOf(answer)
  if (answer.code !== 0 || !Array.isArray(list)) return notTold('Database', 'the databases cannot be listed', answer)
  const databases = list.filter(isDatabase)
  if (database.id === null)
    return { ok: true, value: databases.find(({ name }) => name === database.name)?.uuid ?? null }
  if (databases.some(({ uuid }) => uuid === database.id)) return { ok: true, value: database.id }
  const what = `wrangler.toml names the database ${database.id}, which this account does not have`
  const fix =
    'Log in to the account that has it: npx wrangler login. Or, to begin with an empty one, set database_id to zeros: "00000000-0000-0000-0000-000000000000"'
  return { ok: false, finding: bad('Database', what, fix) }
}

const isDatabase = (told: unknown): told is { uuid: string; name: string } =>
  typeof told === 'object' && told !== null && 'uuid' in told && typeof told.uuid === 'string' && 'name' in told

async function hasQueue({ wrangler }: Deployment, name: string): Promise<Looked<boolean>> {
  const answer = await wrangler(['queues', 'info', name])
  if (answer.code === 0) return { ok: true, value: true }
  return answer.err.includes('does not exist')
    ? { ok: true, value: false }
    : notTold('Queues', `whether there is ${name} cannot be told`, answer)
}

async function listSecrets({ wrangler }: Deployment): Promise<Looked<string[] | null>> {
  const answer = await wrangler(['secret', 'list'])
  const list = jsonOf(answer)
  if (answer.code === 0 && Array.isArray(list)) return { ok: true, value: list.filter(isNamed).map(({ name }) => name) }
  return /Worker "[^"]*" not found/.test(answer.err)
    ? { ok: true, value: null }
    : notTold('Secrets', 'which are set on the Worker cannot be told', answer)
}

const isNamed = (told: unknown): told is { name: string } =>
  typeof told === 'object' && told !== null && 'name' in told && typeof told.name === 'string'
