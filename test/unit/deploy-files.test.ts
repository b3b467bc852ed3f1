// What deploying reads and changes: wrangler.toml, and the file of variables.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readWranglerToml, withDatabaseId, withoutQueues } from '../../src/cli/deploy-toml.ts'
import { MACHINE_VARIABLES, readVariables, WORKER_VARIABLES, withoutSecrets } from '../../src/cli/deploy-variables.ts'
import { VARIABLE_NAMES } from '../../src/config.ts'
import { newFolder, removeFolder } from '../support/server.ts'

const folder = newFolder()
afterAll(() => removeFolder(folder))

const TOML = `# The name = "not this"
name = "club"   # ours
account_id = 'acc1'

[[d1_databases]]
binding = "DB"
database_name = "club"
preview_database_id = "stays"
  database_id  =  "00000000-0000-0000-0000-000000000000"  # filled in

[[queues.producers]]
binding = "EVENTS"
queue = "club-events"
# one at a time
[[ queues.consumers ]]
queue = "club-events"
dead_letter_queue = "club-events-dead"

[vars]
database_id = "not this"
name = "nor this"
`

describe('wrangler.toml', () => {
  test('is read as far as deploying needs it', () => {
    expect(readWranglerToml(TOML)).toEqual({
      ok: true,
      toml: {
        worker: 'club',
        accountId: 'acc1',
        database: { name: 'club', id: null },
        queues: ['club-events', 'club-events-dead'],
      },
    })
  })

  test('takes an id in its one place', () => {
    const written = withDatabaseId(TOML, 'new-id')
    expect(written).toBe(TOML.replace('00000000-0000-0000-0000-000000000000', 'new-id'))
    expect(readWranglerToml(written)).toMatchObject({ toml: { database: { id: 'new-id' } } })
  })

  test('loses its queues and nothing else', () => {
    const left = withoutQueues(TOML)
    expect(left).not.toMatch(/queue/)
    expect(left).toContain('[vars]\ndatabase_id = "not this"')
    expect(readWranglerToml(left)).toMatchObject({ ok: true, toml: { queues: [], worker: 'club' } })
  })

  test.each([
    ['database_name = "club"', 'no database_name'],
    ['database_id', 'no database_id'],
    ['name = "club"   # ours', 'no name for the Worker'],
  ])('without %s says what it lacks', (line, told) => {
    const lacking = TOML.split('\n')
      .filter((text) => !text.trim().startsWith(line))
      .join('\n')
    expect(readWranglerToml(lacking)).toEqual({ ok: false, problem: expect.stringContaining(told) })
  })
})

describe('variables', () => {
  const read = (text: string) => {
    const file = join(folder, '.env')
    writeFileSync(file, text)
    return readVariables(file)
  }

  test('each that the configuration knows is for the Worker or for the machine', () => {
    expect([...WORKER_VARIABLES, ...MACHINE_VARIABLES].toSorted()).toEqual(VARIABLE_NAMES.toSorted())
  })

  test('are told apart, and what is set to nothing is not set', () => {
    expect(read('API_KEYS=a:b\nSLACK_BOT_TOKEN=\nPORT=1\nCLOUDFLARE_API_TOKEN=x\nEDITOR=vi\nSLACK_BOT_TOKE=y')).toEqual(
      {
        forWorker: { API_KEYS: 'a:b' },
        forMachine: expect.arrayContaining(['PORT', 'CLOUDFLARE_API_TOKEN']),
        misspelt: [{ name: 'SLACK_BOT_TOKE', meant: 'SLACK_BOT_TOKEN' }],
        unknown: ['EDITOR'],
      },
    )
  })

  test('are taken out of what others say: the whole, each of a list, and of an API key the key', () => {
    const forWorker = {
      API_KEYS: 'regulars:firstkey123:admin, till:secondkey456',
      STRIPE_WEBHOOK_SECRET: 'whsec_one,whsec_two',
      LOG_LEVEL: 'regulars',
    }
    const said = 'regulars: firstkey123 secondkey456 whsec_two whsec_one,whsec_two admin'
    expect(withoutSecrets(said, forWorker)).toBe(
      'regulars: (API_KEYS) (API_KEYS) (STRIPE_WEBHOOK_SECRET) (STRIPE_WEBHOOK_SECRET) admin',
    )
  })
})
