// The same server where isolates come and go: one that a webhook started evaluates nothing of the API, whose schemas take as
// long as everything else together, until somebody asks for it.
import { Hono } from 'hono'
import { createDoors, type HttpOptions } from './create-doors.ts'
import { createErrorHandler, notFound } from './failures.ts'

export function createLateApp(options: HttpOptions): Hono {
  const get = createLoader(() => loadApi(options))
  return createDoors(options, (root) =>
    root.mount('/api', async (request, ...host) => (await get()).fetch(request, ...host), { replaceRequest: false }),
  )
}

/** Once for all; one that failed is tried again. */
function createLoader<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined
      throw error
    })
    return loaded
  }
}

async function loadApi(options: HttpOptions): Promise<Hono> {
  const { addApi } = await import('./add-api.ts')
  const api = new Hono()
  api.onError(createErrorHandler(options.logger))
  api.notFound(notFound)
  addApi(api, options)
  return api
}
