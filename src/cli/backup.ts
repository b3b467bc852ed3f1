// A copy of the database as of one moment, while the server works; looked at before it is called one.
import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { defineCommand } from './command.ts'
import { databaseExists, openDatabaseFile } from './database-file.ts'
import { Failure } from './failures.ts'
import { plural, size } from './format.ts'
import { settingsOf, withApp } from './settings.ts'

/** It holds people's addresses. */
const OWNER_ONLY = 0o600

export const command = defineCommand({
  name: 'backup',
  summary: 'Copies the database while the server works',
  about: ['The copy is as of one moment. It is checked before it gets its name.'],
  arguments: [{ name: 'FILE', about: 'where to; refused when it is there already' }],
  options: {},
  examples: ['backup backups/2026-11-22.db'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const [file = ''] = asked.arguments
    if (existsSync(file)) throw new Failure(`${file} is there already. A backup never replaces another.`)
    if (!databaseExists(settings.databasePath)) throw new Failure(`there is no database at ${settings.databasePath}.`)
    await mkdir(dirname(file), { recursive: true })
    const partial = `${file}.partial`
    try {
      await rm(partial, { force: true })
      await withApp(context, settings, (_, { backupTo }) => backupTo(partial))
      const members = check(partial)
      await chmod(partial, OWNER_ONLY)
      await rename(partial, file)
      const { size: bytes } = await stat(file)
      await context.stdout.line(`Wrote ${file}: ${size(bytes)}, ${plural(members, 'member')}, checked.`)
    } finally {
      await rm(partial, { force: true })
    }
    return 0
  },
})

/** Opens the copy as whoever restores it would. @throws Failure when it is not whole */
function check(path: string): number {
  const copy = openDatabaseFile(path)
  try {
    const found = copy.quickCheck()
    if (found !== 'ok') throw new Failure(`the copy is not whole (${found}), so it was removed.`)
    return copy.members()
  } finally {
    copy.close()
  }
}
