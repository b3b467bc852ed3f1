/** What the page asks of the sandbox. Nothing here throws: what went wrong is answered in words. */
import type { Outcome } from '../shown.ts'

/** What this visitor looks at: the server answers that part of the world. */
export interface Looking {
  /** Whose Slack. */
  me: string
  /** Part of a name or address. */
  customers: string
  contacts: string
  /** The list that contacts are shown of; empty: all of them. */
  list: string
  /** The customer who is served. */
  customer: string
}

export interface Api {
  /** What a button does, such as `shop/buy`. */
  do(name: string, given: object): Promise<Outcome>
  /** Of the page as a whole: `time`, `year`, `start-over`, `preset`, `tour`, `card/rewards`. */
  post(path: string, given: object): Promise<Outcome>
  /** `contacts/…`; null where there is none, or nobody answered. */
  get<Answer>(path: string): Promise<Answer | null>
  /** Looks at something else from now on; the state follows. */
  look(over: Partial<Looking>): void
}

export const OUT_OF_REACH = 'The sandbox does not answer. Is it still running?'

const JSON_HEADERS = { 'content-type': 'application/json' }

/** @param look told of what is looked at from now on */
export function createApi(look: Api['look']): Api {
  const post: Api['post'] = async (path, given) => {
    try {
      const request = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(given) }
      const response = await fetch(`/sandbox/${path}`, request)
      return outcomeOf(await response.json())
    } catch {
      return { ok: false, why: OUT_OF_REACH }
    }
  }
  return {
    post,
    do: (name, given) => post(`do/${name}`, given),
    get: async (path) => {
      try {
        const response = await fetch(`/sandbox/${path}`)
        return response.ok ? ((await response.json()) as never) : null
      } catch {
        return null
      }
    },
    look,
  }
}

/** An answer of ours, or a problem as HTTP APIs tell it. */
export function outcomeOf(answer: unknown): Outcome {
  if (typeof answer !== 'object' || answer === null) return { ok: false, why: OUT_OF_REACH }
  if ('ok' in answer && typeof answer.ok === 'boolean') return answer as Outcome
  if ('message' in answer && typeof answer.message === 'string') return { ok: true, said: answer.message }
  const why = 'detail' in answer && typeof answer.detail === 'string' ? answer.detail : OUT_OF_REACH
  return { ok: false, why }
}
