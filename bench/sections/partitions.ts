// Beyond one database: what one carries, and what units of work would ask of members in several. Nothing of it is built; it is
// simulated over what the real use cases read and write.
import type { Reach } from '../../test/support/reach.ts'
import { watchedTown } from '../../test/support/watched-town.ts'
import { RICH } from '../../test/support/whole-programs.ts'
import type { Bench, Section, Table } from '../bench.ts'
import { growthTable, planTable, readingTable, shopTable, tieTable } from '../partitions/reach-tables.ts'
import { tieOf } from '../partitions/relations.ts'
import { roomTable, speedTable, weightTable } from '../partitions/room-tables.ts'
import { watchedShop } from '../partitions/shop.ts'
import { sizeOf, weightsOf } from '../partitions/sizes.ts'
import { isUnit } from '../partitions/steps.ts'

const COMMANDS = 150

async function run({ quick, say, broken }: Bench): Promise<Table[]> {
  const members = quick ? 150 : 500
  const empty = await sizeOf(0, 0)
  const many = await sizeOf(members, 10)
  const weights = weightsOf(empty, await sizeOf(members, 1), many)
  say(`${members} members with one purchase, and with ten, weighed`)
  const shop = (
    await watchedShop(quick ? { people: 300, purchases: 600 } : { people: 1_500, purchases: 3_000 })
  ).filter(isUnit)
  say(`${shop.length} units of a made-up shop watched`)
  const town: Reach[] = []
  for (const [, reigns] of RICH)
    for (let seed = 1; seed <= (quick ? 2 : 8); seed++) town.push(...(await watchedTown(reigns, seed, COMMANDS)))
  say(`${town.length} units and reads of any mix of commands watched`)
  for (const unit of [...shop, ...town.filter(isUnit)])
    if (tieOf(unit) === 'unknown') broken(`${unit.what} touches several members in a way that is not in the list`)
  return [
    weightTable(weights, many),
    roomTable(weights),
    speedTable(),
    shopTable(shop),
    planTable(shop, empty.bytes),
    growthTable(quick ? 20_000 : 200_000),
    tieTable(town),
    readingTable(town),
  ]
}

export const partitions: Section = {
  name: 'partitions',
  title: 'what does one database carry, and what would several ask for?',
  run,
}
