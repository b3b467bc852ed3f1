// From what somebody asked to what they see: acknowledged and answered whatever is slow, fails, or is no more.
import { describe, expect, test, vi } from 'vitest'
import type { SlackCalls } from '../../integrations/slack/calls.ts'
import type { Handler, Message, Modal, Reply, Tools } from '../../integrations/slack/desk.ts'
import { createDispatcher, say, type Way } from '../../integrations/slack/dispatch.ts'
import type { StaffDirectory } from '../../integrations/slack/staff-directory.ts'
import { type App, StorePaused } from '../../src/app/ports.ts'
import { createFakeApp } from '../support/http-fake-app.ts'

const ok = <T>(value: T) => ({ ok: true as const, value })
const no = (because: 'expired' | 'gone' | 'down' | 'limited' | 'refused', reason: string = because) => ({
  ok: false as const,
  because,
  reason,
  forMs: 0,
})
const textOf = ({ text }: Message): string => text
const viewText = ({ blocks }: Modal): string => JSON.stringify(blocks)

const identified = {
  ok: true as const,
  origin: { source: 'slack:U1', actor: 'slack:U1', groups: [] },
  user: { id: 'U1', teamId: 'T1', isGuest: false, email: null, locale: 'en-US' },
  groupsAreKnown: true,
}

interface Setup {
  slack?: Partial<SlackCalls>
  app?: Partial<App>
  identify?: StaffDirectory['identify']
  giveUpAfterMs?: number
  /** By default nothing ever is late. */
  rest?: Tools['rest']
}

function create({ slack = {}, app = {}, identify = async () => identified, giveUpAfterMs, rest }: Setup = {}) {
  const told: string[] = []
  const logs: string[] = []
  const tell = (what: string) => void told.push(what)
  const calls: Partial<SlackCalls> = {
    respond: async (_, message, how) => {
      tell(`respond ${how}: ${textOf(message)}`)
      return ok(null)
    },
    openView: async (_, view) => {
      tell(`open: ${viewText(view)}`)
      return ok('V1')
    },
    pushView: async (_, view) => {
      tell(`push: ${viewText(view)}`)
      return ok('V2')
    },
    updateView: async (id, view) => {
      tell(`update ${id}: ${viewText(view)}`)
      return ok(id)
    },
    whisper: async (_, message) => {
      tell(`whisper: ${textOf(message)}`)
      return ok(null)
    },
    post: async ({ channel }, message) => {
      tell(`post ${channel}: ${textOf(message)}`)
      return ok({ channel, ts: '1' })
    },
    ...slack,
  }
  const log = (message: string, fields: object = {}) => void logs.push(`${message} ${JSON.stringify(fields)}`)
  const tools = {
    app: createFakeApp({ mayStaff: async () => true, staffLanguage: async () => null, ...app }),
    clock: { now: () => 0 },
    logger: { debug: log, info: log, warn: log, error: log },
    slack: calls,
    rest: rest ?? (() => new Promise<void>(() => {})),
  } as unknown as Tools
  const options = giveUpAfterMs === undefined ? {} : { giveUpAfterMs }
  return { dispatcher: createDispatcher(tools, { identify }, options), told, logs }
}

const handler = (answer: () => Promise<Reply>, over: Partial<Handler<unknown>> = {}): Handler<unknown> => ({
  needs: 'view',
  answer,
  ...over,
})
const saying = (text: string): Reply => ({ do: 'say', message: say(text) })
const modal = (text: string): Modal => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'T' },
  blocks: say(text).blocks,
})
const typed: Way = { user: 'U1', channel: 'C1', responseUrl: 'https://r', trigger: 't', view: null, isHome: false }
const inWindow: Way = { user: 'U1', channel: null, responseUrl: null, trigger: 't', view: 'V1', isHome: false }
const late = async (): Promise<void> => {}
const eventually = <T>(ms: number, value: T) => new Promise<T>((done) => setTimeout(() => done(value), ms))

describe('whoever asks is answered', () => {
  test('by the response_url', async () => {
    const { dispatcher, told } = create()
    await dispatcher.run(
      handler(async () => saying('hello')),
      {},
      typed,
    )
    expect(told).toEqual(['respond alone: hello'])
  })

  test('where that has expired, in the channel to them alone; where the bot is not in, in their own', async () => {
    const first = create({ slack: { respond: async () => no('expired') } })
    await first.dispatcher.run(
      handler(async () => saying('hello')),
      {},
      typed,
    )
    expect(first.told).toEqual(['whisper: hello'])
    const second = create({
      slack: { respond: async () => no('expired'), whisper: async () => no('refused', 'not_in_channel') },
    })
    await second.dispatcher.run(
      handler(async () => saying('hello')),
      {},
      typed,
    )
    expect(second.told).toEqual(['post U1: hello'])
  })

  test('where Slack takes nothing, the log has it, without a word of what was said', async () => {
    const down = async () => no('down')
    const { dispatcher, told, logs } = create({ slack: { respond: down, whisper: down, post: down } })
    await dispatcher.run(
      handler(async () => saying('ada@example.org')),
      {},
      typed,
    )
    expect(told).toEqual([])
    expect(logs).toEqual(['an answer could not be given in Slack {"because":"down","reason":"down"}'])
  })

  test('plainly, where Slack does not take what was drawn', async () => {
    const posted: string[] = []
    const refused = async () => no('refused', 'invalid_blocks')
    const { dispatcher } = create({
      slack: {
        respond: async () => no('expired', 'status 400'),
        whisper: refused,
        post: async ({ channel }, { blocks }) => {
          posted.push(JSON.stringify(blocks))
          return posted.length === 1 ? no('refused', 'invalid_blocks') : ok({ channel, ts: '1' })
        },
      },
    })
    const message: Message = { text: 'Ada <!channel>', blocks: [{ type: 'divider' }] }
    await dispatcher.run(
      handler(async () => ({ do: 'say', message })),
      {},
      typed,
    )
    expect(posted).toHaveLength(2)
    expect(posted[1]).toContain('Ada &lt;!channel&gt;')
  })

  test('what is shared goes to the channel, also after the response_url’s time', async () => {
    const { dispatcher, told } = create({ slack: { respond: async () => no('expired') } })
    await dispatcher.run(
      handler(async () => ({ do: 'share', message: say('card') })),
      {},
      typed,
    )
    expect(told).toEqual(['post C1: card'])
  })

  test.each<[string, () => Promise<Reply>]>([
    ['throws', () => Promise.reject(new TypeError('ada@example.org'))],
    [
      'throws at once',
      () => {
        throw new TypeError('ada@example.org')
      },
    ],
  ])('with a plain sentence when the handler %s', async (_, answer) => {
    const { dispatcher, told, logs } = create()
    await dispatcher.run(handler(answer), {}, typed)
    expect(told).toEqual(['respond alone: This could not be done now. Try again in a moment.'])
    expect(logs).toEqual(['what was asked in Slack could not be done {"error":"TypeError"}'])
  })

  test('says that nothing was done while everything rests, and when to come again', async () => {
    const { dispatcher, told } = create()
    await dispatcher.run(
      handler(() => Promise.reject(new StorePaused('paused'))),
      {},
      typed,
    )
    expect(told).toEqual([expect.stringContaining('is moving to another place. Nothing was changed')])
  })

  test('with a plain sentence when the store does not answer who may do what', async () => {
    const { dispatcher, told } = create({ app: { mayStaff: () => Promise.reject(new Error('unavailable')) } })
    await dispatcher.run(
      handler(async () => saying('secret')),
      {},
      typed,
    )
    expect(told).toEqual(['respond alone: This could not be done now. Try again in a moment.'])
  })

  test('with a plain sentence when a handler never ends', async () => {
    const { dispatcher, told, logs } = create({ giveUpAfterMs: 20 })
    await dispatcher.run(
      handler(() => new Promise(() => {})),
      {},
      typed,
    )
    expect(told).toEqual([expect.stringContaining('This takes far longer than usual. It may still be done')])
    expect(logs).toEqual(['what was asked in Slack took too long {"ms":20}'])
  })

  test.each<[string, Setup, string]>([
    ['Slack does not say who they are', { identify: async () => ({ ok: false, because: 'unknown' }) }, 'who you are'],
    [
      'they are a guest',
      { identify: async () => ({ ...identified, origin: { ...identified.origin, isOutsider: true } }) },
      'Guests and people of other workspaces cannot use this.',
    ],
    ['no list has them', { app: { mayStaff: async () => false } }, 'You may not look members up.'],
    [
      'their user groups are not known',
      { app: { mayStaff: async () => false }, identify: async () => ({ ...identified, groupsAreKnown: false }) },
      'whether you are in the group',
    ],
  ])('and refused in words when %s; the handler is not run', async (_, setup, words) => {
    const { dispatcher, told } = create(setup)
    const answer = vi.fn(async () => saying('secret'))
    await dispatcher.run(handler(answer), {}, typed)
    expect(answer).not.toHaveBeenCalled()
    expect(told).toEqual([expect.stringContaining(words)])
  })
})

describe('what goes on after the answer', () => {
  test('takes its place, again and again', async () => {
    const { dispatcher, told } = create()
    const last: Reply = { do: 'update', view: modal('three') }
    const second: Reply = { do: 'update', view: modal('two'), after: async () => last }
    await dispatcher.run(
      handler(async () => ({ do: 'open', view: modal('one'), after: async () => second })),
      {},
      typed,
    )
    expect(told.map((what) => /^(\S+ ?\S*): .*"(one|two|three)"/.exec(what)?.slice(1))).toEqual([
      ['open', 'one'],
      ['update V1', 'two'],
      ['update V1', 'three'],
    ])
  })

  test.each<[string, () => Promise<Reply>]>([
    ['throws', () => Promise.reject(new Error('no'))],
    [
      'throws at once',
      () => {
        throw new Error('no')
      },
    ],
    ['never ends', () => new Promise(() => {})],
  ])('is told of when it %s', async (_, work) => {
    const { dispatcher, told } = create({ giveUpAfterMs: 20 })
    await dispatcher.run(
      handler(async () => ({ ...saying('begun'), after: work })),
      {},
      typed,
    )
    expect(told).toEqual(['respond alone: begun', expect.stringMatching(/could not be done now|may still be done/)])
  })

  test('comes to an end', async () => {
    const { dispatcher, told, logs } = create()
    const again = async (): Promise<Reply> => ({ ...saying('again'), after: again })
    await dispatcher.run(handler(again), {}, typed)
    expect(told).toHaveLength(50)
    expect(logs).toEqual(['what was asked in Slack has no end {"steps":50}'])
  })

  test('goes where the window was, when that was shut meanwhile', async () => {
    const { dispatcher, told } = create({ slack: { updateView: async () => no('gone') } })
    await dispatcher.run(
      handler(async () => ({
        do: 'open',
        view: modal('one'),
        after: async (): Promise<Reply> => ({ do: 'update', view: modal('two') }),
      })),
      {},
      typed,
    )
    expect(told).toEqual([expect.stringContaining('open'), 'respond alone: T'])
  })
})

describe('a window', () => {
  test('that Slack does not take does not go on saying "One moment…"', async () => {
    const shown: string[] = []
    const { dispatcher } = create({
      rest: late,
      slack: {
        updateView: async (id, view) => {
          shown.push(viewText(view))
          return shown.length === 1 ? no('refused', 'invalid_arguments') : ok(id)
        },
      },
    })
    const way = { ...typed, responseUrl: null, channel: null }
    await dispatcher.run(
      handler(() => eventually(20, { do: 'open', view: modal('bad') }), { opens: true }),
      {},
      way,
    )
    expect(shown).toEqual([expect.stringContaining('bad'), expect.stringContaining('This could not be done now.')])
  })

  test('whose trigger’s time is over is told of', async () => {
    const { dispatcher, told } = create({ slack: { openView: async () => no('expired') } })
    await dispatcher.run(
      handler(async () => ({ do: 'open', view: modal('x') })),
      {},
      typed,
    )
    expect(told).toEqual(['respond alone: That took too long for Slack to open a window. Press the button again.'])
  })

  test('that takes long to make is opened empty in time, and filled', async () => {
    const { dispatcher, told } = create({ rest: late })
    const slow = handler(() => eventually(20, { do: 'open', view: modal('filled') }), { opens: true })
    await dispatcher.run(slow, {}, typed)
    expect(told).toEqual([expect.stringMatching(/^open: .*One moment…/), expect.stringMatching(/^update V1: .*filled/)])
  })

  test.each<[string, Reply, RegExp[]]>([
    ['something is only said', saying('sorry'), [/^update V1: .*sorry/]],
    ['nothing is shown', { do: 'nothing' }, [/^update V1: .*Done/]],
    ['it is to be shut', { do: 'close' }, [/^update V1: .*Done/]],
    ['it is shared', { do: 'share', message: say('card') }, [/^respond in_channel: card/, /^update V1: .*Done/]],
    [
      'the message is replaced',
      { do: 'replace', message: say('card') },
      [/^respond replace: card/, /^update V1: .*Done/],
    ],
  ])('that was opened empty does not stay so when %s', async (_, reply, then) => {
    const { dispatcher, told } = create({ rest: late })
    await dispatcher.run(
      handler(() => eventually(20, reply), { opens: true }),
      {},
      typed,
    )
    expect(told[0]).toMatch(/^open: .*One moment…/)
    expect(told.slice(1)).toEqual(then.map((pattern) => expect.stringMatching(pattern)))
  })

  test('that could not be opened empty leaves the answer its own way', async () => {
    const { dispatcher, told } = create({ rest: late, slack: { openView: async () => no('down') } })
    await dispatcher.run(
      handler(() => eventually(20, saying('hello')), { opens: true }),
      {},
      typed,
    )
    expect(told).toEqual(['respond alone: hello'])
  })

  test('from a window goes on top of it, from App Home it opens', async () => {
    const { dispatcher, told } = create()
    const opening = handler(async () => ({ do: 'open', view: modal('x') }))
    await dispatcher.run(opening, {}, inWindow)
    await dispatcher.run(opening, {}, { ...inWindow, isHome: true })
    expect(told.map((what) => what.split(':')[0])).toEqual(['push', 'open'])
  })
})

describe('a window that was sent in', () => {
  const sent: Way = { ...inWindow, trigger: null }
  async function submit(answer: () => Promise<Reply>, setup: Setup = {}) {
    const { dispatcher, told, logs } = create(setup)
    const acknowledged: unknown[] = []
    await dispatcher.submit(handler(answer), {}, sent, async (given) => void acknowledged.push(given))
    return { acknowledged, told, logs }
  }

  test.each<[string, Reply, unknown]>([
    ['errors', { do: 'errors', errors: { points: 'no' } }, { response_action: 'errors', errors: { points: 'no' } }],
    ['a next one', { do: 'update', view: modal('x') }, { response_action: 'update', view: modal('x') }],
    ['one on top', { do: 'open', view: modal('x') }, { response_action: 'push', view: modal('x') }],
    ['nothing', { do: 'nothing' }, undefined],
    ['its end', { do: 'close' }, { response_action: 'clear' }],
  ])('is acknowledged with %s', async (_, reply, expected) => {
    const { acknowledged, told } = await submit(async () => reply)
    expect(acknowledged).toEqual([expected])
    expect(told).toEqual([])
  })

  test('is acknowledged in time while the store takes its time, and says what came of it', async () => {
    const { acknowledged, told } = await submit(() => eventually(20, { do: 'update', view: modal('ready') }), {
      rest: late,
    })
    expect(acknowledged).toEqual([expect.objectContaining({ response_action: 'update' })])
    expect(JSON.stringify(acknowledged)).toContain('One moment…')
    expect(told).toEqual([expect.stringMatching(/^update V1: .*ready/)])
  })

  test.each<[string, Reply, RegExp]>([
    ['errors', { do: 'errors', errors: { points: 'not a number' } }, /not a number/],
    ['its end', { do: 'close' }, /Done/],
    ['nothing', { do: 'nothing' }, /Done/],
    ['a sentence', saying('sold out'), /sold out/],
  ])('does not go on saying "One moment…" where %s comes late', async (_, reply, words) => {
    const { told } = await submit(() => eventually(20, reply), { rest: late })
    expect(told).toEqual([expect.stringMatching(words)])
  })

  test('is answered with a sentence when its handler fails', async () => {
    const { acknowledged } = await submit(() => Promise.reject(new Error('no')))
    expect(JSON.stringify(acknowledged)).toContain('This could not be done now.')
  })
})

describe('the language of answers', () => {
  const inLanguage = async (chosen: string | null, locale: string | null): Promise<string> => {
    const identify = async () => ({ ...identified, user: { ...identified.user, locale } })
    const { dispatcher } = create({ identify, app: { staffLanguage: async () => chosen } })
    const asked = await dispatcher.ask('U1', 'C1')
    return asked.ok ? asked.asking.words.language : ''
  }

  test('is English where neither was chosen nor has words for staff', async () => {
    expect(await inLanguage(null, null)).toBe('en')
    expect(await inLanguage(null, 'pt-BR')).toBe('en')
    expect(await inLanguage('xx', 'en-GB')).toBe('en')
  })

  test('does not keep anybody from being answered when it cannot be read', async () => {
    const { dispatcher } = create({ app: { staffLanguage: () => Promise.reject(new Error('unavailable')) } })
    expect(await dispatcher.ask('U1', 'C1')).toMatchObject({ ok: true })
  })
})
