// The doctor's looks at the database: the disk it is on, the file, and what in it waits for a person.
import { constants, existsSync } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import { type DatabaseFile, databaseExists, openDatabaseFile } from './database-file.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { checkLook } from './doctor-look.ts'
import { describeError } from './failures.ts'
import { count, plural, size } from './format.ts'

/** Below this, a busy day may fill the disk before anybody looks. */
const FREE_BYTES_NEEDED = 512 * 1024 * 1024

export async function checkDisk({ databasePath }: Settings): Promise<Finding[]> {
  if (databasePath === ':memory:')
    return [bad('Database', 'is kept in memory and lost at the end', 'Set DATABASE_PATH')]
  const folder = existingFolder(databasePath)
  const targets = [folder, ...(existsSync(databasePath) ? [databasePath] : [])]
  const findings: Finding[] = []
  for (const target of targets) {
    const writable = await access(target, constants.W_OK).then(
      () => true,
      () => false,
    )
    if (!writable) findings.push(bad('Database', `${target} cannot be written to`, `chmod u+w ${target}`))
  }
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const room = `${size(free)} free`
  findings.push(
    free >= FREE_BYTES_NEEDED
      ? good('Disk', room)
      : bad('Disk', `only ${room}`, `Make room on the disk of ${folder}, or move the database with DATABASE_PATH`),
  )
  return findings
}

/** The nearest folder above that exists: the others are made when the server starts. */
function existingFolder(path: string): string {
  const folder = dirname(resolve(path))
  return existsSync(folder) || folder === dirname(folder) ? folder : existingFolder(folder)
}

export function checkDatabase(
  settings: Settings,
  migrations: readonly string[],
  program: Program | null,
  now: number,
): Finding[] {
  const { databasePath } = settings
  if (!databaseExists(databasePath)) {
    return databasePath === ':memory:' ? [] : [good('Database', `${databasePath} will be made at the first start`)]
  }
  try {
    const file = openDatabaseFile(databasePath)
    try {
      return [...checkFile(file, databasePath, migrations), ...checkContent(file, program, now)]
    } finally {
      file.close()
    }
  } catch (error) {
    const fix = 'Put back the newest backup: stop the server, copy it there, start the server'
    return [bad('Database', `${databasePath}: ${describeError(error)}`, fix)]
  }
}

function checkFile(file: DatabaseFile, path: string, migrations: readonly string[]): Finding[] {
  const found = file.quickCheck()
  if (found !== 'ok') {
    const fix = 'Put back the newest backup: stop the server, copy it there, start the server'
    return [bad('Database', `${path} is damaged: ${found}`, fix)]
  }
  const applied = new Set(file.migrations())
  const missing = migrations.filter((name) => !applied.has(name))
  const unknown = [...applied].filter((name) => !migrations.includes(name))
  if (unknown.length > 0)
    return [bad('Database', `is newer than this version: ${unknown.join(', ')}`, 'git pull && npm ci')]
  if (missing.length > 0) return [bad('Database', `lacks ${missing.join(', ')}`, 'Restart the server: npm start')]
  return [good('Database', `${path} is whole and up to date, ${plural(file.members(), 'member')}`)]
}

function checkContent(file: DatabaseFile, program: Program | null, now: number): Finding[] {
  if (file.migrations().length === 0) return []
  return [...checkWaiting(file), ...checkPayments(file, program), ...checkLook(file, now)]
}

function checkWaiting(file: DatabaseFile): Finding[] {
  const { inboxParked, outboxParked, outboxWaiting } = file.waiting()
  const inbox =
    inboxParked === 0
      ? good('Inbox', 'every event was understood')
      : bad(
          'Inbox',
          `${plural(inboxParked, 'event')} could not be understood and ${inboxParked === 1 ? 'is' : 'are'} kept`,
          'After an update: POST /api/v1/inbox/{id}/retry for each of GET /api/v1/inbox',
        )
  const outbox =
    outboxParked === 0
      ? good('Outbox', outboxWaiting === 0 ? 'nothing waits' : `${count(outboxWaiting)} waiting`)
      : bad(
          'Outbox',
          `${plural(outboxParked, 'delivery', 'deliveries')} refused by a vendor`,
          'See why with GET /api/v1/outbox, then: POST /api/v1/outbox/{id}/retry',
        )
  return [inbox, outbox]
}

function checkPayments(file: DatabaseFile, program: Program | null): Finding[] {
  const { withoutPerson, byCurrency } = file.payments()
  const people =
    withoutPerson === 0
      ? good('Payments', 'each has a customer or an e-mail address')
      : bad(
          'Payments',
          `${plural(withoutPerson, 'payment')} without customer or e-mail address: nobody gets the points`,
          'At Stripe, have the checkout collect e-mail addresses (customer_creation=always)',
        )
  if (program === null) return [people]
  const unlisted = byCurrency.filter(({ currency }) => currency !== null && !isListed(program, currency))
  if (unlisted.length === 0) return [people]
  const told = unlisted.map(({ currency, payments }) => `${plural(payments, 'payment')} in ${currency}`).join(', ')
  const example = unlisted[0]?.currency ?? 'eur'
  const fix = `In the program, say what they are worth: "currencies": {"${example}": {"per": …}} in an earning rule`
  return [people, bad('Currencies', `${told} earned nothing, the program does not list them`, fix)]
}

const isListed = ({ currency, earning }: Program, code: string): boolean =>
  code === currency || earning.some((rule) => rule.on === 'purchase' && Object.hasOwn(rule.currencies, code))
