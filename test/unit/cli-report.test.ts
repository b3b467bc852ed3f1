// Reports on the command line: the words, the columns, the files; with names that want to be formulas.
import { describe, expect, test } from 'vitest'
import { REPORT_NAMES } from '../../src/app/reports/shapes.ts'
import { inMajor } from '../../src/cli/report.ts'
import { runInMemory } from '../support/cli-context.ts'
import { reports } from '../support/reports.ts'

const cells = (out: string): string[] => out.split('\r\n').filter((line) => line !== '')

describe('report', () => {
  test('liability: a table by month, what is owed, and the estimate in words', async () => {
    const { code, out, calls, opened } = await runInMemory(['report', 'liability', '--from', '2026-11'])
    expect([code, opened]).toEqual([0, [{ leaveNoFile: true }]])
    expect(calls).toContainEqual(['report', 'liability', { from: '2026-11' }, expect.any(Function)])
    expect(out).toMatchInlineSnapshot(`
      "Liability from 2026-11-01 to 2026-11-30 (UTC)

      By month of record
        month           opening  issued  forgiven  reversed  redeemed  donated  expired  forfeited  closing   value
        2026-11 so far    1,000     500         0        50       100        0       20          0    1,330  $13.30

      Owed to members now
        available  pending  reserved  owed by members  points   value
            1,300       50         0               20   1,330  $13.30

      Open points by age
        earned         points   value
        0 to 2 months   1,350  $13.50

      Open points by when they end
        month    points   value
        2027-11   1,350  $13.50

      Expected breakage
        points  value  share
             –      –      –

      too little history

      It is so.
      "
    `)
  })

  test('summary: members, points, tiers and goals', async () => {
    const { out } = await runInMemory(['report', 'summary'])
    expect(out).toMatch(/^Summary as of 2026-11-22 \(UTC\)\n/)
    expect(out).toMatch(/members +3\n/)
    expect(out).toMatch(/spend in 12 months +\$1,234\.56\n/)
    expect(out).toMatch(/issued +500 +400\n/)
    expect(out).toMatch(/repeat_rate +35\.0 % +50\.0 % +2027-06-30 +reached +Of the active members/)
    expect(out).toMatch(/spend_per_member +\$500\.00 +\$411\.52 +2027-06-30 +behind/)
  })

  test('campaigns: what each brought, in a sentence', async () => {
    const { out } = await runInMemory(['report', 'campaigns'])
    expect(out).toContain('It brought $10.00 of spend for each member in it (95 % interval $2.00 to $18.00).')
  })

  test.each([
    ['campaigns', `double-week,"'=HYPERLINK(""http://evil.example"",""Double week"")",purchase,`],
    ['partners', `cafe,'+Qəhvəxana ቡና,2026-11,2,90.00,180,100,1.80,0.90,0.90`],
    ['causes', `trees,'@Miti ծառեր,3,4,1.25,50,0.50,1,1,5.00`],
    ['products', 'prod_tea,tier,gold,2,3,45.00'],
    ['liability', '2026-11,1000,500,0,50,100,0,20,0,1330,13.30,no'],
    ['summary', `members by tier,Gold,3,,`],
    ['retention', `tier,'=Gold,4,6,1,4,3,0.75,`],
    ['cohorts', '2026-10,4,1,1,0.25,1,10.00,usd,no'],
  ])('--csv of %s has no formulas, and money in major units', async (name, line) => {
    const { out } = await runInMemory(['report', name, '--csv'])
    const [header = '', ...lines] = cells(out)
    expect(
      lines.some((one) => one.startsWith(line)),
      out,
    ).toBe(true)
    expect(header).toMatch(/^[a-z_,0-9]+$/)
    // Negative numbers are numbers; everything else that begins like a formula is guarded.
    for (const one of lines) expect(one).not.toMatch(/(^|,)"?(=|\+|@|-(?!\d))/)
  })

  test('--json has money in major units, and everything else as it is', async () => {
    const { out } = await runInMemory(['report', 'summary', '--json'])
    const read = JSON.parse(out)
    expect(read.points).toMatchObject({ outstanding: 1330, value: 13.3 })
    expect(read.lastYear).toEqual({ purchases: 7, spend: 1234.56 })
    expect(read.goals).toMatchObject([
      { target: 0.35, actual: 0.5 },
      { target: 500, actual: 411.52 },
    ])
    expect(inMajor(reports.campaigns, 'jpy')).toEqual(reports.campaigns)
    expect(inMajor({ net: null, value: -5 }, 'usd')).toEqual({ net: null, value: -0.05 })
  })

  test.each(REPORT_NAMES)('%s says so in words when there is nothing', async (name) => {
    const empty = { ...reports[name], empty: true }
    const { code, out } = await runInMemory(['report', name], {
      app: { report: async () => ({ ok: true as const, value: empty as never }) },
    })
    expect([code, out]).toEqual([0, expect.stringMatching(/\n(There are no|No) .+\.\n$/)])
  })

  test('a terminal is not told what to do by a name', async () => {
    const value = {
      ...reports.partners,
      partners: reports.partners.partners.map((one) => ({ ...one, name: 'Café\u001b[2J\nx' })),
    }
    const { out } = await runInMemory(['report', 'partners'], {
      app: { report: async () => ({ ok: true as const, value: value as never }) },
    })
    expect(out).not.toContain('\u001b')
    expect(out).toContain('Café [2J x, 40 pending')
  })

  test('refuses a report that there is not, a span that is none, and both forms at once', async () => {
    const wrong = await runInMemory(['report', 'liabilty'])
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('did you mean "liability"?')])
    expect(await runInMemory(['report'])).toMatchObject({ code: 2, err: expect.stringContaining('NAME is missing') })
    expect(await runInMemory(['report', 'causes', '--json', '--csv'])).toMatchObject({ code: 2 })
    const refused = await runInMemory(['report', 'causes', '--from', 'x'], {
      app: {
        report: async () => ({
          ok: false as const,
          code: 'invalid_request' as const,
          message: '"from" must be a month',
        }),
      },
    })
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--from must be a month')])
  })
})
