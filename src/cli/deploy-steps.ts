// The steps that change something at Cloudflare, in their order. Each leaves alone what is there already, so that a run which
// broke off is simply run again.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Deployment } from './command.ts'
import { indented } from './deploy-checks.ts'
import { findDatabase, type There } from './deploy-there.ts'
import { readWranglerToml, type WranglerToml, withDatabaseId, withoutQueues } from './deploy-toml.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { saidBy, type WranglerAnswer } from './wrangler.ts'

export const TOML = 'wrangler.toml'
/** Beside the other, since the paths in it count from where it is. Removed once it was used. */
const TOML_WITHOUT_QUEUE = 'wrangler.without-queue.toml'
export const PAUSED = ['--var', 'REGULARS_PAUSED:1'] as const

export interface Wanted {
  toml: WranglerToml
  there: There
  withQueue: boolean
  isPaused: boolean
  /** Set with the code; null where they stay as they are. */
  secrets: Readonly<Record<string, string>> | null
}

export interface Deployed {
  /** Null where wrangler named none. */
  url: string | null
}

const failed = (name: string, what: string, answer: WranglerAnswer, fix: string): Finding =>
  bad(name, `${what}. wrangler says:\n${indented(saidBy(answer))}`, fix)

const AGAIN = 'When that is mended: npm run deploy'

export const readToml = (root: string): ReturnType<typeof readWranglerToml> =>
  readWranglerToml(readFileSync(join(root, TOML), 'utf8'))

/** Makes it where it is missing, and puts its id into wrangler.toml where that has none. */
export async function makeDatabase(deployment: Deployment, { toml, there }: Wanted): Promise<Finding> {
  const name = 'Database'
  let id = there.databaseId
  if (id === null) {
    const made = await deployment.wrangler(['d1', 'create', toml.database.name])
    if (made.code !== 0) return failed(name, `${toml.database.name} could not be made`, made, AGAIN)
    const found = await findDatabase(deployment, toml)
    if (!found.ok) return found.finding
    if (found.value === null) return bad(name, 'was made, but is not listed yet', 'In a minute: npm run deploy')
    id = found.value
  }
  const isWritten = toml.database.id === null
  if (isWritten) writeId(deployment.root, id)
  const noted = isWritten ? `; its id now stands in ${TOML}, which is yours to commit` : ''
  return good(name, `${toml.database.name} ${there.databaseId === null ? 'made' : 'is there'}${noted}`)
}

function writeId(root: string, id: string): void {
  const path = join(root, TOML)
  writeFileSync(path, withDatabaseId(readFileSync(path, 'utf8'), id))
}

export async function makeQueues({ wrangler }: Deployment, { toml, there, withQueue }: Wanted): Promise<Finding> {
  const name = 'Queues'
  if (!withQueue) return good(name, 'left out: each event is recorded before it is acknowledged')
  for (const queue of there.missingQueues) {
    const made = await wrangler(['queues', 'create', queue])
    if (made.code !== 0) return failed(name, `${queue} could not be made`, made, WITHOUT_QUEUE)
  }
  const made = there.missingQueues.join(', ')
  return good(name, made === '' ? `${toml.queues.join(', ')} are there` : `${made} made`)
}

const WITHOUT_QUEUE =
  'Where the account has no queues: enable them at the address above, or do without: npm run deploy -- --without-queue. Nothing is lost then; in a burst Stripe waits longer for its answers'

/** Before the code that needs them: the code that runs until then does not mind what it does not know. */
export async function migrate({ wrangler }: Deployment, { toml }: Wanted): Promise<Finding> {
  const name = 'Migrations'
  const answer = await wrangler(['d1', 'migrations', 'apply', toml.database.name, '--remote'])
  if (answer.code !== 0) {
    const what = 'not all could be applied; those before it stay, and the code that ran still runs'
    return failed(name, what, answer, AGAIN)
  }
  const applied = [...new Set(answer.out.match(/\b\d{4}_[\w-]+\.sql\b/g))]
  return good(name, applied.length === 0 ? 'nothing to apply' : `applied ${applied.join(', ')}`)
}

/** The code and the secrets as one version: neither ever runs without the other. */
export async function deployWorker(
  { root, wrangler }: Deployment,
  { toml, isPaused, secrets, withQueue }: Wanted,
): Promise<{ finding: Finding; deployed: Deployed | null }> {
  const name = 'Worker'
  const answer = await withConfiguration(root, withQueue, (configured) =>
    wrangler(['deploy', ...configured, ...(isPaused ? PAUSED : [])], secrets === null ? {} : { secrets }),
  )
  const told = answer.reported.find(({ type }) => type === 'deploy')
  if (answer.code !== 0 || typeof told?.version_id !== 'string')
    return { finding: failed(name, `${toml.worker} could not be deployed`, answer, fixFor(answer)), deployed: null }
  const message = `${toml.worker} deployed${isPaused ? ', paused' : ''}, version ${told.version_id}`
  return { finding: good(name, message), deployed: { url: urlOf(told.targets) } }
}

const fixFor = ({ out, err }: WranglerAnswer): string =>
  `${out}${err}`.includes('/workers/onboarding')
    ? 'A Worker’s address needs a name for your account: choose one there, then: npm run deploy'
    : AGAIN

/** With the words that name the configuration to be used. The queues are left out by a copy without them. */
export async function withConfiguration<T>(
  root: string,
  withQueue: boolean,
  work: (configured: readonly string[]) => Promise<T>,
): Promise<T> {
  if (withQueue) return work([])
  const path = join(root, TOML_WITHOUT_QUEUE)
  writeFileSync(path, withoutQueues(readFileSync(join(root, TOML), 'utf8')))
  try {
    return await work(['--config', TOML_WITHOUT_QUEUE])
  } finally {
    rmSync(path, { force: true })
  }
}

/** The shop's own domain rather than Cloudflare's; what is no address at all are schedules and queues. */
function urlOf(targets: unknown): string | null {
  const named = Array.isArray(targets) ? targets.filter((target) => typeof target === 'string') : []
  const hosts = named.flatMap((target) => /^(?:https?:\/\/)?([\w-]+(?:\.[\w-]+)+)(?:$|\/|\s)/.exec(target)?.[1] ?? [])
  const host = hosts.find((candidate) => !candidate.endsWith('.workers.dev')) ?? hosts[0]
  return host === undefined ? null : `https://${host}`
}
