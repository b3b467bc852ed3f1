// What a deployment says of itself: the plan before it asks, the steps of a dry run, and what to do next.
import type { DeployAsked } from './deploy.ts'
import { PAUSED, TOML, type Wanted } from './deploy-steps.ts'
import type { There } from './deploy-there.ts'
import type { WranglerToml } from './deploy-toml.ts'
import type { DeployVariables } from './deploy-variables.ts'
import { type Output, paint } from './output.ts'

export interface Plan {
  asked: DeployAsked
  toml: WranglerToml
  there: There
  variables: DeployVariables | null
}

const listOf = (names: readonly string[]): string => names.join(', ')

export async function tellPlan(stdout: Output, { asked, toml, there, variables }: Plan): Promise<void> {
  const lines = [
    `Database ${toml.database.name}: ${there.databaseId === null ? 'will be made' : 'is there'}`,
    ...(asked.withQueue ? queueLines(toml, there) : ['Queues: left out']),
    'Migrations: those that are missing, before the new code runs',
    `Worker ${toml.worker}: ${there.secrets === null ? 'will be made' : 'gets the new code'}${asked.isPaused ? ', paused' : ''}`,
    ...(variables === null ? ['Secrets: stay as they are on the Worker'] : secretLines(variables, there)),
  ]
  await stdout.line(`\n${paint(stdout, 'bold', 'What will be done')}`)
  for (const line of lines) await stdout.line(`  ${line}`)
}

function queueLines({ queues }: WranglerToml, { missingQueues }: There): string[] {
  const there = queues.filter((name) => !missingQueues.includes(name))
  return [
    ...(missingQueues.length > 0 ? [`Queues that will be made: ${listOf(missingQueues)}`] : []),
    ...(there.length > 0 ? [`Queues that are there: ${listOf(there)}`] : []),
  ]
}

/** Names alone. Cloudflare tells nobody a value, so what is set already is set again. */
function secretLines({ forWorker }: DeployVariables, { secrets }: There): string[] {
  const names = Object.keys(forWorker)
  const fresh = names.filter((name) => secrets?.includes(name) !== true)
  const again = names.filter((name) => secrets?.includes(name) === true)
  const kept = (secrets ?? []).filter((name) => !names.includes(name))
  return [
    ...(fresh.length > 0 ? [`Secrets, new: ${listOf(fresh)}`] : []),
    ...(again.length > 0 ? [`Secrets, set already and set again: ${listOf(again)}`] : []),
    ...(kept.length > 0
      ? [`Secrets that stay, though not in the file: ${listOf(kept)} (npx wrangler secret delete NAME)`]
      : []),
  ]
}

interface Here {
  toml: WranglerToml
  variables: DeployVariables | null
}

/** Every step in its order, as the commands one could type. */
export async function tellSteps(stdout: Output, asked: DeployAsked, { toml, variables }: Here): Promise<void> {
  const { name, id } = toml.database
  const queues = toml.queues.flatMap((queue) => [
    `npx wrangler queues info ${queue}: where it is missing, queues create ${queue}`,
  ])
  const names = Object.keys(variables?.forWorker ?? {})
  const steps = [
    'npx wrangler whoami: who is logged in, and to which account',
    `npx wrangler d1 list: where ${name} is missing, d1 create ${name}${id === null ? `, and its id into ${TOML}` : ''}`,
    ...(asked.withQueue ? queues : []),
    `npx wrangler secret list: which are new${names.length === 0 ? '' : `; then asks whether to set ${listOf(names)}`}`,
    `npx wrangler d1 migrations apply ${name} --remote`,
    `npx wrangler deploy${asked.isPaused ? ` ${PAUSED.join(' ')}` : ''}${asked.withQueue ? '' : ', without the queues'}${names.length === 0 ? '' : ', with the secrets'}`,
    'a look at the address that it then has, as by: npx regulars doctor --url',
  ]
  await stdout.line('\nWhat a run would do, in this order. Nothing outside this machine was called.')
  for (const [index, step] of steps.entries()) await stdout.line(`  ${index + 1}. ${step}`)
}

export interface Ending {
  url: string | null
  wanted: Wanted
  isWell: boolean
}

export async function tellNext(stdout: Output, { url, wanted, isWell }: Ending): Promise<void> {
  const heading = isWell ? 'It runs' : 'Deployed, but not all is as it should be'
  await stdout.line(`\n${paint(stdout, 'bold', `${heading}${url === null ? '.' : `: ${url}`}`)}`)
  if (wanted.isPaused)
    await stdout.line('Paused: it takes nothing until it is deployed without --paused: npm run deploy')
  if (url !== null) {
    await stdout.line('Next:')
    for (const line of nextSteps(url, wanted)) await stdout.line(`  ${line}`)
  }
  await stdout.line(
    'Its log: npx wrangler tail · the version before: npx wrangler rollback · up to date again: npm run deploy',
  )
}

function nextSteps(url: string, { there, secrets }: Wanted): string[] {
  const isSet = (name: string) => secrets?.[name] !== undefined || there.secrets?.includes(name) === true
  const again = 'put what it says into the file of variables, then: npm run deploy'
  return [
    ...(isSet('STRIPE_WEBHOOK_SECRET')
      ? [`npx regulars setup stripe --url ${url}   when the address is new`]
      : [`npx regulars setup stripe --url ${url}   makes the webhook endpoint: ${again}`]),
    ...(isSet('HUBSPOT_ACCESS_TOKEN') ? ['npx regulars setup hubspot   makes the contact properties'] : []),
    ...(isSet('SLACK_BOT_TOKEN') || isSet('SLACK_SIGNING_SECRET')
      ? [`npx regulars setup slack --url ${url}   what to do at Slack, with this address filled in`]
      : [`npx regulars setup slack --url ${url}   should Slack be wanted: ${again}`]),
    `npx regulars doctor --url ${url}   looks at everything, Stripe’s endpoint included`,
  ]
}
