// The load generator, a process of its own. It keeps so many connections busy with one request each, as wrk does, but
// every request is another one and every answer is looked at: one that was not recorded must not count as fast.
import { connect } from 'node:net'
import { cpuUsage } from 'node:process'
import { buildRequests, type RequestsSpec } from './requests.ts'

export interface FireOptions {
  port: number
  connections: number
  /** Of the prepared requests: the first, and how many; beyond the last it begins again. */
  from: number
  count: number
}

export interface Fired {
  count: number
  seconds: number
  p50Ms: number
  p99Ms: number
  maxMs: number
  /** The answers: status and body of short ones, status alone of long ones. */
  answers: Record<string, number>
  /** The share of a core that the client itself used. */
  clientBusy: number
}

export type ClientOrder = { id: number } & (
  | { order: 'prepare'; spec: RequestsSpec }
  | { order: 'fire'; options: FireOptions }
)
export type ClientReport = { id: number } & ({ ok: true; result: Fired | number } | { ok: false; error: string })

const SHORT_BODY = 80
const HEAD_END = Buffer.from('\r\n\r\n')

let requests: Buffer[] = []

interface Answer {
  label: string
  bytes: number
}

/** The first whole answer in the bytes; null while there is none. */
function readAnswer(bytes: Buffer): Answer | null {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd === -1) return null
  const head = bytes.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head.slice(0, 200)}`)
  const from = headEnd + HEAD_END.length
  const end = from + Number(length)
  if (bytes.length < end) return null
  const status = head.slice(9, 12)
  const isShort = end - from <= SHORT_BODY
  return { label: isShort ? `${status} ${bytes.toString('utf8', from, end)}` : status, bytes: end }
}

interface Tally {
  latencies: Float64Array
  answers: Map<string, number>
  sent: number
  answered: number
}

/** One connection, from its first request until none is left. */
function runConnection({ port, from, count }: FireOptions, tally: Tally): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let startedAt = 0
  let rest: Buffer | null = null
  const next = (): void => {
    if (tally.sent >= count) {
      socket.end(resolve)
      return
    }
    const request = requests[(from + tally.sent++) % requests.length]
    startedAt = performance.now()
    if (request !== undefined) socket.write(request)
  }
  socket.on('connect', next)
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest === null ? chunk : Buffer.concat([rest, chunk])
    const answer = readAnswer(bytes)
    rest = answer === null ? bytes : null
    if (answer === null) return
    tally.latencies[tally.answered++] = performance.now() - startedAt
    tally.answers.set(answer.label, (tally.answers.get(answer.label) ?? 0) + 1)
    next()
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('the server closed a connection')))
  return promise
}

async function fire(options: FireOptions): Promise<Fired> {
  if (requests.length === 0) throw new Error('nothing is prepared')
  const tally: Tally = { latencies: new Float64Array(options.count), answers: new Map(), sent: 0, answered: 0 }
  const cpu = cpuUsage()
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: options.connections }, () => runConnection(options, tally)))
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = cpuUsage(cpu)
  const sorted = tally.latencies.subarray(0, tally.answered).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return {
    count: tally.answered,
    seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    answers: Object.fromEntries(tally.answers),
    clientBusy: (user + system) / 1e6 / seconds,
  }
}

async function obey(message: ClientOrder): Promise<Fired | number> {
  if (message.order === 'fire') return fire(message.options)
  requests = buildRequests(message.spec)
  return requests.length
}

process.on('message', (message: ClientOrder) => {
  obey(message).then(
    (result) => process.send?.({ id: message.id, ok: true, result } satisfies ClientReport),
    (error: unknown) => process.send?.({ id: message.id, ok: false, error: String(error) } satisfies ClientReport),
  )
})
