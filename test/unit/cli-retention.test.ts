// `regulars retention` and the two reports on the command line: the page, the files, what is said where there is nothing.
import { describe, expect, test } from 'vitest'
import type { AlertView, App } from '../../src/app/ports.ts'
import type { CohortsReport, RetentionReport } from '../../src/app/reports/shapes.ts'
import { columnsThatFit, triangle } from '../../src/cli/cohort-tables.ts'
import { tableLines } from '../../src/cli/table.ts'
import { runInMemory } from '../support/cli-context.ts'
import { lapse } from '../support/http-fake-app.ts'
import { reports } from '../support/reports.ts'

const widest = (out: string): number => Math.max(...out.split('\n').map((line) => line.length))
const lines = (out: string): string[] => out.split('\r\n').filter((line) => line !== '')

/** An app that answers other reports, or other alerts. */
function answering(
  over: Partial<{ retention: RetentionReport; cohorts: CohortsReport; alerts: AlertView[] }>,
): Partial<App> {
  const { alerts } = over
  return {
    report: async (name) => ({ ok: true, value: { ...reports, ...over }[name] as never }),
    ...(alerts && { listAlerts: async () => ({ ok: true, value: { items: alerts, next: null } }) }),
  }
}

/** Twelve cohorts, each a month shorter than the one before. */
function year(): CohortsReport {
  const cohorts = Array.from({ length: 12 }, (_, n) => ({
    month: `2026-${String(n + 1).padStart(2, '0')}`,
    customers: 12_345,
    orders: 1,
    spend: 1,
    cells: Array.from({ length: 12 - n }, (_cell, since) => ({
      since,
      customers: 1,
      share: since === 0 ? 1 : 0.5 / since,
      orders: 1,
      spend: 1,
      complete: since < 11 - n,
    })),
  }))
  return { ...reports.cohorts, cohorts, averages: [] }
}

describe('retention', () => {
  test('shows the figures, the triangle and the alerts, most at stake first', async () => {
    const { code, out, calls, opened } = await runInMemory(['retention', '--from', '2026-10', '--currency', 'usd'])
    expect([code, opened]).toEqual([0, [{ leaveNoFile: true }]])
    expect(calls).toContainEqual(['report', 'cohorts', { from: '2026-10', currency: 'usd' }, expect.any(Function)])
    expect(calls).toContainEqual(['report', 'retention', { from: '2026-10' }, expect.any(Function)])
    expect(calls).toContainEqual(['listAlerts', { limit: 10 }])
    expect(out).toMatchInlineSnapshot(`
      "Key figures
                              value  what it is
        customers                 4  bought 2026-10-01 to 2026-11-22 (53 days)
        retention            75.0 %  of 4 who bought 2026-08-09 to 2026-09-30
        churn                25.0 %  1 − retention
        repeat rate          50.0 %  had bought at least twice by then; 1 new
        frequency               1.5  purchases by customer
        days between           21.5  median; mean 30.3
        spend JPY            ¥5,000  net of refunds
        average order JPY    ¥5,000  spend by purchase
        lifetime value JPY   ¥5,000  so far, by customer who ever bought
        spend USD           $100.00  net of refunds
        average order USD    $20.00  spend by purchase
        lifetime value USD   $40.00  so far, by customer who ever bought
        still to come       $123.45  expected, by customer
        subscriptions             9  running now
        ended                10.0 %  of those that ran as the span began
        NPS                      50  of 10 answers, too few to mean much

      Customers who bought again, in % of their cohort, by months since the first
        cohort   size    0    1
        2026-10     4  100   25*
        2026-11     0
        average     4  100
      * the month is not over yet.
      2 customers of 6 first bought before these months: --from.
      These paid in USD; for others: --currency EUR.

      Open alerts, the most at stake first
        $412.00  overdue: Ada Lovelace, Gold
                 Usually buys every 3 weeks; it has been 9. Suggested: $5 off, for 500
                 of their points.
        … 1 of 3; all that wait: npx regulars retention --alerts
      "
    `)
  })

  test('a year’s triangle fits into 80 columns, its figures below each other', async () => {
    const { out } = await runInMemory(['retention'], { app: answering({ cohorts: year() }) })
    expect(widest(out)).toBeLessThanOrEqual(100)
    const rows = tableLines(triangle(year(), columnsThatFit(80)), 'usd')
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(80)
    expect(rows[1]).toMatch(/^ {2}2026-01 {3}12,345 {2}100 {3}50 {3}25 {3}17 /)
    expect(rows[12]).toMatch(/^ {2}2026-12 {3}12,345 {2}100\*$/)
    // Fewer of them in a narrower window; the file has all.
    const narrow = tableLines(triangle(year(), columnsThatFit(60)), 'usd')
    expect(Math.max(...narrow.map((row) => row.length))).toBeLessThanOrEqual(60)
  })

  test('says what to do where there are no purchases, and where nobody was looked at yet', async () => {
    const retention: RetentionReport = { ...reports.retention, empty: true, lookedAt: null, alerts: [] }
    const cohorts: CohortsReport = { ...reports.cohorts, empty: true }
    const { code, out } = await runInMemory(['retention'], { app: answering({ retention, cohorts, alerts: [] }) })
    expect(code).toBe(0)
    expect(out).toBe('No purchases yet: they come by Stripe’s webhook, or from its past by npx regulars backfill.\n')
    const unseen: RetentionReport = { ...reports.retention, lookedAt: null, alerts: [] }
    expect((await runInMemory(['retention'], { app: answering({ retention: unseen, alerts: [] }) })).out).toMatch(
      /\nNobody was looked at yet, so there is no model and no alert: npx regulars retention run\.\n$/,
    )
    const looked: RetentionReport = { ...reports.retention, alerts: [] }
    const { out: quiet } = await runInMemory(['retention'], { app: answering({ retention: looked, alerts: [] }) })
    expect(quiet).toMatch(/\nNo alert is waiting for anybody\.\n$/)
    const many = reports.retention.alerts.map((line) => ({ ...line, open: 3_308 }))
    const { out: long } = await runInMemory(['retention'], {
      app: answering({ retention: { ...reports.retention, alerts: many } }),
    })
    expect(long).toContain('  … 1 of 3,308; all that wait')
    const other = await runInMemory(['retention', '--currency', 'kwd'], {
      app: answering({ cohorts: { ...cohorts, currency: 'kwd' } }),
    })
    expect(other.out).toContain('No purchases were paid in KWD. There are some in EUR, USD.')
  })

  test('--alerts has all that are open, page by page', async () => {
    const pages: Partial<App> = {
      listAlerts: async ({ cursor, limit }) => ({
        ok: true,
        value: {
          items: [{ ...lapse, id: `alr_${cursor ?? 'first'}`, value: { amount: limit, currency: 'jpy' } }],
          next: cursor === undefined ? 'second' : null,
        },
      }),
    }
    const { out } = await runInMemory(['retention', '--alerts', '--json'], { app: pages })
    expect(JSON.parse(out).map(({ id }: AlertView) => id)).toEqual(['alr_first', 'alr_second'])
    const text = await runInMemory(['retention', '--alerts'], { app: pages })
    expect(text.out).toMatch(/^2 open alerts\n {2}¥100 {2}overdue: Ada Lovelace/)
    const none = await runInMemory(['retention', '--alerts'], { app: answering({ alerts: [] }) })
    expect([none.code, none.out]).toEqual([
      0,
      'No open alerts: they are found at night, or at once by npx regulars retention run.\n',
    ])
    expect(await runInMemory(['retention', '--alerts', '--from', '2026-01'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--alerts takes neither --from'),
    })
  })

  test('names of every script stay whole, and tell neither a terminal nor a spreadsheet what to do', async () => {
    const named = (name: string): AlertView => ({ ...lapse, member: { ...lapse.member, name } })
    const alerts = [named('ቡና አልማዝ'), named('Անահիտ\u001b[2J'), named('=HYPERLINK("x")'), named('Şəhla\nZawadi')]
    const { out } = await runInMemory(['retention', '--alerts'], { app: answering({ alerts }) })
    expect(out).toContain('ቡና አልማዝ, Gold')
    expect(out).toContain('Şəhla Zawadi, Gold')
    expect(out).not.toContain('\u001b')
    const { out: file } = await runInMemory(['retention', '--alerts', '--csv'], { app: answering({ alerts }) })
    expect(file).toContain(`"'=HYPERLINK(""x"")"`)
    expect(file).toMatch(
      /^id,kind,member,name,email,tier,value,currency,opened_at,assignee,reason,suggestion,charge\r\n/,
    )
  })

  test('--csv has a line for each cell of the triangle', async () => {
    const { out } = await runInMemory(['retention', '--csv'])
    expect(lines(out)).toEqual([
      'cohort,cohort_customers,since,customers,share,purchases,spend,currency,complete',
      '2026-10,4,0,4,1,5,110.00,usd,yes',
      '2026-10,4,1,1,0.25,1,10.00,usd,no',
    ])
  })

  test('of a month without a new customer there is no share', async () => {
    const [first] = reports.cohorts.cohorts
    const cell = { since: 0, customers: 0, share: null, orders: 0, spend: 0, complete: true }
    const cohorts = [{ month: '2026-09', customers: 0, orders: 0, spend: 0, cells: [cell] }, ...(first ? [first] : [])]
    const { out } = await runInMemory(['retention', '--csv'], {
      app: answering({ cohorts: { ...reports.cohorts, cohorts } }),
    })
    expect(lines(out)[1]).toBe('2026-09,0,0,0,,0,0.00,usd,yes')
  })

  test('--json has it all, money in major units of its own currency, and points as points', async () => {
    const { out } = await runInMemory(['retention', '--json'])
    const read = JSON.parse(out)
    expect(read.retention.total.money).toEqual([
      { currency: 'jpy', customers: 1, orders: 1, spend: 5000, averageOrder: 5000, lifetimeValue: 5000 },
      { currency: 'usd', customers: 3, orders: 5, spend: 100, averageOrder: 20, lifetimeValue: 40 },
    ])
    expect(read.retention.impact.holdout.effect).toMatchObject({
      share: 0.12,
      shareLow: 0.0248,
      difference: 6.4,
      low: 1.2,
    })
    expect(read.retention.subscriptions.curves[0].upTo).toBe(19)
    expect(read.cohorts.cohorts[0]).toMatchObject({ spend: 120 })
    expect(read.alerts[0].value).toEqual({ ...lapse.value, amount: lapse.value.amount / 100 })
    expect(read.alerts[0].suggestion.cost).toBe(lapse.suggestion?.cost)
  })

  test('refuses both forms at once, and passes on why a span is refused', async () => {
    expect(await runInMemory(['retention', '--json', '--csv'])).toMatchObject({ code: 2 })
    const message = 'The span is longer than 36 months: give "from" and "to"'
    const refused = await runInMemory(['retention', '--from', '2001-01'], {
      app: { report: async () => ({ ok: false as const, code: 'invalid_request' as const, message }) },
    })
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining('longer than 36 months: give --from and --to'),
    ])
  })
})

describe('report retention and report cohorts', () => {
  test('shares of a handful are left out of the tables, which say so, and stand in the file', async () => {
    const few = await runInMemory(['report', 'retention'])
    expect(few.out).toMatch(/By tier held now\n.*\n {2}=Gold +4 +– +– +1\.5 /)
    expect(few.out).toContain(
      'Shares of fewer than ten customers are left out of the tables; --csv and --json have them.',
    )
    const groups = reports.retention.groups.map((group) => ({ ...group, customers: 10, customersBefore: 10 }))
    const enough = await runInMemory(['report', 'retention'], {
      app: answering({ retention: { ...reports.retention, groups } }),
    })
    expect(enough.out).toMatch(/By tier held now\n.*\n {2}=Gold +10 +75\.0 % +50\.0 % +1\.5 /)
    expect(enough.out).not.toContain('Shares of fewer than ten')
  })

  test('where all had bought before, the repeat rate says that nobody is new', async () => {
    const months = reports.retention.months.map((month) => ({ ...month, newCustomers: 0 }))
    const { out } = await runInMemory(['report', 'retention'], {
      app: answering({ retention: { ...reports.retention, months } }),
    })
    expect(out).toContain('had bought at least twice by then; none new\n')
  })

  test('the figures of a large shop fit into 80 columns', async () => {
    const total = { ...reports.retention.total, customers: 1_234_567, customersBefore: 1_234_567, money: [] }
    const { out } = await runInMemory(['retention'], { app: answering({ retention: { ...reports.retention, total } }) })
    expect(widest(out.split('\n\n').slice(0, 2).join('\n'))).toBeLessThanOrEqual(80)
  })

  test('a month that is not over has no rate yet', async () => {
    const { out } = await runInMemory(['report', 'retention'])
    expect(out).toMatch(/2026-10 +3 +1 +1 +50\.0 % +50\.0 % +4 +\$80\.00\n/)
    expect(out).toMatch(/2026-11 so far +0 +0 +0 +– +– +0 +\$0\.00\n/)
  })

  test('what acting was worth, that joining is not causal, and the model, are said in words', async () => {
    const { out } = await runInMemory(['report', 'retention'])
    expect(out).toContain('What acting on alerts is worth: It brought back 48 customers.')
    expect(out).toContain('Before and after joining (not causal)')
    expect(out).toContain('The model of 2026-11-21, of 2,357 customers: 80 of 100 were right.')
    expect(out).toMatch(/What customers said\n.*\n {2}2026-10 +10 +50 +4 +4\.3\n/)
    expect(out).toContain('Tables show USD; JPY are in --csv and --json.')
    const holdout: RetentionReport = { ...reports.retention, impact: { ...reports.retention.impact, holdout: null } }
    const without = await runInMemory(['report', 'retention'], { app: answering({ retention: holdout }) })
    expect(without.out).toContain('nobody is held out, so it cannot be told')
  })

  test('--csv has a line for each group and currency', async () => {
    const { out } = await runInMemory(['report', 'retention', '--csv'])
    expect(lines(out)).toContain('all,all,4,6,1,4,3,0.75,0.25,0.5,1.5,21.5,30.25,jpy,5000,5000,5000,,')
    expect(lines(out)).toContain(`tier,'=Gold,4,6,1,4,3,0.75,0.25,0.5,1.5,21.5,30.25,usd,100.00,20.00,40.00,123.45,`)
    expect(lines(out)).toContain('month,2026-11,0,0,,3,0,0,1,,,,,,,,,,no')
    expect(lines(out)).toContain('cohort,2026-10,4,6,1,4,3,0.75,0.25,0.5,1.5,21.5,30.25,,,,,,')
    const widths = lines(out).map((line) => line.split(',').length)
    expect(new Set(widths).size).toBe(1)
  })

  test('cohorts are told in their currency', async () => {
    const cohorts: CohortsReport = { ...reports.cohorts, currency: 'jpy' }
    const { out, calls } = await runInMemory(['report', 'cohorts', '--currency', 'jpy'], {
      app: answering({ cohorts }),
    })
    expect(calls).toContainEqual(['report', 'cohorts', { currency: 'jpy' }, expect.any(Function)])
    expect(out).toMatch(/2026-10 +4 +6 +¥12,000 +¥3,000\n/)
    expect(out).toContain('2 customers of 6 first bought before these months: --from.')
  })
})
