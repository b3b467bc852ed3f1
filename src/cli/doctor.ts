// Looks at everything that this version needs, and says how to mend what is not as it should be.
import { programNeedsItems } from '../core/earning.ts'
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import { type Context, defineCommand } from './command.ts'
import { readStripeMode } from './database-file.ts'
import { checkDatabase, checkDisk } from './doctor-database.ts'
import { bad, describe, type Finding, good } from './doctor-findings.ts'
import { checkHubspot } from './doctor-hubspot.ts'
import { checkKeys, checkNode, checkPort, checkProgram } from './doctor-machine.ts'
import { lookAtServer } from './doctor-remote.ts'
import { checkSlack } from './doctor-slack.ts'
import { describeError } from './failures.ts'
import { plural } from './format.ts'
import { serverUrl } from './server.ts'

export const command = defineCommand({
  name: 'doctor',
  summary: 'Looks at everything, and says how to mend what is wrong',
  about: ['Changes nothing.'],
  options: {
    url: { value: 'URL', about: 'look from outside at the server there, such as a Worker, instead of this machine’s' },
    json: { about: 'answer in JSON' },
  },
  examples: ['doctor', 'doctor --url https://loyalty.example.org'],
  async run(asked, context) {
    const { stdout } = context
    const inJson = asked.flag('json')
    const url = asked.text('url')
    const findings: Finding[] = []
    for await (const finding of url === undefined ? examine(context) : examineThere(context, url)) {
      findings.push(finding)
      if (!inJson) await stdout.line(describe(finding, stdout))
    }
    const wrong = findings.filter(({ ok }) => !ok).length
    if (inJson) await stdout.line(JSON.stringify({ ok: wrong === 0, checks: findings }, null, 2))
    else await stdout.line(wrong === 0 ? '\nEverything is as it should be.' : `\n${plural(wrong, 'thing')} to mend.`)
    return wrong === 0 ? 0 : 1
  },
})

/** In the order in which one would look, each as soon as it is known. */
async function* examine(context: Context): AsyncGenerator<Finding> {
  yield checkNode(process.version)
  const { settings, problems } = context.backend.readSettingsLeniently()
  for (const problem of problems) yield wrongVariable(problem)
  if (settings === null) return
  const { finding, program } = await checkProgram(settings)
  yield finding
  yield* await checkDisk(settings)
  yield* checkDatabase(settings, await context.backend.migrations(), program, context.now())
  yield await checkPort(context, settings)
  yield* checkKeys(settings)
  yield* await checkStripe(context, settings, program)
  yield* await checkHubspot(context, settings, program)
  yield* await checkSlack(context, settings, program)
}

/** Only what is seen from here: the other server's disk and database are its own. */
async function* examineThere(context: Context, given: string): AsyncGenerator<Finding> {
  const { settings: here, problems } = context.backend.readSettingsLeniently()
  for (const problem of problems) yield wrongVariable(problem)
  if (here === null) return
  const url = serverUrl(given, here)
  const settings = { ...here, publicUrl: url, databasePath: ':memory:' }
  const { finding, program } = await checkProgram(settings)
  yield finding
  yield* lookAtServer(context, { url, key: here.apiKeys[0]?.key ?? null, program })
  yield* await checkStripe(context, settings, program)
  yield* await checkHubspot(context, settings, program)
  yield* await checkSlack(context, settings, program)
}

function wrongVariable(problem: string): Finding {
  const [name = 'Configuration', ...rest] = problem.split(' ')
  return bad(name, rest.join(' '), `Set ${name} in .env or in the environment`)
}

async function checkStripe({ backend }: Context, settings: Settings, program: Program | null): Promise<Finding[]> {
  const { stripe, publicUrl, local } = settings
  if (local) return [good('Stripe', 'not connected: this is the sandbox, where it is made up')]
  const secret =
    stripe.webhookSecrets.length > 0
      ? good('Stripe: signing secret', plural(stripe.webhookSecrets.length, 'secret'))
      : bad(
          'Stripe: signing secret',
          'STRIPE_WEBHOOK_SECRET is not set, so no payment arrives',
          'npx regulars setup stripe',
        )
  const tools = await backend.stripe(settings)
  if (tools === null) return [secret, withoutKey(program)]
  try {
    return [secret, ...checkMode(settings), ...(await tools.check(publicUrl, (program?.partners.length ?? 0) > 0))]
  } catch (error) {
    return [secret, bad('Stripe', describeError(error), 'Look at status.stripe.com, then try again.')]
  }
}

/** Test and live never mix: with the wrong key, all that comes in would be passed over in silence. */
function checkMode({ stripe, databasePath }: Settings): Finding[] {
  const key = /^[sr]k_(test|live)_/.exec(stripe.secretKey ?? '')?.[1]
  const pinned = readStripeMode(databasePath)
  if (key === undefined || pinned === null || key === pinned) return []
  const message = `the key is of ${key} mode, but the database holds payments of ${pinned} mode`
  return [
    bad('Stripe: mode', message, `Set STRIPE_SECRET_KEY to the ${pinned} key, or DATABASE_PATH to another database`),
  ]
}

/** Nobody should wonder why a code does not come. */
const waitingRewards = (program: Program | null): string =>
  program?.rewards.some(({ fulfil: { kind } }) => kind === 'promotion_code' || kind === 'credit')
    ? '. Rewards that Stripe makes stay on their way until it is'
    : ''

function withoutKey(program: Program | null): Finding {
  const name = 'Stripe: key'
  const fix = 'Copy the secret key from https://dashboard.stripe.com/apikeys to STRIPE_SECRET_KEY'
  const message =
    program !== null && programNeedsItems(program)
      ? 'not set, but the program’s rules look at products: their points wait as pending'
      : 'not set: the customers of guests and invoices cannot be looked up, and nothing can be compared'
  return bad(name, `${message}${waitingRewards(program)}`, fix)
}
