// From a checkout to a running Worker: looks first, says what it will do, asks, does it in steps that leave alone what is
// there, and looks at the result from outside.

import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import { type Context, type Deployment, defineCommand } from './command.ts'
import { checkBundle, checkBundledProgram, checkLogin, checkVariables } from './deploy-checks.ts'
import {
  type Deployed,
  deployWorker,
  makeDatabase,
  makeQueues,
  migrate,
  readToml,
  type Wanted,
  withConfiguration,
} from './deploy-steps.ts'
import { lookThere } from './deploy-there.ts'
import type { WranglerToml } from './deploy-toml.ts'
import { type DeployVariables, withoutSecrets } from './deploy-variables.ts'
import { tellNext, tellPlan, tellSteps } from './deploy-words.ts'
import { bad, describe, type Finding } from './doctor-findings.ts'
import { checkServer, lookAtServer, type RemoteLook } from './doctor-remote.ts'
import { Failure, UsageError } from './failures.ts'
import { plural } from './format.ts'
import { paint } from './output.ts'
import type { Wrangler } from './wrangler.ts'

export interface DeployAsked {
  file: string
  isDryRun: boolean
  isPaused: boolean
  withQueue: boolean
  /** What is set on the Worker stays, and no file is read. */
  keepsSecrets: boolean
  isSure: boolean
}

export const command = defineCommand({
  name: 'deploy',
  summary: 'Puts it on Cloudflare Workers, or brings it up to date there',
  about: [
    'First it looks at everything here and says what it will do. Then it makes the D1 database and the two queues where they',
    'are missing, applies migrations, sets secrets, deploys, and looks at the result.',
    'Run again, it brings the Worker up to date; a run that broke off goes on. Back to the version before: npx wrangler',
    'rollback. What it logs: npx wrangler tail.',
  ],
  options: {
    env: { value: 'FILE', about: 'the variables for the Worker', default: '.env' },
    'keep-secrets': { about: 'read no such file: the secrets on the Worker stay as they are' },
    paused: { about: 'deploy it paused: it answers 503 to whatever would write, until it is deployed without this' },
    'without-queue': {
      about: 'without queues, where the account has none: each event is recorded before it is acknowledged',
    },
    'dry-run': { about: 'look at everything here, build it, and only say what would be done' },
    yes: { about: 'ask nothing: for machines' },
  },
  examples: ['deploy', 'deploy --dry-run', 'deploy --keep-secrets --yes'],
  endsInOrder: true,
  async run(asked, context) {
    const wanted: DeployAsked = {
      file: asked.text('env') ?? '.env',
      isDryRun: asked.flag('dry-run'),
      isPaused: asked.flag('paused'),
      withQueue: !asked.flag('without-queue'),
      keepsSecrets: asked.flag('keep-secrets'),
      isSure: asked.flag('yes'),
    }
    if (!wanted.isDryRun && !wanted.isSure && context.ask === null)
      throw new UsageError(
        'there is no terminal to ask at: --yes deploys without asking, --dry-run only says what it would do',
      )
    return deploy(context, wanted)
  },
})

/** What was found here, before anything outside was called. */
interface Ready {
  toml: WranglerToml
  program: Program | null
  variables: DeployVariables | null
  settings: Settings | null
}

async function deploy(context: Context, asked: DeployAsked): Promise<number> {
  const { stdout } = context
  const { ready, isRight } = await lookHere(context, asked)
  if (asked.isDryRun) {
    await tellSteps(stdout, asked, ready)
    return isRight ? 0 : 1
  }
  if (!isRight) return nothingChanged(context)
  const forWorker = ready.variables?.forWorker ?? {}
  const shielded = shield(context.deployment, forWorker)
  const { finding, account } = await busy(context, 'Cloudflare', () => checkLogin(shielded, ready.toml))
  await tell(context, finding)
  if (account === null) return nothingChanged(context)
  const deployment = shield(shielded, {}, account.id)
  const there = await busy(context, 'Looking at what is there', () => lookThere(deployment, ready.toml, asked))
  if (!there.ok) {
    await tell(context, there.finding)
    return nothingChanged(context)
  }
  if (asked.keepsSecrets && (there.value.secrets ?? []).length === 0)
    throw new Failure('there are no secrets on the Worker to be kept: the first time, deploy without --keep-secrets.')
  await tellPlan(stdout, { asked, toml: ready.toml, there: there.value, variables: ready.variables })
  const setsSecrets =
    Object.keys(forWorker).length > 0 && (await isAgreed(context, asked, secretsQuestion(forWorker, ready)))
  if (!(await isAgreed(context, asked, `Deploy to the account ${account.name}?`))) return nothingChanged(context)
  const wanted: Wanted = {
    toml: ready.toml,
    there: there.value,
    withQueue: asked.withQueue,
    isPaused: asked.isPaused,
    secrets: setsSecrets ? forWorker : null,
  }
  return doAll(context, { deployment, wanted, ready })
}

const secretsQuestion = (forWorker: object, { toml }: Ready): string =>
  `Set ${plural(Object.keys(forWorker).length, 'secret')} on ${toml.worker}?`

async function isAgreed({ ask, interrupted }: Context, { isSure }: DeployAsked, question: string): Promise<boolean> {
  return isSure || (ask !== null && !interrupted.aborted && (await ask(question)))
}

async function nothingChanged({ stdout }: Context): Promise<number> {
  await stdout.line('\nNothing was changed.')
  return 1
}

/** @throws Failure where wrangler.toml is not there, or lacks what is needed */
async function lookHere(context: Context, asked: DeployAsked): Promise<{ ready: Ready; isRight: boolean }> {
  const { deployment, backend } = context
  const read = readToml(deployment.root)
  if (!read.ok) throw new Failure(`wrangler.toml is not right: ${read.problem}.`)
  const { finding, program } = checkBundledProgram(deployment.root)
  await tell(context, finding)
  const checked = asked.keepsSecrets
    ? { findings: [], variables: null, settings: null }
    : checkVariables(asked.file, backend.readVariables)
  for (const found of checked.findings) await tell(context, found)
  const bundle = await busy(context, 'Building', () =>
    withConfiguration(deployment.root, asked.withQueue, (configured) => checkBundle(deployment, configured)),
  )
  await tell(context, bundle)
  const { variables, settings } = checked
  return {
    ready: { toml: read.toml, program, variables, settings },
    isRight: [finding, ...checked.findings, bundle].every(({ ok }) => ok),
  }
}

/** Whatever wrangler says, secrets that stand in it are shown by their names; and it is told in whose account it works. */
function shield(
  deployment: Deployment,
  forWorker: Readonly<Record<string, string>>,
  accountId: string | null = null,
): Deployment {
  const wrangler: Wrangler = async (words, extras) => {
    const answer = await deployment.wrangler(words, { ...extras, ...(accountId !== null && { accountId }) })
    return { ...answer, out: withoutSecrets(answer.out, forWorker), err: withoutSecrets(answer.err, forWorker) }
  }
  return { ...deployment, wrangler }
}

interface Doing {
  deployment: Deployment
  wanted: Wanted
  ready: Ready
}

async function doAll(context: Context, doing: Doing): Promise<number> {
  const { stdout } = context
  const { deployment, wanted } = doing
  await stdout.line()
  const steps = [
    ['Database', () => makeDatabase(deployment, wanted)],
    ['Queues', () => makeQueues(deployment, wanted)],
    ['Migrations', () => migrate(deployment, wanted)],
  ] as const
  const standing: string[] = []
  for (const [name, step] of steps) {
    if (context.interrupted.aborted) return brokenOff(context, standing)
    const finding = await busy(context, name, step)
    // Ctrl-C ends wrangler too: what it then says is no news.
    if (finding.ok || !context.interrupted.aborted) await tell(context, finding)
    if (!finding.ok) return brokenOff(context, standing)
    standing.push(name.toLowerCase())
  }
  if (context.interrupted.aborted) return brokenOff(context, standing)
  const { finding, deployed } = await busy(context, 'Worker', () => deployWorker(deployment, wanted))
  await tell(context, finding)
  if (deployed === null) return brokenOff(context, standing)
  const isWell = await lookAtIt(context, deployed, doing)
  await tellNext(stdout, { url: deployed.url, wanted, isWell })
  return isWell ? 0 : 1
}

async function brokenOff({ stdout }: Context, standing: readonly string[]): Promise<number> {
  const done = standing.length === 0 ? '' : `What stands: ${standing.join(', ')}. `
  await stdout.line(`\n${done}Run again, it goes on from there: npm run deploy`)
  return 1
}

/** An address that is new, or code that is, takes a moment to be everywhere. */
const KNOWN_WITHIN_MS = 90_000
const ASK_EVERY_MS = 3_000

async function lookAtIt(context: Context, { url }: Deployed, { wanted, ready }: Doing): Promise<boolean> {
  if (url === null) {
    await tell(
      context,
      bad(
        'Address',
        'wrangler named none',
        'Give the Worker an address: workers_dev = true, or routes, in wrangler.toml',
      ),
    )
    return false
  }
  const until = context.monotonic() + KNOWN_WITHIN_MS
  await busy(context, `Looking at ${url}`, async () => {
    while (!context.interrupted.aborted && context.monotonic() < until && !(await checkServer(context, { url })).ok)
      await context.sleep(ASK_EVERY_MS)
  })
  let isWell = true
  for await (const finding of lookAtServer(context, remoteLook(url, wanted, ready))) {
    await tell(context, finding)
    isWell &&= finding.ok
  }
  return isWell
}

function remoteLook(url: string, { isPaused, secrets, there }: Wanted, { program, settings }: Ready): RemoteLook {
  const hasSecret =
    secrets?.STRIPE_WEBHOOK_SECRET !== undefined || there.secrets?.includes('STRIPE_WEBHOOK_SECRET') === true
  // One that was not set on the Worker says nothing of it.
  const key = secrets === null ? null : (settings?.apiKeys[0]?.key ?? null)
  return { url, key, program, isPaused, awaitsSecret: !hasSecret }
}

async function tell({ stdout }: Context, finding: Finding): Promise<void> {
  await stdout.line(describe(finding, stdout))
}

/** What is under way, on a terminal, until it is done. */
async function busy<T>({ stderr }: Context, what: string, work: () => Promise<T>): Promise<T> {
  if (!stderr.isTerminal) return work()
  await stderr.write(`\r${paint(stderr, 'dim', `${what} …`)}\u001b[K`)
  try {
    return await work()
  } finally {
    await stderr.write('\r\u001b[K')
  }
}
