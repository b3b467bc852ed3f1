// How long somebody who looks up or searches a member waits.
import { DatabaseSync } from 'node:sqlite'
import { ANY_200, type Bench, type Measured, measure, type Section, type Table } from '../bench.ts'
import { searchPath } from '../beside.ts'
import { freshFolder } from '../databases.ts'
import { mix, searchTerms } from '../people.ts'
import { workingCopy } from '../seeded.ts'
import { type Server, startServer } from '../servers.ts'

const sizesOf = ({ quick }: Bench) =>
  quick ? { members: 20_000, lookups: 300, searches: 60 } : { members: 1_000_000, lookups: 3_000, searches: 300 }

interface Kind {
  name: string
  paths: string[]
  count: number
}

interface Sample {
  id: string
  email: string
  customer: string
}

/** Members from everywhere in the table. */
function sampleMembers(database: string, members: number, count: number): Sample[] {
  const db = new DatabaseSync(database, { readOnly: true })
  const find = db.prepare('SELECT id, email, state FROM member WHERE n = ?')
  const samples = Array.from({ length: count }, (_, index) => {
    const row = find.get(1 + (mix(index) % members))
    const customer = /cus_\w+/.exec(String(row?.state))?.[0] ?? ''
    return { id: String(row?.id), email: String(row?.email), customer }
  })
  db.close()
  return samples
}

const memberPath = (ref: string): string => `/api/v1/members/${encodeURIComponent(ref)}`

function kindsOf(samples: Sample[], { lookups, searches }: ReturnType<typeof sizesOf>): Kind[] {
  const lookup = (name: string, ref: (sample: Sample) => string): Kind => ({
    name,
    paths: samples.map((sample) => memberPath(ref(sample))),
    count: lookups,
  })
  const search = (script: 'latin' | 'amharic', letters: number): Kind => ({
    name: `search, ${letters} letter${letters === 1 ? '' : 's'}, ${script === 'latin' ? 'Latin' : 'Amharic'}`,
    paths: searchTerms(script, letters).map(searchPath),
    count: searches,
  })
  const lengths = [1, 2, 3, 8]
  return [
    lookup('look-up by id', ({ id }) => id),
    lookup('look-up by e-mail', ({ email }) => `email:${email}`),
    lookup('look-up by Stripe customer', ({ customer }) => `stripe:${customer}`),
    ...lengths.map((letters) => search('latin', letters)),
    ...lengths.map((letters) => search('amharic', letters)),
    { name: 'search, a whole address', paths: samples.map(({ email }) => searchPath(email)), count: searches },
    {
      name: 'search, one letter each of two names',
      paths: ['a w', 'e s', 'o r', 'n u', 'z b'].map(searchPath),
      count: searches,
    },
  ]
}

async function take(bench: Bench, server: Server, { paths, count }: Kind): Promise<Measured> {
  await bench.client.prepare({ kind: 'paths', paths })
  await measure(bench, server, { connections: 1, from: 0, count: Math.ceil(count / 5), expected: ANY_200 })
  return measure(bench, server, { connections: 1, from: 0, count, expected: ANY_200 })
}

async function runReading(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'reading')
  const database = await workingCopy(bench, sizes.members, folder)
  const server = await startServer({ kind: 'ours', folder, database })
  const taken: (Measured & { name: string })[] = []
  try {
    for (const kind of kindsOf(sampleMembers(database, sizes.members, 500), sizes)) {
      taken.push({ name: kind.name, ...(await take(bench, server, kind)) })
      bench.say(`  ${kind.name}: p50 ${taken.at(-1)?.p50Ms.toFixed(2)} ms`)
    }
  } finally {
    await server.stop()
  }
  const rows = taken.map(({ name, p50Ms, p99Ms, perSecond }) => [
    name,
    p50Ms.toFixed(2),
    p99Ms.toFixed(2),
    Math.round(perSecond).toString(),
  ])
  return [
    {
      title: `Reading through the API with ${sizes.members.toLocaleString('en')} members, one at a time`,
      columns: ['', 'p50 ms', 'p99 ms', 'a second'],
      rows,
      notes: ['pages of 25, newest first; the file is in the system’s cache'],
      data: taken,
    },
  ]
}

export const reading: Section = {
  name: 'reading',
  title: 'looking up and searching members',
  run: runReading,
}
