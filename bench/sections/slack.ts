// How soon what is typed and pressed in Slack is acknowledged while Stripe's webhooks arrive, beside a server that does nothing else.
import { setTimeout as wait } from 'node:timers/promises'
import { type Bench, median, type Section, type Table } from '../bench.ts'
import { freshFolder } from '../databases.ts'
import { type LoadClient, startClient } from '../load.ts'
import { API_KEY } from '../requests.ts'
import { type Server, startServer } from '../servers.ts'
import { type SlackStub, slackCommand, slackPress, startSlackStub } from '../slack-stub.ts'

const sizesOf = ({ quick }: Bench) => (quick ? { rounds: 1, seconds: 3 } : { rounds: 5, seconds: 15 })

const WEBHOOKS_PER_SECOND = 500
const BURST_EVERY_MS = 100
const BURST = (WEBHOOKS_PER_SECOND * BURST_EVERY_MS) / 1_000
const WEBHOOK_CONNECTIONS = 8
/** A staff of hundreds, all on the telephone. */
const ASK_EVERY_MS = 50
const WARM_UP = 50

interface Taken {
  acknowledgedMs: number
  answeredMs: number
}

type Kind = 'commands' | 'presses'
const KINDS: readonly Kind[] = ['commands', 'presses']
type Samples = Record<Kind, Taken[]>

const ADDRESS = 'ada@bench.example.org'

/** Somebody to be looked up; answers the id. */
async function enrol(server: Server): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/members`, {
    method: 'POST',
    body: JSON.stringify({ email: ADDRESS, name: 'Ada Lovelace' }),
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', 'idempotency-key': 'bench' },
  })
  return ((await response.json()) as { id: string }).id
}

interface Scene {
  server: Server
  stub: SlackStub
  member: string
}

/** Either shows somebody's card. */
async function askOne({ server, stub, member }: Scene, kind: Kind): Promise<Taken> {
  const { url, answer } = stub.expect()
  const request = kind === 'commands' ? slackCommand(ADDRESS, url) : slackPress('member.show:1', member, url)
  const startedAt = performance.now()
  const response = await fetch(`http://127.0.0.1:${server.port}/slack/events`, request)
  await response.arrayBuffer()
  const acknowledgedMs = performance.now() - startedAt
  if (response.status !== 200) throw new Error(`one of the ${kind} was answered with ${response.status}`)
  return { acknowledgedMs, answeredMs: (await answer).atMs - startedAt }
}

/** At a steady pace, whether or not those before were answered: people do not wait for one another. */
async function askFor(scene: Scene, seconds: number): Promise<Samples> {
  const asked: Record<Kind, Promise<Taken>[]> = { commands: [], presses: [] }
  const startedAt = performance.now()
  for (let n = 0; performance.now() - startedAt < seconds * 1_000; n++) {
    const kind = n % 2 === 0 ? 'commands' : 'presses'
    asked[kind].push(askOne(scene, kind))
    await wait(Math.max(0, startedAt + (n + 1) * ASK_EVERY_MS - performance.now()))
  }
  return { commands: await Promise.all(asked.commands), presses: await Promise.all(asked.presses) }
}

interface Stream {
  /** Answers how many a second there were. */
  stop(): Promise<number>
}

/** Fifty webhooks at once, ten times a second. */
function streaming(server: Server, client: LoadClient): Stream {
  let isStopping = false
  let sent = 0
  const startedAt = performance.now()
  const running = (async () => {
    for (let burst = 0; !isStopping; burst++) {
      await client.fire({ port: server.port, connections: WEBHOOK_CONNECTIONS, from: sent, count: BURST })
      sent += BURST
      await wait(Math.max(0, startedAt + (burst + 1) * BURST_EVERY_MS - performance.now()))
    }
  })()
  return {
    stop: async () => {
      isStopping = true
      await running
      return sent / ((performance.now() - startedAt) / 1_000)
    },
  }
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

async function runSlack(bench: Bench): Promise<Table[]> {
  const { rounds, seconds } = sizesOf(bench)
  const folder = freshFolder(bench.folder, 'slack')
  const stub = await startSlackStub()
  const server = await startServer({ kind: 'ours', folder, variables: stub.variables })
  const client = startClient()
  const idle: Samples[] = []
  const busy: Samples[] = []
  const rates: number[] = []
  try {
    const count = (seconds + 5) * WEBHOOKS_PER_SECOND
    const scene = { server, stub, member: await enrol(server) }
    for (const kind of KINDS) for (let n = 0; n < WARM_UP; n++) await askOne(scene, kind)
    for (let round = 0; round < rounds; round++) {
      await client.prepare({ kind: 'events', run: `${bench.run}s${round}`, first: 0, count, customers: null })
      idle.push(await askFor(scene, seconds))
      const stream = streaming(server, client)
      busy.push(await askFor(scene, seconds))
      rates.push(await stream.stop())
      bench.say(`  round ${round + 1} of ${rounds}: ${rates.at(-1)?.toFixed(0)} webhooks a second meanwhile`)
    }
  } finally {
    client.stop()
    await server.stop()
    stub.stop()
  }
  return [tableOf(idle, busy, rates)]
}

function tableOf(idle: readonly Samples[], busy: readonly Samples[], rates: readonly number[]): Table {
  const figure = (rounds: readonly Samples[], kind: Kind, of: keyof Taken, share: number): number[] =>
    rounds.map((round) =>
      at(
        round[kind].map((taken) => taken[of]),
        share,
      ),
    )
  const rows = KINDS.flatMap((kind) =>
    (['acknowledgedMs', 'answeredMs'] as const).map((of) => {
      const [idle50, idle99] = [figure(idle, kind, of, 0.5), figure(idle, kind, of, 0.99)]
      const [busy50, busy99] = [figure(busy, kind, of, 0.5), figure(busy, kind, of, 0.99)]
      const ratio = median(busy99.map((ms, round) => ms / (idle99[round] ?? Number.NaN)))
      const figures = [idle50, idle99, busy50, busy99].map((values) => median(values).toFixed(1))
      return [`${kind}, ${of === 'acknowledgedMs' ? 'acknowledged' : 'answered'}`, ...figures, `${ratio.toFixed(1)} ×`]
    }),
  )
  return {
    title: `Slack beside ${median(rates).toFixed(0)} webhooks a second (${WEBHOOKS_PER_SECOND} were meant to be)`,
    columns: ['', 'idle p50 ms', 'idle p99', 'busy p50 ms', 'busy p99', 'p99 busy : idle'],
    rows,
    notes: [
      `${1_000 / ASK_EVERY_MS} a second are typed or pressed, one after the other; the median of ${rates.length} rounds`,
      'answered: from the signed request to the message at its response_url',
    ],
    data: { idle, busy, rates },
  }
}

export const slack: Section = {
  name: 'slack',
  title: 'how soon Slack is acknowledged beside webhooks',
  run: runSlack,
}
