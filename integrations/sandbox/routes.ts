/** The page and what it asks, each only from this machine's own browser. */
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { doIt } from './doings.ts'
import { signV3 } from './doubles/hubspot/webhooks.ts'
import { MARKETER, STAFF } from './first-day.ts'
import { onlyFromHere } from './guard.ts'
import type { Sandbox } from './sandbox.ts'
import type { Outcome, ShownState, Told } from './shown.ts'
import { TOUR_STEPS } from './tour.ts'
import { ADDRESSES, CREDENTIALS } from './vendors.ts'
import { viewRecord, viewState, viewWaiting } from './view.ts'

export interface SandboxRouteOptions {
  sandbox: Sandbox
  /** As browsers know it. */
  port: () => number
  /** The server ends: nobody is told anything any more. */
  ending?: AbortSignal
  /** The page's files, by name; null where there is none. */
  file: (name: string) => { body: Uint8Array<ArrayBuffer>; type: string } | null
  /** Fills the world with a year of a shop; `onProgress` gets 0 to 1. */
  fillYear: (sandbox: Sandbox, onProgress: (share: number) => void) => Promise<string>
}

const CHANGED_EVERY_MS = 120
const ALIVE_EVERY_MS = 15_000
const BODY_CHARACTERS = 100_000
const STEPS_LOOKED_AT = 1_000
const BUSY: Outcome = { ok: false, why: 'Something else is under way: wait a moment' }

export function createSandboxRoutes({ sandbox, port, ending, file, fillYear }: SandboxRouteOptions): Hono {
  const routes = new Hono()
  const guard = onlyFromHere(port)
  const told = createBoard(sandbox)

  routes.use('/', guard)
  routes.use('/sandbox/*', guard)

  routes.get('/', (c) => asset(file('index.html')) ?? c.text('The page was not built: run npm ci', 500))
  routes.get('/sandbox/assets/:name', (c) => asset(file(c.req.param('name'))) ?? c.notFound())

  routes.get('/sandbox/state', async (c) => {
    const asked = (name: string): string => (c.req.query(name) ?? '').slice(0, 100)
    const known = STAFF.find(({ id }) => id === asked('me')) ?? STAFF[0]
    const looking = {
      me: known.id,
      customers: asked('customers'),
      contacts: asked('contacts'),
      list: asked('list'),
      customer: asked('customer'),
    }
    try {
      const waits = await viewWaiting(sandbox)
      return c.json(viewState(sandbox, { ...looking, work: told.work(), waits }))
    } catch (error) {
      // While another program comes into force, or all begins anew, there is a moment without a server.
      if (told.work() === null && !sandbox.isBusy) throw error
      return c.json({ ok: false, why: 'The sandbox is being opened' }, 503, { 'retry-after': '1' })
    }
  })

  /** What happened on one journey, or in one step alone, with the JSON. */
  routes.get('/sandbox/steps', (c) => {
    const { journey, id } = c.req.query()
    const wanted = sandbox.trace
      .recent(STEPS_LOOKED_AT)
      .filter((step) => (journey === undefined ? String(step.id) === id : step.journey === journey))
    if (wanted.some(({ stage }) => stage === 'recorded') && mark(sandbox, 'points')) told.changed()
    return c.json(wanted)
  })

  routes.get('/sandbox/contacts/:id', async (c) => {
    const record = viewRecord(sandbox, c.req.param('id'))
    if (record === null) return c.json({ ok: false, why: 'There is no such contact' }, 404)
    if (mark(sandbox, 'hubspot')) told.changed()
    const card = await askCard(sandbox, 'GET', '/hubspot/card', {
      objectId: record.contact.id,
      ...(record.contact.email !== '' && { email: record.contact.email }),
    })
    return c.json({ ...record, card })
  })

  /** What the card's buttons ask of us, as HubSpot would pass it on. */
  routes.post('/sandbox/card/:what', async (c) => {
    const what = c.req.param('what')
    if (what !== 'rewards' && what !== 'enrol') return c.notFound()
    const body = await bodyOf(c.req.raw)
    if (sandbox.isBusy) return c.json(BUSY)
    const codes = countCodes(sandbox)
    const title = what === 'enrol' ? 'Marketing enrols a contact' : 'Marketing issues a reward'
    const answer = await sandbox.trace.asOne({ vendor: 'hubspot', title, detail: body }, async () => {
      const answered = await askCard(sandbox, 'POST', `/hubspot/card/${what}`, {}, body)
      await sandbox.settle()
      return answered
    })
    if (countCodes(sandbox) > codes) mark(sandbox, 'reward')
    told.changed()
    return c.json(answer as object)
  })

  routes.get('/sandbox/events', (c) =>
    streamSSE(c, async (stream) => {
      const over = Promise.withResolvers<void>()
      const tell = <Name extends keyof Told>(event: Name, data: Told[Name]): void =>
        void stream.writeSSE({ event, data: JSON.stringify(data) })
      const leave = told.listen(tell)
      const alive = setInterval(() => void stream.writeSSE({ event: 'alive', data: '' }), ALIVE_EVERY_MS)
      stream.onAbort(() => over.resolve())
      tell('changed', { now: sandbox.clock.now() })
      const end = (): void => over.resolve()
      ending?.addEventListener('abort', end)
      if (ending?.aborted) end()
      await over.promise
      ending?.removeEventListener('abort', end)
      leave()
      clearInterval(alive)
    }),
  )

  routes.post('/sandbox/do/:area/:what', async (c) => {
    const name = `${c.req.param('area')}/${c.req.param('what')}`
    const given = await bodyOf(c.req.raw)
    if (sandbox.isBusy) return c.json(BUSY)
    const codes = countCodes(sandbox)
    const outcome = await doIt(sandbox, name, given)
    if (outcome === null) return c.notFound()
    if (outcome.ok) for (const step of stepsOf(name, given, countCodes(sandbox) > codes)) mark(sandbox, step)
    told.changed()
    return c.json(outcome)
  })

  const time = z.union([z.object({ days: z.int().min(1).max(31) }), z.object({ months: z.int().min(1).max(12) })])
  routes.post('/sandbox/time', async (c) => {
    const by = time.safeParse(await bodyOf(c.req.raw))
    if (!by.success) return c.json({ ok: false, why: 'How far? Up to 31 days or 12 months at once' }, 400)
    return c.json(await long('Time goes on', (say) => sandbox.goOn(by.data, ({ share }) => say(share))))
  })

  routes.post('/sandbox/year', async (c) =>
    c.json(
      await long('A year in a minute', async (say) => {
        const said = await fillYear(sandbox, say)
        sandbox.trace.add({ stage: 'happened', vendor: 'regulars', title: said, detail: null })
        // Alerts have come meanwhile, and are there to be read.
        mark(sandbox, 'alert')
        return said
      }),
    ),
  )

  routes.post('/sandbox/start-over', async (c) => c.json(await long('Starting over', () => sandbox.startOver())))

  const choosing = z.object({ preset: z.string().max(60).nullable() })
  routes.post('/sandbox/preset', async (c) => {
    const asked = choosing.safeParse(await bodyOf(c.req.raw))
    const isKnown =
      asked.success && (asked.data.preset === null || sandbox.presets.some(({ id }) => id === asked.data.preset))
    if (!asked.success || !isKnown) return c.json({ ok: false, why: 'There is no such program' }, 400)
    return c.json(await long('The program changes', () => sandbox.usePreset(asked.data.preset)))
  })

  routes.post('/sandbox/tour', async (c) => {
    const asked = z.object({ step: z.string().max(40) }).safeParse(await bodyOf(c.req.raw))
    if (asked.success && asked.data.step === 'begin') sandbox.world.tour = []
    else if (asked.success) mark(sandbox, asked.data.step)
    told.changed()
    return c.json({ ok: true })
  })

  /** One at a time; what cannot be done is said in words. */
  async function long(what: string, work: (say: (share: number) => void) => Promise<unknown>) {
    const outcome = await sandbox.alone(async () => {
      try {
        told.working({ what, share: 0 })
        const said = await work((share) => told.working({ what, share }))
        return { ok: true as const, ...(typeof said === 'string' && { said }) }
      } catch (error) {
        return { ok: false as const, why: error instanceof Error ? error.message : 'It did not work' }
      } finally {
        told.working(null)
        told.changed()
      }
    })
    return outcome === 'busy' ? BUSY : outcome
  }

  return routes
}

const asset = (found: { body: Uint8Array<ArrayBuffer>; type: string } | null): Response | null =>
  found === null ? null : new Response(found.body, { headers: { 'content-type': found.type } })

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text()
  if (text.length > BODY_CHARACTERS) return null
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return null
  }
}

/** Who looks on is told that something changed, not more often than they can look. */
function createBoard(sandbox: Sandbox) {
  type Tell = <Name extends keyof Told>(event: Name, data: Told[Name]) => void
  const listeners = new Set<Tell>()
  let work: ShownState['work'] = null
  let timer: NodeJS.Timeout | undefined
  const changed = (): void => {
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      for (const tell of listeners) tell('changed', { now: sandbox.clock.now() })
    }, CHANGED_EVERY_MS)
    timer.unref()
  }
  sandbox.watch(changed)
  sandbox.trace.listen(({ detail: _, ...step }) => {
    for (const tell of listeners) tell('step', step)
    changed()
  })
  return {
    changed,
    work: () => work,
    working: (given: ShownState['work']): void => {
      work = given
      for (const tell of listeners) tell('work', given)
    },
    listen: (tell: Tell) => {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
  }
}

/** HubSpot signs the address with these characters decoded. Source: its documentation of validating requests */
const SIGNED_DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

/** Asks the card's door as HubSpot does: signed, and in a user's name. */
async function askCard(
  sandbox: Sandbox,
  method: 'GET' | 'POST',
  path: string,
  query: Record<string, string>,
  content?: unknown,
): Promise<unknown> {
  const about = { userEmail: MARKETER, portalId: String(sandbox.vendors.hubspot.portal.id), ...query }
  const uri = `${ADDRESSES.self}${path}?${new URLSearchParams(about)}`
  const body = content === undefined ? '' : JSON.stringify(content)
  const signed = { method, uri: uri.replace(SIGNED_DECODED, decodeURIComponent), body, at: sandbox.clock.now() }
  const signature = signV3(signed, CREDENTIALS.hubspotSecret)
  const headers = { 'content-type': 'application/json', ...signature }
  const response = await sandbox.fetch(new Request(uri, { method, headers, ...(method === 'POST' && { body }) }))
  return response.json().catch(() => null)
}

// ---------------------------------------------------------------------------------------------------------- the tour

/** Answers whether it is news. */
function mark(sandbox: Sandbox, step: string): boolean {
  if (!TOUR_STEPS.includes(step) || sandbox.world.tour.includes(step)) return false
  sandbox.world.tour.push(step)
  sandbox.touch()
  return true
}

const countCodes = ({ vendors }: Sandbox): number => Object.keys(vendors.stripe.account.objects.promotion_codes).length

/** Which steps of the tour that was. */
function stepsOf(name: string, given: unknown, hasNewCode: boolean): string[] {
  const { code, line } = (given ?? {}) as { code?: unknown; line?: unknown }
  const steps: string[] = hasNewCode ? ['reward'] : []
  if (name === 'shop/buy') steps.push('buy', ...(typeof code === 'string' && code !== '' ? ['checkout'] : []))
  if (name === 'shop/refund') steps.push('refund')
  if (name === 'slack/command' && typeof line === 'string' && line.startsWith('/loyalty ')) steps.push('lookup')
  return steps
}
