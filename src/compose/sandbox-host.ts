// What the sandbox needs of the machine it runs on. Loaded by the Node host alone, where nothing is connected.
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SandboxHost } from '../../integrations/sandbox/sandbox.ts'
import type { Clock, Logger } from '../app/ports.ts'
import { type Config, parseConfig } from '../config.ts'
import type { Program } from '../program/schema.ts'
import { loadProgram } from './load-program.ts'
import { worldPathOf } from './sandbox-path.ts'
import { openSandboxServer, type SandboxServerParts } from './sandbox-server.ts'

export interface SandboxMachine {
  config: Config
  /** The sandbox's own. */
  databasePath: string
  program: Program
  clock: Clock
  logger: Logger
  remoteAddress: SandboxServerParts['remoteAddress']
}

const PRESETS = new URL('../program/presets/', import.meta.url)

export function sandboxHost({
  config,
  databasePath,
  program,
  clock,
  logger,
  remoteAddress,
}: SandboxMachine): SandboxHost {
  return {
    openServer: async ({ program, staff, variables, clock, watch }) => {
      const parsed = parseConfig({ ...variables, HOST: config.host, PORT: String(config.port) })
      if (!parsed.ok) throw new Error(parsed.problems.join('\n'))
      const { apiKeys, logLevel } = config
      const own = { ...parsed.config, databasePath, apiKeys, logLevel }
      return openSandboxServer({ databasePath, program, staff, config: own, clock, logger, watch, remoteAddress })
    },
    dropDatabase: () => {
      if (databasePath === ':memory:') return
      for (const ending of ['', '-wal', '-shm']) rmSync(`${databasePath}${ending}`, { force: true })
    },
    worldPath: worldPathOf(databasePath),
    now: clock.now,
    logger,
    program,
    presets: listPresets(),
  }
}

function listPresets(): SandboxHost['presets'] {
  const names = readdirSync(PRESETS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
  return names.map((id) => {
    const load = (): Program => {
      const read = loadProgram(fileURLToPath(new URL(`${id}.json`, PRESETS)))
      if (!read.ok) throw new Error(read.problems)
      return read.program
    }
    return { id, name: load().name, load }
  })
}
