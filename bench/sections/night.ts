// The night's look at everybody, beside webhooks and alone: how long it takes, what memory, and what customers notice of it.
import { setTimeout as wait } from 'node:timers/promises'
import { type Bench, type Measured, measure, medianOf, RECORDED, type Section, type Table } from '../bench.ts'
import { freshFolder } from '../databases.ts'
import { givePast, noteLooked, standingIn } from '../looks.ts'
import { residentMb } from '../machine.ts'
import { workingCopy } from '../seeded.ts'
import { type Server, startServer } from '../servers.ts'

const sizesOf = ({ quick }: Bench) =>
  quick ? { members: 100_000, round: 250, alone: 6 } : { members: 1_000_000, round: 250, alone: 12 }
const CONNECTIONS = 8
/** Bursts with rests between them: a hundred payments a second are a very busy shop's. */
const PAUSE_MS = 1_500
/** Who pays meanwhile: were they all new, there would always be more to be judged. */
const CUSTOMERS = 2_000
/** So that one sees how it goes. */
const SAY_EVERY_ROUNDS = 25
const DAY_MS = 86_400_000
const GIVE_UP_MS = 3_600_000

interface Night {
  what: string
  seconds: number | null
  judged: number
  opened: number
  rounds: Measured[]
  peakMb: number
}

interface Place {
  bench: Bench
  folder: string
  database: string
  fired: { count: number }
}

async function runNight(bench: Bench): Promise<Table[]> {
  const sizes = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'night')
  const database = await workingCopy(bench, sizes.members, folder)
  bench.say('  giving members a past')
  givePast(database, Date.now())
  const place: Place = { bench, folder, database, fired: { count: 0 } }
  const nights = [
    await takeOne(place, 'no look', { looksFrom: 0, hasLoad: true }),
    // As if none had ever been: everybody's segment and outlook is written, and models are fitted.
    await takeOne(place, 'the first look', { looksFrom: null, hasLoad: true }),
    await takeOne(place, 'another night', { looksFrom: 2 * DAY_MS, hasLoad: true }),
    await takeOne(place, 'another night, no load', { looksFrom: 2 * DAY_MS, hasLoad: false }),
  ]
  return [tableOf(nights, sizes.members)]
}

/** `looksFrom`: the last look was so long ago; null: never. 0: just now, so that there is none. */
async function takeOne(
  place: Place,
  what: string,
  { looksFrom, hasLoad }: { looksFrom: number | null; hasLoad: boolean },
): Promise<Night> {
  const { bench, folder, database } = place
  // Two days ago stands for never, too: then nothing was written yet.
  const lastAt = Date.now() - (looksFrom ?? 2 * DAY_MS)
  noteLooked(database, lastAt)
  const isLooking = looksFrom !== 0
  const server = await startServer({ kind: 'ours', folder, database })
  const rounds: Measured[] = []
  let peakMb = 0
  try {
    await warmUp(place, server)
    const giveUpAt = performance.now() + GIVE_UP_MS
    for (;;) {
      const { look, last } = standingIn(database)
      const isOver = isLooking ? last !== null && last.finishedAt > lastAt : rounds.length >= sizesOf(bench).alone
      if (isOver) {
        const seconds = last === null || !isLooking ? null : (last.finishedAt - last.startedAt) / 1000
        const { judged = 0, opened = 0 } = (isLooking ? last : null) ?? {}
        const night = { what, seconds, judged, opened, rounds, peakMb }
        bench.say(`  ${what}: ${seconds?.toFixed(0) ?? '–'} s, ${opened} alerts opened, ${rounds.length} rounds`)
        return night
      }
      if (performance.now() > giveUpAt) throw new Error(`${what}: no look ended within an hour`)
      if (!hasLoad || (isLooking && look === null)) await wait(200)
      else rounds.push(await fireRound(place, server))
      if (rounds.length > 0 && rounds.length % SAY_EVERY_ROUNDS === 0) sayOn(bench, what, look?.judged ?? 0, rounds)
      peakMb = Math.max(peakMb, residentMb(server.pid)?.now ?? 0)
    }
  } finally {
    await server.stop()
  }
}

function sayOn(bench: Bench, what: string, judged: number, rounds: readonly Measured[]): void {
  const { p50Ms, p99Ms, perSecond } = medianOf(rounds)
  const figures = `${Math.round(perSecond)}/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
  bench.say(`  ${what}: ${judged} judged; ${figures}`)
}

async function warmUp(place: Place, server: Server): Promise<void> {
  for (let round = 0; round < 3; round++) await fireRound(place, server)
}

async function fireRound({ bench, fired }: Place, server: Server): Promise<Measured> {
  const count = sizesOf(bench).round
  await bench.client.prepare({ kind: 'events', run: `${bench.run}n`, first: fired.count, count, customers: CUSTOMERS })
  fired.count += count
  const measured = await measure(bench, server, { connections: CONNECTIONS, from: 0, count, expected: RECORDED })
  await wait(PAUSE_MS)
  return measured
}

function tableOf(nights: Night[], members: number): Table {
  const rows = nights.map(({ what, seconds, judged, opened, rounds, peakMb }) => {
    const middle = rounds.length === 0 ? null : medianOf(rounds)
    const worst = Math.max(...rounds.map(({ p99Ms }) => p99Ms))
    return [
      what,
      seconds === null ? '–' : `${seconds.toFixed(0)} s`,
      judged.toLocaleString('en'),
      opened.toLocaleString('en'),
      middle === null ? '–' : Math.round(middle.perSecond).toString(),
      middle === null ? '–' : middle.p50Ms.toFixed(1),
      middle === null ? '–' : middle.p99Ms.toFixed(1),
      middle === null ? '–' : worst.toFixed(1),
      peakMb.toFixed(0),
    ]
  })
  return {
    title: `A night's look at ${members.toLocaleString('en')} members, beside webhooks at ${CONNECTIONS} connections`,
    columns: ['', 'took', 'judged', 'alerts', 'events/s', 'p50 ms', 'p99 ms', 'worst p99', 'peak MB'],
    rows,
    notes: ['p99 of each round, the median and the worst of all rounds; memory of the whole server, all threads'],
    data: nights,
  }
}

export const night: Section = {
  name: 'night',
  title: 'the night’s look at everybody beside webhooks',
  run: runNight,
}
