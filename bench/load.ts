// The client process as the bench sees it: prepare requests, then fire them at a server.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClientOrder, ClientReport, Fired, FireOptions } from './client.ts'
import type { RequestsSpec } from './requests.ts'

export interface LoadClient {
  prepare(spec: RequestsSpec): Promise<void>
  fire(options: FireOptions): Promise<Fired>
  stop(): void
}

type Order<T = ClientOrder> = T extends ClientOrder ? Omit<T, 'id'> : never

export function startClient(): LoadClient {
  const child = fork(fileURLToPath(new URL('./client.ts', import.meta.url)), { stdio: 'inherit' })
  const waiting = new Map<number, { resolve: (result: Fired | number) => void; reject: (error: Error) => void }>()
  let lastId = 0
  child.on('message', (report: ClientReport) => {
    const asked = waiting.get(report.id)
    waiting.delete(report.id)
    if (report.ok) asked?.resolve(report.result)
    else asked?.reject(new Error(`the client failed: ${report.error}`))
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the client process ended'))
  })
  const ask = (order: Order): Promise<Fired | number> => {
    const { promise, resolve, reject } = Promise.withResolvers<Fired | number>()
    lastId++
    waiting.set(lastId, { resolve, reject })
    child.send({ ...order, id: lastId })
    return promise
  }
  return {
    prepare: async (spec) => {
      await ask({ order: 'prepare', spec })
    },
    fire: async (options) => {
      const fired = await ask({ order: 'fire', options })
      if (typeof fired === 'number') throw new Error('the client answered something else')
      return fired
    },
    stop: () => child.disconnect(),
  }
}
