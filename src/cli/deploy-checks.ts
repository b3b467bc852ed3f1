// What is looked at before anything is changed: the program, the variables, whether the code makes a bundle, and who is logged in.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { formatProblems } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import type { Backend, Settings } from './backend.ts'
import type { Deployment } from './command.ts'
import type { WranglerToml } from './deploy-toml.ts'
import { type DeployVariables, readVariables } from './deploy-variables.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { describeError } from './failures.ts'
import { plural, size } from './format.ts'
import { readProgramFile } from './program-check.ts'
import { jsonOf, saidBy } from './wrangler.ts'

/** The one in the bundle, whatever PROGRAM_FILE says. */
export const PROGRAM_FILE = 'program.json'

export function checkBundledProgram(root: string): { finding: Finding; program: Program | null } {
  const name = 'Program'
  try {
    const { program, problems } = readProgramFile(join(root, PROGRAM_FILE))
    if (program !== null && problems.length === 0)
      return { finding: good(name, `${program.name}, of ${PROGRAM_FILE}`), program }
    const told = formatProblems(problems).replaceAll('\n', '\n    ')
    return {
      finding: bad(name, `${PROGRAM_FILE} is not right\n    ${told}`, 'npx regulars program check'),
      program: null,
    }
  } catch (error) {
    return { finding: bad(name, describeError(error), 'npx regulars init'), program: null }
  }
}

export interface CheckedVariables {
  findings: Finding[]
  variables: DeployVariables | null
  settings: Settings | null
}

/** The file, its names, and what the Worker would make of their values. */
export function checkVariables(file: string, read: Backend['readVariables']): CheckedVariables {
  if (!existsSync(file)) {
    const fix = `Write your variables into ${file}, as NAME=value (README, Going live), or name another file with --env`
    return { findings: [bad('Variables', `there is no ${file}`, fix)], variables: null, settings: null }
  }
  const variables = readVariables(file)
  const names = checkNames(file, variables)
  const parsed = read({ ...variables.forWorker, NODE_ENV: 'production' })
  if (!parsed.ok) {
    const wrong = parsed.problems.map((problem) => {
      const [name = 'Variables', ...rest] = problem.split(' ')
      return bad(name, rest.join(' '), `Put it right in ${file}`)
    })
    return { findings: [...names, ...wrong], variables, settings: null }
  }
  const { settings } = parsed
  return { findings: [...names, ...checkSettings(file, variables, settings)], variables, settings }
}

function checkNames(file: string, { forWorker, misspelt, unknown, forMachine }: DeployVariables): Finding[] {
  const wrong = misspelt.map(({ name, meant }) =>
    bad(
      'Variables',
      `${name} in ${file} is none that Regulars knows`,
      meant === null ? 'Take it out' : `Did you mean ${meant}?`,
    ),
  )
  if (wrong.length > 0) return wrong
  const left = forMachine.length === 0 ? '' : `; of this machine, not for a Worker: ${forMachine.join(', ')}`
  const strange = unknown.length === 0 ? '' : `; left out, unknown here: ${unknown.join(', ')}`
  return [
    good(
      'Variables',
      `${plural(Object.keys(forWorker).length, 'variable')} for the Worker in ${file}${left}${strange}`,
    ),
  ]
}

function checkSettings(file: string, { forMachine }: DeployVariables, settings: Settings): Finding[] {
  const { stripe, hubspot, slack, apiKeys, warnings } = settings
  const findings = warnings.map((warning) => bad('API keys', warning, 'openssl rand -hex 24, and put it into API_KEYS'))
  if (apiKeys.length === 0)
    findings.push(
      good('API keys', 'none: every call of the API is answered 401. API_KEYS=admin:$(openssl rand -hex 24):admin'),
    )
  for (const [name, url] of Object.entries({ STRIPE: stripe.apiUrl, HUBSPOT: hubspot.apiUrl, SLACK: slack.apiUrl })) {
    if (url !== null && isHere(url)) {
      const variable = `${name}_API_URL`
      findings.push(
        bad(variable, 'is an address on this machine, which no Worker reaches', `Take ${variable} out of ${file}`),
      )
    }
  }
  if (forMachine.includes('PROGRAM_FILE'))
    findings.push(good('Program', `a Worker has ${PROGRAM_FILE} in it, whatever PROGRAM_FILE says`))
  return [...findings, checkCredentials(file, settings)]
}

const isHere = (url: string): boolean => /^(?:localhost|127\..+|\[::1\]|0\.0\.0\.0)$/.test(new URL(url).hostname)

function checkCredentials(file: string, { stripe, hubspot, slack }: Settings): Finding {
  const name = 'Stripe'
  const mode = /^[sr]k_(test|live)_/.exec(stripe.secretKey ?? '')?.[1]
  if (mode === 'test') return good(name, 'TEST MODE: a deployment for trying out, which no real payment reaches')
  if (mode === 'live') return good(name, 'live mode: real payments become points')
  if (stripe.secretKey !== null) return good(name, 'a key of neither test nor live mode')
  const others = [hubspot.accessToken, hubspot.clientSecret, slack.botToken, slack.signingSecret]
  if (stripe.webhookSecrets.length > 0 || others.some((given) => given !== null))
    return good(name, 'no STRIPE_SECRET_KEY: nothing can be looked up there')
  const fix = `Copy the secret key from https://dashboard.stripe.com/apikeys to STRIPE_SECRET_KEY in ${file}`
  return bad(name, 'there is no credential of any vendor: the Worker would have nothing to do', fix)
}

/** Builds it, without sending it anywhere. */
export async function checkBundle({ wrangler }: Deployment, configured: readonly string[]): Promise<Finding> {
  const answer = await wrangler(['deploy', '--dry-run', ...configured], { discardsBundle: true })
  if (answer.code !== 0)
    return bad(
      'Bundle',
      `wrangler cannot build it:\n${indented(saidBy(answer))}`,
      'Put back what was changed in src: git status, git diff',
    )
  const told = answer.reported.find(({ type }) => type === 'deploy')?.bundle_size
  return good('Bundle', isSize(told) ? `${size(told.raw_bytes)}, ${size(told.gzip_bytes)} compressed` : 'builds')
}

const isSize = (told: unknown): told is { raw_bytes: number; gzip_bytes: number } =>
  typeof told === 'object' && told !== null && 'raw_bytes' in told && 'gzip_bytes' in told

export const indented = (text: string): string => text.replaceAll(/^/gm, '    ')

const LOGIN =
  'npx wrangler login. Where no browser is: CLOUDFLARE_API_TOKEN, made from the template “Edit Cloudflare Workers” with D1 and Queues added'

/** Who is logged in, and that it is clear in whose account everything will be. */
export async function checkLogin(
  { wrangler, accountId }: Deployment,
  toml: WranglerToml,
): Promise<{ finding: Finding; account: Account | null }> {
  const name = 'Cloudflare'
  const answer = await wrangler(['whoami', '--json'])
  const told = jsonOf(answer)
  if (answer.code !== 0 || !isLogin(told)) {
    const said = told === undefined ? `:\n${indented(saidBy(answer))}` : ''
    return { finding: bad(name, `nobody is logged in${said}`, LOGIN), account: null }
  }
  const chosen = toml.accountId ?? accountId
  const [only, ...more] = chosen === null ? told.accounts : told.accounts.filter(({ id }) => id === chosen)
  if (only === undefined) {
    const what = chosen === null ? 'this login has no account' : `this login has no account ${chosen}`
    return { finding: bad(name, what, LOGIN), account: null }
  }
  if (more.length > 0) {
    const list = [only, ...more].map((account) => `\n    ${account.id}  ${account.name}`).join('')
    return {
      finding: bad(name, `several accounts:${list}`, 'Say which: CLOUDFLARE_ACCOUNT_ID=… in .env'),
      account: null,
    }
  }
  const who = told.email === undefined ? 'by a token' : `as ${told.email}`
  return { finding: good(name, `logged in ${who}, account ${only.name} (${only.id})`), account: only }
}

export interface Account {
  id: string
  name: string
}

interface Login {
  email?: string
  accounts: Account[]
}

const isLogin = (told: unknown): told is Login =>
  typeof told === 'object' && told !== null && 'accounts' in told && Array.isArray(told.accounts)
