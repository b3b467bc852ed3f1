// Members or their history as CSV, a slice at a time, so that its size does not matter.
import { open, rename, rm } from 'node:fs/promises'
import type { App, LedgerLine, MemberView } from '../app/ports.ts'
import { formatDecimal } from './amounts.ts'
import { type Context, defineCommand } from './command.ts'
import { type Cell, csvLine, textCell } from './csv-write.ts'
import { Failure, UsageError } from './failures.ts'
import { plural } from './format.ts'
import { createProgress } from './progress.ts'
import { settingsOf, withApp } from './settings.ts'

const MEMBERS_IN_SLICE = 200
/** It holds people's addresses. */
const OWNER_ONLY = 0o600

const WHAT = ['members', 'ledger'] as const
type What = (typeof WHAT)[number]

export const command = defineCommand({
  name: 'export',
  summary: 'Writes members or the ledger as CSV, or everything for another host',
  about: [
    'Money is in major units, times in UTC. Text that a spreadsheet would run as a formula begins with an apostrophe.',
    'With --all, every row of the database goes into one file, for: import --all. Stop the server first, or pause it with',
    'REGULARS_PAUSED=1 (a Worker: npm run deploy -- --paused). The file holds personal data.',
  ],
  arguments: [{ name: 'WHAT', about: 'members (default) or ledger', isOptional: true }],
  options: {
    out: { value: 'FILE', about: 'where to (default: standard output); with --all packed where it ends in .gz' },
    all: { about: 'everything, to be moved to another host' },
    from: { value: 'URL', about: 'with --all: from this host, by the key of scope admin in API_KEYS' },
    copy: { about: 'with --all: though its host is at work, for a trial' },
  },
  examples: [
    'export members --out members.csv',
    'export ledger > ledger.csv',
    'export --all --out move.ndjson.gz',
    'export --all --from https://regulars.example.workers.dev --out move.ndjson.gz',
  ],
  async run(asked, context) {
    if (asked.flag('all')) {
      if (asked.arguments.length > 0) throw new UsageError(`--all is everything, not ${asked.arguments[0]} alone`)
      const { exportAll } = await import('./export-all.ts')
      return exportAll(context, { out: asked.text('out'), from: asked.text('from'), isCopy: asked.flag('copy') })
    }
    if (asked.flag('copy') || asked.text('from') !== undefined) throw new UsageError('--from and --copy go with --all')
    const [given = 'members'] = asked.arguments
    const what = WHAT.find((one) => one === given)
    if (what === undefined) throw new UsageError(`"${given}" cannot be exported: there is members and ledger`)
    return withApp(context, settingsOf(context), (app) => write(context, app, what, asked.text('out')))
  },
})

async function write(context: Context, app: App, what: What, file: string | undefined): Promise<number> {
  const { stdout, stderr } = context
  const total = (await app.stats()).members
  const progress = createProgress(context, 'Exporting', 'members')
  const lines = exportLines(app, what, (done) => progress.update(done, Math.max(done, total)))
  let rows = -1
  if (file === undefined) {
    for await (const line of lines) {
      if (stdout.isClosed) break
      await stdout.write(line)
      rows++
    }
  } else rows += await writeFile(file, lines)
  progress.end()
  if (file !== undefined) {
    await stderr.line(`Wrote ${file}: ${plural(rows, what === 'members' ? 'member' : 'line')}.`)
  }
  return 0
}

/** Under another name until it is whole. Answers how many lines it has. */
async function writeFile(file: string, lines: AsyncIterable<string>): Promise<number> {
  const partial = `${file}.partial`
  const handle = await open(partial, 'w', OWNER_ONLY)
  let count = 0
  try {
    for await (const line of lines) {
      await handle.write(line)
      count++
    }
    await handle.close()
    await rename(partial, file)
  } catch (error) {
    await handle.close().catch(() => {})
    await rm(partial, { force: true })
    throw error
  }
  return count
}

type Exporting = Pick<App, 'listMembers' | 'exportLedger'>

/** The header, then a line for each row. */
export async function* exportLines(
  app: Exporting,
  what: What,
  onMembers: (done: number) => void,
): AsyncGenerator<string> {
  yield csvLine(what === 'members' ? MEMBER_COLUMNS : LEDGER_COLUMNS)
  let done = 0
  if (what === 'members')
    for await (const member of allMembers(app)) {
      yield csvLine(memberCells(member))
      onMembers(++done)
    }
  else
    for (let after: string | null = ''; after !== null; ) {
      // Newest first within a member, as the ledger is read everywhere.
      const slice: Awaited<ReturnType<App['exportLedger']>> = await app.exportLedger(after)
      for (const line of slice.lines) yield csvLine(entryCells(line))
      done += slice.members
      onMembers(done)
      after = slice.next
    }
}

async function* allMembers({ listMembers }: Pick<App, 'listMembers'>): AsyncGenerator<MemberView> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listMembers({ limit: MEMBERS_IN_SLICE, ...(cursor !== undefined && { cursor }) })
    if (!page.ok) throw new Failure(`the members could not be read: ${page.message}.`)
    yield* page.value.items
    cursor = page.value.next
  }
}

const MEMBER_COLUMNS = (
  'id email name phone birthday language status enrolled_at tier points pending reserved earned redeemed expired ' +
  'spend currency purchases last_purchase_at referral_code'
).split(' ')

function memberCells(member: MemberView): Cell[] {
  const { points, spend, tier } = member
  return [
    member.id,
    textCell(member.email),
    textCell(member.name),
    textCell(member.phone),
    member.birthday,
    textCell(member.language),
    member.status,
    member.enrolledAt,
    textCell(tier?.name ?? null),
    points.available,
    points.pending,
    points.reserved,
    points.earned,
    points.redeemed,
    points.expired,
    formatDecimal(spend.total, spend.currency),
    spend.currency,
    member.purchases,
    member.lastPurchaseAt,
    member.referralCode,
  ]
}

const LEDGER_COLUMNS = 'member email seq at recorded_at kind points balance code reason source actor note'.split(' ')

const entryCells = ({ member, email, entry }: LedgerLine): Cell[] => [
  member,
  textCell(email),
  entry.seq,
  entry.at,
  entry.recordedAt,
  entry.kind,
  entry.points,
  entry.balance,
  entry.code,
  textCell(entry.reason),
  textCell(entry.source),
  textCell(entry.actor),
  textCell(entry.note),
]
