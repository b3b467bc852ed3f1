// In the place of `msw/node` where tests run in workerd: the same handlers, asked by a `fetch` of this file. msw's own server
// patches node:http below, which workerd has not.
import { getResponse, type RequestHandler } from 'msw'

interface Server {
  handlers: RequestHandler[]
}

const real = globalThis.fetch
/** Those that listen, the newest first. */
const listening: Server[] = []

/** What `passthrough()` answers says so. */
const isPassthrough = (response: Response): boolean =>
  response.status === 302 && response.headers.get('x-msw-intention') === 'passthrough'

const handled: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  for (const { handlers } of listening) {
    const response = await getResponse(handlers, request.clone())
    if (response === undefined) continue
    if (isPassthrough(response)) return real(request)
    // What msw makes of `HttpResponse.error()`.
    if (response.type === 'error') throw new TypeError('Failed to fetch')
    return response
  }
  throw new TypeError(`No handler for ${request.method} ${request.url}`)
}

export function setupServer(...initial: RequestHandler[]) {
  const server: Server = { handlers: [...initial] }
  return {
    listen: (_options?: { onUnhandledFrame?: unknown }) => {
      listening.unshift(server)
      globalThis.fetch = handled
    },
    close: () => {
      listening.splice(listening.indexOf(server), 1)
      if (listening.length === 0) globalThis.fetch = real
    },
    use: (...more: RequestHandler[]) => {
      server.handlers = [...more, ...server.handlers]
    },
    resetHandlers: () => {
      server.handlers = [...initial]
    },
  }
}
