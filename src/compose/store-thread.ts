/**
 * The Node host's other thread, as the first one sees it: use cases and database work there while this one reads and
 * answers requests, so that a payment keeps two processors busy. Calls of `app` go there and come back.
 */
import { Worker } from 'node:worker_threads'
import type { App, EventOutcome, IncomingEvent, ProgramInForce } from '../app/ports.ts'
import type { Inner } from '../compose.ts'
import type { Config } from '../config.ts'
import type { Program } from '../program/schema.ts'
import {
  type CalledEvent,
  errorOf,
  type ThreadAnswers,
  type ThreadCall,
  type ThreadCalls,
  type ThreadOrder,
  type ThreadStart,
} from './thread-messages.ts'

export interface StoreThreadListener {
  /** Told how many units each commit held. */
  onCommit: (units: number) => void
  /** Takes a line of the log. */
  writeLine: (line: string) => void
  /** The thread ended by itself, or on an error that nobody caught. */
  onLost: (error: unknown) => void
}

export interface StoreThread {
  /** Opens the database and composes the use cases. @throws with words for who started the server. */
  start(config: Config, program: Program, listener: StoreThreadListener): Promise<Inner>
  /** It is not needed after all. */
  abandon(): Promise<void>
  isUpToDate(): Promise<boolean>
  stopBackground(): Promise<void>
  /** Closes the database once all that was begun is finished. */
  close(): Promise<void>
}

const THREAD = new URL('../../bin/server.mjs', import.meta.url)

interface Waiting {
  resolve: (value: never) => void
  reject: (error: Error) => void
}

/** Starts the thread at once: it loads its modules while the caller goes on. */
export function startStoreThread(): StoreThread {
  const worker = new Worker(THREAD, { workerData: { runs: 'books' } })
  const waiting = new Map<number, Waiting>()
  const started = Promise.withResolvers<ThreadStart>()
  let listener: StoreThreadListener | undefined
  let isClosed = false
  let lastId = 0
  let events: string[] = []
  let payloads: string[] = []
  let others: ThreadCall[] = []
  let isPlanned = false

  worker.on('message', (message: ThreadStart | ThreadAnswers) => {
    if ('ok' in message) started.resolve(message)
    else receive(message)
  })
  worker.on('error', lose)
  worker.on('exit', (code) => {
    if (!isClosed) lose(new Error(`the store's thread ended with ${code}`))
  })

  function lose(error: unknown): void {
    if (listener === undefined) started.reject(error)
    else listener.onLost(error)
  }

  function receive({ done, failed, commits, lines }: ThreadAnswers): void {
    for (const line of lines) listener?.writeLine(line)
    for (const units of commits) listener?.onCommit(units)
    for (const [id, value] of done) take(id)?.resolve(value as never)
    for (const [id, failure] of failed) take(id)?.reject(errorOf(failure))
  }

  function take(id: number): Waiting | undefined {
    const found = waiting.get(id)
    waiting.delete(id)
    return found
  }

  /** After the event loop has read what has come in: all of that goes together. */
  function plan(): void {
    if (isPlanned) return
    isPlanned = true
    setImmediate(send)
  }

  function send(): void {
    isPlanned = false
    worker.postMessage({ events, payloads, others } satisfies ThreadCalls)
    events = []
    payloads = []
    others = []
  }

  function call<Value>(put: (id: number) => void): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      plan()
      lastId++
      waiting.set(lastId, { resolve, reject })
      put(lastId)
    })
  }

  const ask = <Value>(method: string, args: unknown[]): Promise<Value> =>
    call((id) => others.push({ id, method, args }))

  const recordEvent = ({ payload, ...event }: IncomingEvent): Promise<EventOutcome> =>
    call((id) => {
      events.push(JSON.stringify([id, event] satisfies CalledEvent))
      payloads.push(payload)
    })

  return {
    start: async (config, program, listening) => {
      listener = listening
      worker.postMessage({ config, program } satisfies ThreadOrder)
      const start = await started.promise
      if (!start.ok) throw new Error(start.message)
      return { app: remoteApp(start.program, recordEvent, ask), webhookSecrets: start.webhookSecrets }
    },
    abandon: async () => {
      isClosed = true
      started.promise.catch(() => {})
      await worker.terminate()
    },
    isUpToDate: () => ask('isUpToDate', []),
    stopBackground: () => ask('stopBackground', []),
    close: async () => {
      isClosed = true
      await ask('close', [])
    },
  }
}

/** What answers at once has to be answered here: of the other thread one only gets promises, and a promise is always true. */
type AtOnce = { [Method in keyof App]: ReturnType<App[Method]> extends Promise<unknown> ? never : Method }[keyof App]

/** Whatever is called of it is called in the thread; it takes and gives plain data. */
function remoteApp(
  program: ProgramInForce,
  recordEvent: App['recordEvent'],
  ask: (method: string, args: unknown[]) => Promise<unknown>,
): App {
  const here: Pick<App, AtOnce | 'recordEvent'> = { program: () => program, recordEvent }
  const methods = new Map<PropertyKey, unknown>(Object.entries(here))
  return new Proxy(here as unknown as App, {
    get: (_, method) => {
      const known = methods.get(method)
      // What is awaited is asked whether it is a promise.
      if (known !== undefined || typeof method !== 'string' || method === 'then') return known
      const remote = (...args: unknown[]) => ask(method, args)
      methods.set(method, remote)
      return remote
    },
  })
}
