// The doctor's looks at what surrounds the database: Node, the program, the port, the keys of the API.
import { createServer } from 'node:net'
import { formatProblems } from '../program/problems.ts'
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { describeError } from './failures.ts'
import { count } from './format.ts'
import { readProgramFile } from './program-check.ts'
import { compare, describeStanding } from './program-standing.ts'
import { healthOf, localUrl } from './server.ts'

const NODE_MAJOR_NEEDED = 26

export function checkNode(version: string): Finding {
  const major = Number.parseInt(version.replace(/^v/, ''), 10)
  return major >= NODE_MAJOR_NEEDED
    ? good('Node', version)
    : bad('Node', `${version} is too old: ${NODE_MAJOR_NEEDED} is needed`, 'npm ci')
}

export async function checkProgram(settings: Settings): Promise<{ finding: Finding; program: Program | null }> {
  const name = 'Program'
  try {
    const { program, problems } = readProgramFile(settings.programFile)
    if (program === null || problems.length > 0) {
      const [first = ''] = formatProblems(problems).split('\n')
      const more = problems.length > 1 ? ` (and ${count(problems.length - 1)} more)` : ''
      return { finding: bad(name, `${first}${more}`, 'npx regulars program check'), program }
    }
    const standing = await compare(program, settings).then(describeStanding, () => '')
    return { finding: good(name, `${program.name}. ${standing}`.trim()), program }
  } catch (error) {
    return { finding: bad(name, describeError(error), 'npx regulars init'), program: null }
  }
}

/** A server of ours there is as good as a port that is free. */
export async function checkPort(context: Context, settings: Settings): Promise<Finding> {
  const url = localUrl(settings)
  if (settings.port === 0) return good('Port', 'any that is free')
  const health = await healthOf(context, url)
  if (health === 'alive') return good('Server', `answers at ${url}`)
  const fix = 'Set PORT to another'
  if (health === 'stranger') return bad('Port', `another program answers at ${url}`, fix)
  const reason = await tryListening(settings)
  if (reason === null) return good('Port', `${settings.port} is free; the server is not running`)
  return bad('Port', `${settings.host}:${settings.port} cannot be listened on (${reason})`, fix)
}

function tryListening({ host, port }: Settings): Promise<string | null> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => done(null)))
  })
}

export function checkKeys({ apiKeys, warnings, local }: Settings): Finding[] {
  const name = 'API keys'
  const weak = warnings.map((warning) => bad(name, warning, 'openssl rand -hex 24, and put it into API_KEYS'))
  if (weak.length > 0) return weak
  if (apiKeys.length > 0) return [good(name, apiKeys.map((key) => `${key.name} (${key.scope})`).join(', '))]
  if (local) return [good(name, 'none: the API answers 401, which is fine in the sandbox')]
  return [bad(name, 'none is set, so the API answers 401', 'API_KEYS=admin:$(openssl rand -hex 24):admin')]
}
