// How often alerts of customers who stay away are right: years of simulated shops, whose truth is known, night by night.
import { parseProgram } from '../../src/program/parse.ts'
import type { Program } from '../../src/program/schema.ts'
import { makeShop } from '../../test/support/shop-year.ts'
import { replayYear, type Score, scoreAll } from '../../test/support/shop-year-replay.ts'
import { type Bench, median, percent, type Section, type Table } from '../bench.ts'

const FIRST_DAY = Date.UTC(2024, 10, 22) / 86_400_000
const CUSTOMERS = 2_000
const sizesOf = ({ quick }: Bench) => (quick ? { shops: 1, everyDays: 7 } : { shops: 3, everyDays: 1 })

function readProgram(): Program {
  const parsed = parseProgram({ name: 'The simulated shop', currency: 'usd', timezone: 'UTC' })
  if (!parsed.ok) throw new Error('the program of the simulated shop is none')
  return parsed.program
}

async function runAlerts(bench: Bench): Promise<Table[]> {
  const { shops, everyDays } = sizesOf(bench)
  const program = readProgram()
  const years = Array.from({ length: shops }, (_, n) => {
    const shop = makeShop({ customers: CUSTOMERS, seed: n + 1, firstDay: FIRST_DAY })
    const raised = replayYear(shop, { program, everyDays, refitDays: 7 })
    if (raised.length === 0) bench.broken(`no alert in the year of shop ${n + 1}`)
    bench.say(`  shop ${n + 1}: ${raised.length} alerts`)
    return Object.values(scoreAll(shop, raised))
  })
  const classes = years[0]?.map(({ who }, n) => ({ who, scores: years.flatMap((year) => year[n] ?? []) })) ?? []
  return [
    {
      title: `Alerts: how often they are right, and whom they find (${shops} simulated shops of ${CUSTOMERS} customers, a year each)`,
      columns: ['of customers who', 'alerts', 'right', 'by chance', 'who left', 'found', 'by chance', 'days after'],
      rows: classes.map(({ who, scores }) => {
        const of = (pick: (score: Score) => number) => median(scores.map(pick))
        return [
          who.trim(),
          Math.round(of(({ alerts }) => alerts)).toString(),
          percent(of(({ precision }) => precision)),
          percent(of(({ baseRate }) => baseRate)),
          Math.round(of(({ leavers }) => leavers)).toString(),
          percent(of(({ recall }) => recall)),
          percent(of(({ byChance }) => byChance)),
          Math.round(of(({ daysAfter }) => daysAfter)).toString(),
        ]
      }),
      notes: [
        'Medians over the shops. Right: they had left for good, as only the simulation knows. By chance: of customers of whom nothing',
        'was told yet, so many had left on any night; as many alerts opened at random would have found so many of those who left.',
      ],
      data: years,
    },
  ]
}

export const alerts: Section = {
  name: 'alerts',
  title: 'how often alerts are right: precision and recall in simulated shops',
  run: runAlerts,
}
