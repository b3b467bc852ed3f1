// Sends events at a given rate from several senders, and keeps count of what became of them.
import type { TestEvent } from '../compose/test-events.ts'
import type { Context } from './command.ts'
import { type Answer, describeRefusal, type Post } from './server.ts'

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
/** Together about half a minute. */
const MAX_TRIES = 10
const FAILURES_KEPT = 20

export interface Sent {
  sent: number
  recorded: number
  duplicate: number
  ignored: number
  parked: number
  failed: number
  /** The first few, in words. */
  failures: string[]
  /** Of each answered event, ms; tries that were put off included. */
  latenciesMs: number[]
}

export interface Sending {
  context: Context
  post: Post
  /** Events a second over all senders; null for as fast as it goes. */
  rate: number | null
  onSent: (sent: Sent) => void
}

/** Each queue is one sender's, in order; an entry is the events of one purchase. */
export async function sendAll(queues: readonly (readonly TestEvent[])[][], sending: Sending): Promise<Sent> {
  const sent: Sent = {
    sent: 0,
    recorded: 0,
    duplicate: 0,
    ignored: 0,
    parked: 0,
    failed: 0,
    failures: [],
    latenciesMs: [],
  }
  const turn = createTurns(sending)
  const run = async (queue: readonly (readonly TestEvent[])[]) => {
    for (const event of queue.flat()) {
      if (sending.context.interrupted.aborted) return
      await turn()
      await sendOne(event, sending, sent)
    }
  }
  await Promise.all(queues.map(run))
  return sent
}

async function sendOne(event: TestEvent, { context, post, onSent }: Sending, sent: Sent): Promise<void> {
  const startedAt = context.monotonic()
  const answer = await patiently(context, () => post(event))
  sent.sent++
  if (answer.status === 200) {
    sent.latenciesMs.push(context.monotonic() - startedAt)
    count(sent, answer.outcome)
  } else {
    sent.failed++
    if (sent.failures.length < FAILURES_KEPT) sent.failures.push(`${event.id}: ${describeRefusal(answer)}`)
  }
  onSent(sent)
}

function count(sent: Sent, outcome: string | null): void {
  switch (outcome) {
    case 'duplicate':
    case 'ignored':
    case 'parked':
      sent[outcome]++
      return
    default:
      // `queued`, on a Worker, is kept as safely.
      sent.recorded++
  }
}

/** A server that cannot store it now says 503: Stripe would come again, and so do we. */
async function patiently({ sleep, interrupted }: Context, post: () => Promise<Answer>): Promise<Answer> {
  let pauseMs = FIRST_PAUSE_MS
  for (let tries = 1; ; tries++) {
    const answer = await post()
    if (answer.status !== 503 || tries >= MAX_TRIES || interrupted.aborted) return answer
    await sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

/** Spaces events evenly; a pause of the machine is not made up for by a burst. */
function createTurns({ context, rate }: Sending): () => Promise<void> {
  if (rate === null) return async () => {}
  const spacingMs = 1_000 / rate
  let nextAt = context.monotonic()
  return async () => {
    const now = context.monotonic()
    nextAt = Math.max(nextAt, now - spacingMs)
    const waitMs = nextAt - now
    nextAt += spacingMs
    if (waitMs > 0) await context.sleep(waitMs)
  }
}

/** The nearest-rank percentile; 0 of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
}
