// The plain page at `/`, for the person who just typed `npm start`. It needs no key, so it is only there where the
// host says so, and only answers requests that were really meant for this machine.
import { Hono, type MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import type { App, Clock, Logger } from '../../app/ports.ts'
import type { HttpMetrics } from '../metrics-port.ts'
import { careful, createObserver } from '../middleware.ts'
import { problem } from '../problems.ts'
import { type Html, showPage } from './layout.ts'
import { memberPage } from './member-page.ts'
import { membersPage } from './members-page.ts'
import { createWords } from './words.ts'

export interface PageOptions {
  /** The port as it is known to browsers; asked for at each request, since it may be chosen only on listening. */
  port: () => number
}

interface PagesOptions extends PageOptions {
  app: App
  clock: Clock
  logger: Logger
  metrics: HttpMetrics
}

const MEMBERS_SHOWN = 25
const ENTRIES_SHOWN = 50
const REDEMPTIONS_SHOWN = 10
const AWARDS_SHOWN = 100
const QUERY_LIMIT = 200
const CURSOR_LIMIT = 500

export function createPages({ app, clock, logger, metrics, port }: PagesOptions): Hono {
  const pages = new Hono()
  const checks = [createObserver(metrics, logger), careful, ownHostOnly(port)] as const
  const shared = { place: 'a trial on this machine', home: '/' }

  pages.get('/', ...checks, async (c) => {
    const query = (c.req.query('query') ?? '').trim().slice(0, QUERY_LIMIT)
    const cursor = cursorOf(c.req.query('cursor'))
    const found = await app.listMembers({ limit: MEMBERS_SHOWN, ...(query !== '' && { query }), ...cursor })
    const { program } = app.program()
    const words = createWords(program, clock.now())
    if (!found.ok) return showPage(c, { title: 'Not found', ...shared, body: sorry(found.message) }, 400)
    const body = membersPage({ program, words, query, found: found.value, first: cursor.cursor === undefined })
    return showPage(c, { title: `${program.name}: members`, ...shared, body })
  })

  pages.get('/members/:id', ...checks, async (c) => {
    const id = c.req.param('id')
    const cursor = cursorOf(c.req.query('cursor'))
    const [member, history, rewards, redemptions, awards] = await Promise.all([
      app.getMember(id),
      app.ledger(id, { limit: ENTRIES_SHOWN, ...cursor }),
      app.memberRewards(id),
      app.memberRedemptions(id, { limit: REDEMPTIONS_SHOWN }),
      app.listAwards(id, { limit: AWARDS_SHOWN }),
    ])
    const { program } = app.program()
    const words = createWords(program, clock.now())
    if (!member.ok) return showPage(c, { title: 'Not found', ...shared, body: sorry('No such member.') }, 404)
    if (!history.ok) return showPage(c, { title: 'Not found', ...shared, body: sorry(history.message) }, 400)
    const body = memberPage({
      member: member.value,
      history: history.value,
      program,
      rewards: rewards.ok && member.value.status === 'active' ? rewards.value : null,
      redemptions: redemptions.ok ? redemptions.value.items : [],
      awards: awards.ok ? awards.value.items : [],
      words,
    })
    return showPage(c, { title: `${member.value.name ?? 'A member'}: history`, ...shared, body })
  })
  return pages
}

const sorry = (message: string): Html => html`<h1>Not found</h1><p>${message} <a href="/">See everyone</a>.</p>`

const cursorOf = (cursor: string | undefined): { cursor?: string } =>
  cursor === undefined || cursor === '' || cursor.length > CURSOR_LIMIT ? {} : { cursor }

/**
 * Refuses requests that name another host. A site could point its own name at 127.0.0.1 and read this page through a
 * visitor's browser (DNS rebinding); the Host header then still has that site's name.
 */
const ownHostOnly =
  (port: () => number): MiddlewareHandler =>
  async (c, next) => {
    const hosts = ['localhost', '127.0.0.1', '[::1]'].flatMap((name) => [
      `${name}:${port()}`,
      // Browsers leave the standard port out.
      ...(port() === 80 ? [name] : []),
    ])
    const host = c.req.header('host') ?? ''
    if (!hosts.includes(host.toLowerCase())) {
      return problem(c, 'forbidden', `This page is only shown at http://localhost:${port()}/.`)
    }
    await next()
    return undefined
  }
