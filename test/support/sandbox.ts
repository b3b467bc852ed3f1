// The whole sandbox in this process: the real server between the three doubles, on a clock that tests turn by hand.
import { openSandbox, type Sandbox, type SandboxHost } from '../../integrations/sandbox/sandbox.ts'
import type { Logger } from '../../src/app/ports.ts'
import { sandboxHost } from '../../src/compose/sandbox-host.ts'
import { parseConfig } from '../../src/config.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import { levels, makeProgram } from './programs.ts'

export interface SandboxOptions {
  program?: Partial<ProgramInput>
  databasePath?: string
  now?: number
  logger?: Logger
  over?: Partial<SandboxHost>
  /** As in `API_KEYS`. */
  apiKeys?: string
  remoteAddress?: () => string
}

export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export const REWARDS: NonNullable<ProgramInput['rewards']> = [
  { id: 'coffee', name: 'A coffee on us', cost: 100, fulfil: { kind: 'manual', instructions: 'Make it' } },
  { id: 'five-off', name: '$5 off', cost: 200, fulfil: { kind: 'promotion_code', amountOff: 5 } },
  { id: 'big', name: '$50 off', cost: 2_000, fulfil: { kind: 'promotion_code', amountOff: 50 } },
]

export async function openTestSandbox({
  program = {},
  databasePath = ':memory:',
  now = Date.UTC(2026, 10, 22, 17),
  logger = silent,
  over = {},
  apiKeys = '',
  remoteAddress = () => '127.0.0.1',
}: SandboxOptions = {}): Promise<{ sandbox: Sandbox; machine: { at: number }; host: SandboxHost }> {
  const machine = { at: now }
  const parsed = parseConfig({ DATABASE_PATH: databasePath, API_KEYS: apiKeys })
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
  const tiers = { levels: levels(['bronze', 0], ['gold', 500]) }
  const host: SandboxHost = {
    ...sandboxHost({
      config: parsed.config,
      databasePath,
      program: makeProgram({ name: 'Corner Club', tiers, rewards: REWARDS, ...program }),
      clock: { now: () => machine.at },
      logger,
      remoteAddress,
    }),
    ...over,
  }
  return { sandbox: await openSandbox(host), machine, host }
}
