// How long somebody who types `/loyalty <name>` in Slack waits, from the signed request to the answer at their response_url.
import type { Bench, Section, Table } from '../bench.ts'
import { freshFolder } from '../databases.ts'
import { mix, person, searchTerms } from '../people.ts'
import { SEED_DOMAIN } from '../seed.ts'
import { workingCopy } from '../seeded.ts'
import { type Server, startServer } from '../servers.ts'
import { type SlackStub, slackCommand, startSlackStub } from '../slack-stub.ts'

const sizesOf = ({ quick }: Bench) =>
  quick ? { members: 20_000, lookups: 60, warmUp: 20 } : { members: 1_000_000, lookups: 500, warmUp: 100 }

interface Kind {
  name: string
  typed: string[]
  /** In each answer: a look-up that finds nobody must not count as fast. */
  says: RegExp
}

/** Somebody's name with two letters changed for one another, in the middle of the longer word. */
function mistyped(name: string): string {
  const words = name.split(' ').map((word) => Array.from(word))
  const longest = words.reduce((long, word) => (word.length > long.length ? word : long))
  const at = Math.max(0, Math.floor(longest.length / 2) - 1)
  longest.splice(at, 2, longest[at + 1] ?? '', longest[at] ?? '')
  return words.map((word) => word.join('')).join(' ')
}

const CARD = /reward\.open|member\.history/
const LIST = /member\.show/
const ANY = /member\.|enrol\.open|No member/

function kindsOf(members: number): Kind[] {
  const people = Array.from({ length: 200 }, (_, n) => ({ n: 1 + (mix(n) % (members - 1)) })).map(({ n }) => ({
    number: n,
    ...person(n, SEED_DOMAIN),
  }))
  const latin = people.filter(({ name }) => /^[A-Z]/.test(name))
  const amharic = people.filter(({ name }) => /^\p{Script=Ethiopic}/u.test(name))
  const words = (of: typeof people) => [...new Set(of.map(({ name }) => name.split(' ')[1] ?? ''))]
  return [
    { name: 'an address', typed: people.map(({ email }) => email), says: CARD },
    { name: 'a rare name', typed: people.map(({ email }) => email.split('@')[0] ?? ''), says: ANY },
    { name: 'a common name', typed: words(latin), says: LIST },
    { name: 'given and family name', typed: latin.map(({ name }) => name), says: LIST },
    { name: 'in Amharic, family name', typed: words(amharic), says: LIST },
    { name: 'in Amharic, both', typed: amharic.map(({ name }) => name), says: LIST },
    ...[1, 2, 3].map((letters) => ({
      name: `${letters} letter${letters === 1 ? '' : 's'}`,
      typed: [...searchTerms('latin', letters), ...searchTerms('amharic', letters)],
      says: ANY,
    })),
    { name: 'mistyped, Latin', typed: latin.map(({ name }) => mistyped(name)), says: ANY },
    { name: 'mistyped, Amharic', typed: amharic.map(({ name }) => mistyped(name)), says: ANY },
    { name: 'nobody at all', typed: ['Xqzzwvv', 'qqqq wwww', 'ጯጯጯጯ', 'zzyzx'], says: /enrol|No member/ },
  ]
}

interface Waited {
  acknowledgedMs: number
  answeredMs: number
}

async function askOne(server: Server, stub: SlackStub, { says, name }: Kind, typed: string): Promise<Waited> {
  const { url, answer } = stub.expect()
  const request = slackCommand(typed, url)
  const startedAt = performance.now()
  const response = await fetch(`http://127.0.0.1:${server.port}/slack/events`, request)
  await response.arrayBuffer()
  const acknowledgedMs = performance.now() - startedAt
  if (response.status !== 200) throw new Error(`${name}: answered with ${response.status}`)
  const { text, atMs } = await answer
  if (!says.test(text)) throw new Error(`${name}: "${typed}" was answered with ${text.slice(0, 300)}`)
  return { acknowledgedMs, answeredMs: atMs - startedAt }
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

async function take(server: Server, stub: SlackStub, kind: Kind, count: number): Promise<Waited[]> {
  const waited: Waited[] = []
  for (let n = 0; n < count; n++) waited.push(await askOne(server, stub, kind, kind.typed[n % kind.typed.length] ?? ''))
  return waited
}

async function runLookup(bench: Bench): Promise<Table[]> {
  const { members, lookups, warmUp } = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'lookup')
  const database = await workingCopy(bench, members, folder)
  const stub = await startSlackStub()
  const server = await startServer({ kind: 'ours', folder, database, variables: stub.variables })
  const rows: string[][] = []
  const data: Record<string, Waited[]> = {}
  try {
    for (const kind of kindsOf(members)) {
      await take(server, stub, kind, warmUp)
      const waited = await take(server, stub, kind, lookups)
      data[kind.name] = waited
      const [answered, acknowledged] = [waited.map((one) => one.answeredMs), waited.map((one) => one.acknowledgedMs)]
      rows.push([
        kind.name,
        ...[at(answered, 0.5), at(answered, 0.99), at(acknowledged, 0.99)].map((ms) => ms.toFixed(1)),
      ])
      bench.say(`  ${kind.name}: p50 ${at(answered, 0.5).toFixed(1)} ms, p99 ${at(answered, 0.99).toFixed(1)} ms`)
    }
  } finally {
    await server.stop()
    stub.stop()
  }
  return [
    {
      title: `Looking up in Slack with ${members.toLocaleString('en')} members, one at a time`,
      columns: ['', 'p50 ms', 'p99 ms', 'acknowledged, p99 ms'],
      rows,
      notes: ['from the signed request to the message at its response_url; the file is in the system’s cache'],
      data,
    },
  ]
}

export const lookup: Section = {
  name: 'lookup',
  title: 'looking a member up in Slack',
  run: runLookup,
}
