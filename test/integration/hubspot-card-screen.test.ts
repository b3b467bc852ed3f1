// The card as HubSpot draws it, by HubSpot's own testing utilities, fed by the doors themselves.
import {
  Alert,
  Button,
  EmptyState,
  ErrorState,
  Heading,
  hubspot,
  Input,
  LoadingButton,
  LoadingSpinner,
  ProgressBar,
  Select,
  Tag,
  Text,
} from '@hubspot/ui-extensions'
import { createRenderer } from '@hubspot/ui-extensions/testing'
import { createElement } from 'react'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { LoyaltyCard } from '../../integrations/hubspot/app/src/app/cards/loyalty-card.tsx'
import type { Card as CardDrawn } from '../../integrations/hubspot/app/src/app/cards/server.ts'
import type { Card as CardServed, MemberCard } from '../../integrations/hubspot/card-view.ts'
import type { HubspotRoute } from '../../src/http/hubspot-routes.ts'
import { createDoors, type Doors, PUBLIC_URL } from '../support/hubspot-doors.ts'

type Fetch = typeof hubspot.fetch
interface Asked {
  method: string
  path: string
  body: unknown
}

let asked: Asked[] = []
beforeEach(() => {
  asked = []
})

/** What HubSpot does of a card's fetch: adds who asks, signs it, passes it on. */
function through(doors: Doors, email = 'sam@example.org'): Fetch {
  return async (url, options) => {
    const { pathname, search } = new URL(url)
    const method = options?.method ?? 'GET'
    asked.push({ method, path: pathname, body: options?.body })
    const query = `${search === '' ? '?' : `${search}&`}userId=7&userEmail=${encodeURIComponent(email)}&portalId=33`
    const body = options?.body === undefined ? {} : { body: options.body }
    const answer = await doors.call(`${method} ${pathname}` as HubspotRoute, { query, ...body })
    return new Response(answer.text, { status: answer.status })
  }
}

const answering = (status: number, content: unknown): Fetch => {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return async () => new Response(text, { status })
}

interface Drawn {
  variables?: Record<string, string>
  properties?: Record<string, string | null>
  isLoading?: boolean
}

function draw(
  fetch: Fetch,
  { variables = { PUBLIC_URL: `${PUBLIC_URL}/` }, properties, isLoading = false }: Drawn = {},
) {
  vi.spyOn(hubspot, 'fetch').mockImplementation(fetch)
  const renderer = createRenderer('crm.record.tab')
  Object.assign(renderer.mocks.context, { variables, crm: { objectId: 42, objectTypeId: '0-1' } })
  renderer.mocks.useCrmProperties.willCall(() => ({
    properties: properties ?? { email: 'ada@example.org', firstname: 'Ada', lastname: 'Lovelace' },
    error: null,
    isLoading,
    isRefetching: false,
    refetch: async () => {},
  }))
  renderer.render(createElement(LoyaltyCard))
  return renderer
}

const member: MemberCard = {
  kind: 'member',
  program: 'Corner Club',
  headline: 'Gold · 1,240 points',
  status: null,
  progress: { percent: 62, label: 'Platinum: $760.00 more by Dec 31, 2026' },
  expiring: '300 expire on Dec 31, 2026',
  risk: { level: 'high', text: 'May be leaving. Usually buys every 3 weeks; it has been 9.' },
  badges: [{ id: 'regular', name: '🏅 Regular' }],
  history: [
    { id: 7, on: 'Sep 18, 2026', points: '+168', text: '2 × points on $84.00' },
    { id: 6, on: 'Aug 2, 2026', points: '', text: 'Noted' },
  ],
  rewards: [
    { id: 'ten-off', label: '$10 off · 1,000 points · leaves 240', byPoints: true },
    { id: 'tote', label: 'Free tote · 6,000 points', byPoints: false },
  ],
  mayIssue: true,
  ticket: 'look',
}
// What is served is what is drawn: the project in HubSpot cannot import the server's types.
member satisfies CardDrawn & CardServed

describe('a member', () => {
  test('is shown in a few lines', async () => {
    const { find, findAll, waitFor } = draw(answering(200, member))
    await waitFor(() => find(Heading))
    expect(find(Heading).text).toBe('Gold · 1,240 points')
    expect(find(ProgressBar).props).toMatchObject({
      title: 'Platinum: $760.00 more by Dec 31, 2026',
      value: 62,
      maxValue: 100,
    })
    expect(findAll(Tag).map(({ text }) => text)).toEqual(['Risk: high', '🏅 Regular'])
    expect(findAll(Text).map(({ text }) => text)).toEqual([
      '300 expire on Dec 31, 2026',
      'May be leaving. Usually buys every 3 weeks; it has been 9.',
      'Sep 18, 2026 · +168 · 2 × points on $84.00',
      'Aug 2, 2026 · Noted',
    ])
    expect(find(Button).text).toBe('Issue reward')
  })

  test('of whom there is little to say is shown without empty parts', async () => {
    const little = {
      ...member,
      progress: null,
      expiring: null,
      risk: null,
      badges: [],
      history: [],
      rewards: [],
      mayIssue: false,
    }
    const { find, maybeFind, waitFor } = draw(answering(200, { ...little, status: 'They left the program.' }))
    await waitFor(() => find(Heading))
    expect([ProgressBar, Tag, Button].map((part) => maybeFind(part as typeof Button))).toEqual([null, null, null])
    expect(find(Alert).props.title).toBe('They left the program.')
    expect(find(Text).text).toBe('Nothing has happened yet.')
  })
})

describe('issuing a reward', () => {
  const open = async (renderer: ReturnType<typeof draw>) => {
    await renderer.waitFor(() => renderer.find(Heading))
    renderer.find(Button).trigger('onClick')
  }
  const select = ({ find }: ReturnType<typeof draw>, name: string) => find(Select, ({ props }) => props.name === name)

  test('offers what they may have for their points, and more as a present', async () => {
    const renderer = draw(answering(200, member))
    await open(renderer)
    expect(select(renderer, 'reward').props.options).toEqual([
      { label: '$10 off · 1,000 points · leaves 240', value: 'ten-off' },
    ])
    expect(renderer.find(LoadingButton).props.disabled).toBe(true)
    select(renderer, 'charge').trigger('onChange', 'house' as never)
    expect(select(renderer, 'reward').props.options.map(({ value }) => value)).toEqual(['ten-off', 'tote'])
  })

  test('does it, says so, and shows the member anew', async () => {
    const doors = await createDoors()
    await doors.member('ada@example.org', { record: '42', points: 700 })
    const renderer = draw(through(doors))
    await open(renderer)
    select(renderer, 'reward').trigger('onChange', 'tote' as never)
    renderer.find(Input).trigger('onInput', 'Her birthday' as never)
    renderer.find(LoadingButton).trigger('onClick')
    // A second click, before the first is answered.
    renderer.find(LoadingButton).trigger('onClick')
    await renderer.waitFor(() => expect(renderer.find(Heading).text).toBe('Insider · 100 points'), {
      timeoutInMs: 5_000,
    })
    expect(renderer.find(Alert).props.title).toBe('Free tote: Behind the counter. 100 points left.')
    expect(renderer.maybeFind(Select)).toBeNull()
    expect(asked.filter(({ method }) => method === 'POST')).toEqual([
      {
        method: 'POST',
        path: '/hubspot/card/rewards',
        body: {
          contactId: '42',
          email: 'ada@example.org',
          reward: 'tote',
          charge: 'member',
          note: 'Her birthday',
          ticket: expect.stringMatching(/-0$/),
        },
      },
    ])
    expect(await doors.world.app.memberRedemptions('hubspot:42', { limit: 5 })).toMatchObject({
      value: { items: [{ note: 'Her birthday' }] },
    })
  })

  test('shows a code with a way to copy it', async () => {
    const issued = { message: 'K7QXM-2HT9R is ready: $10 off.', code: 'K7QXM-2HT9R', state: 'issued' }
    const renderer = draw(async (url, options) =>
      (options?.method === 'POST' ? answering(200, issued) : answering(200, member))(url, options),
    )
    await open(renderer)
    select(renderer, 'reward').trigger('onChange', 'ten-off' as never)
    renderer.find(LoadingButton).trigger('onClick')
    await renderer.waitFor(() => renderer.find(Alert))
    renderer.find(Button, ({ text }) => text === 'Copy for the customer').trigger('onClick')
    expect(renderer.mocks.actions.copyTextToClipboard.calls).toEqual([['K7QXM-2HT9R']])
  })

  test('says in words why it was refused; the next attempt is another one', async () => {
    const tickets: unknown[] = []
    const refusal = { code: 'staff_limit', detail: 'You can give away 200 points more today' }
    const renderer = draw(async (url, options) => {
      if (options?.method !== 'POST') return answering(200, member)(url, options)
      tickets.push(options.body?.ticket)
      return answering(422, refusal)(url, options)
    })
    await open(renderer)
    select(renderer, 'reward').trigger('onChange', 'ten-off' as never)
    for (const times of [1, 2]) {
      renderer.find(LoadingButton).trigger('onClick')
      await renderer.waitFor(() => {
        expect(tickets).toHaveLength(times)
        expect(renderer.find(Alert).props.title).toBe('You can give away 200 points more today')
      })
    }
    expect(tickets).toEqual(['look-0', 'look-1'])
  })

  test('that nobody answered is asked for again as the same', async () => {
    const tickets: unknown[] = []
    const renderer = draw(async (url, options) => {
      if (options?.method !== 'POST') return answering(200, member)(url, options)
      tickets.push(options.body?.ticket)
      if (tickets.length === 1) throw new Error('network')
      return answering(503, 'upstream')(url, options)
    })
    await open(renderer)
    select(renderer, 'reward').trigger('onChange', 'ten-off' as never)
    for (const times of [1, 2, 3]) {
      renderer.find(LoadingButton).trigger('onClick')
      await renderer.waitFor(() => {
        expect(tickets).toHaveLength(times)
        expect(renderer.find(Alert).props.title).toMatch(/cannot be reached now/)
      })
    }
    expect(tickets).toEqual(['look-0', 'look-0', 'look-0'])
  })

  test('can be left without doing anything', async () => {
    const renderer = draw(answering(200, member))
    await open(renderer)
    renderer.find(Button, ({ text }) => text === 'Cancel').trigger('onClick')
    expect(renderer.maybeFind(Select)).toBeNull()
  })
})

describe('who is not a member', () => {
  test('can be enrolled', async () => {
    const doors = await createDoors()
    const renderer = draw(through(doors))
    await renderer.waitFor(() => renderer.find(EmptyState))
    expect(renderer.find(EmptyState).props.title).toBe('Not a member yet.')
    renderer.find(LoadingButton).trigger('onClick')
    await renderer.waitFor(() => expect(renderer.find(Heading).text).toBe('Insider · 0 points'), { timeoutInMs: 5_000 })
    expect(await doors.world.app.getMember('email:ada@example.org')).toMatchObject({ value: { name: 'Ada Lovelace' } })
  })

  test('and has no address cannot, and it says what is missing', async () => {
    const doors = await createDoors()
    const renderer = draw(through(doors), { properties: { email: null, firstname: null, lastname: null } })
    await renderer.waitFor(() => renderer.find(EmptyState))
    expect(renderer.find(Text).text).toMatch(/e-mail address/)
    expect(renderer.maybeFind(LoadingButton)).toBeNull()
  })

  test('cannot be enrolled by whoever may only look', async () => {
    const doors = await createDoors()
    const renderer = draw(through(doors, 'viewer@example.org'))
    await renderer.waitFor(() => renderer.find(EmptyState))
    expect(renderer.maybeFind(LoadingButton)).toBeNull()
  })
})

describe('when there is nothing to show', () => {
  test('while it is asked for, it says so', () => {
    const never: Fetch = () => new Promise(() => {})
    expect(draw(never).find(LoadingSpinner).props.label).toBe('Looking them up')
    expect(draw(never, { isLoading: true }).find(LoadingSpinner).props.label).toBe('Looking them up')
  })

  test('for want of the server’s address, it says what to do', () => {
    const { find } = draw(answering(200, member), { variables: {} })
    expect(find(ErrorState).props.title).toMatch(/does not know where Regulars is/)
    expect(find(Text).text).toMatch(/PUBLIC_URL/)
  })

  test.each<[string, Fetch, RegExp]>([
    ['nobody answers', () => Promise.reject(new Error('network')), /cannot be reached/],
    ['the answer is a page', answering(502, '<html>'), /cannot be reached/],
    ['the answer is something else', answering(200, { kind: 'surprise' }), /cannot be reached/],
    ['the answer is nothing', answering(200, 'null'), /cannot be reached/],
    ['they may not look', answering(403, { detail: 'You may not look members up' }), /may not look/],
  ])('because %s, it says so and can be asked again', async (_title, fetch, words) => {
    const { find, waitFor } = draw(fetch)
    await waitFor(() => find(ErrorState))
    expect(find(ErrorState).props.title).toMatch(words)
    vi.spyOn(hubspot, 'fetch').mockImplementation(answering(200, member))
    find(Button).trigger('onClick')
    await waitFor(() => find(Heading))
  })
})
