// The Slack double refuses what Slack refuses, in the shapes that Slack gives it.
import { LogLevel, WebClient } from '@slack/web-api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  METHOD_NAMES,
  type SlackDouble,
  type SlackDoubleOptions,
} from '../../integrations/sandbox/doubles/slack/create-double.ts'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'
import {
  answerOf,
  button,
  call,
  field,
  form,
  lastTrigger,
  modal,
  NOON,
  openDouble,
  opened,
  POINTS,
  row,
  section,
  viewOf,
  WORDS,
} from '../support/slack-double.ts'
import { CHANNELS, listenAsSlack, PEOPLE, SLACK_API_URL, startSlack } from '../support/slack-workspace.ts'

const slack = startSlack()
const nothing = () => {}
const silent = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
}

describe('who may call', () => {
  it('refuses calls without a token, and with a wrong one: not_authed, invalid_auth', async () => {
    const { double } = openDouble()
    expect((await call(double, 'auth.test', {}, null)).body).toEqual({ ok: false, error: 'not_authed' })
    expect((await call(double, 'auth.test', {}, 'xoxb-other')).body).toEqual({ ok: false, error: 'invalid_auth' })
  })

  it('says who the app is, and its scopes in a header', async () => {
    const { double } = openDouble({ scopes: ['chat:write', 'commands'] })
    const { body, headers } = await call(double, 'auth.test')
    expect(body).toMatchObject({ ok: true, team_id: 'T0REGULARS', user_id: 'U0BOTREGULARS', bot_id: 'B0REGULARS' })
    expect(headers.get('x-oauth-scopes')).toBe('chat:write,commands')
  })

  it.each([
    ['chat.postMessage', { channel: CHANNELS.loyalty, text: 'x' }, 'chat:write'],
    ['users.info', { user: PEOPLE.sam }, 'users:read'],
    ['users.lookupByEmail', { email: 'sam@shop.test' }, 'users:read.email'],
    ['usergroups.users.list', { usergroup: 'S0ISSUERS' }, 'usergroups:read'],
    ['conversations.info', { channel: CHANNELS.loyalty }, 'channels:read'],
    ['conversations.info', { channel: CHANNELS.approvals }, 'groups:read'],
    ['conversations.open', { users: PEOPLE.sam }, 'im:write'],
  ])('refuses %s without its scope: missing_scope', async (method, args, needed) => {
    const { double } = openDouble({ scopes: ['commands'] })
    expect(await answerOf(double, method, args)).toEqual({
      ok: false,
      error: 'missing_scope',
      needed,
      provided: 'commands',
    })
  })

  it('knows no other methods: unknown_method', async () => {
    const { double } = openDouble()
    expect(await answerOf(double, 'chat.shout')).toMatchObject({ ok: false, error: 'unknown_method' })
  })
})

describe('people, groups and conversations', () => {
  it('says of a person what staff lists need to know', async () => {
    const { double } = openDouble()
    expect(await answerOf(double, 'users.info', { user: PEOPLE.eve, include_locale: 'true' })).toMatchObject({
      user: { team_id: 'T0OTHERSHOP', is_stranger: true, is_restricted: false, locale: 'en-US' },
    })
    expect(await answerOf(double, 'users.info', { user: PEOPLE.gus })).toMatchObject({ user: { is_restricted: true } })
    expect(await answerOf(double, 'users.info', { user: 'U0NOBODY' })).toEqual({ ok: false, error: 'user_not_found' })
  })

  it('tells addresses to those alone who may know them', async () => {
    const { double } = openDouble()
    const profile = async () => ((await answerOf(double, 'users.info', { user: PEOPLE.sam })).user as Json).profile
    expect(await profile()).toMatchObject({ email: 'sam@shop.test' })
    double.settings.scopes = ['users:read']
    expect(await profile()).not.toHaveProperty('email')
  })

  it('finds people by their address: users_not_found', async () => {
    const { double } = openDouble()
    expect(await answerOf(double, 'users.lookupByEmail', { email: 'SAM@shop.test' })).toMatchObject({
      user: { id: PEOPLE.sam },
    })
    const nobody = await answerOf(double, 'users.lookupByEmail', { email: 'nobody@shop.test' })
    expect(nobody).toEqual({ ok: false, error: 'users_not_found' })
  })

  it('lists who is in a user group: no_such_subteam', async () => {
    const { double } = openDouble()
    expect(await answerOf(double, 'usergroups.users.list', { usergroup: 'S0ISSUERS' })).toEqual({
      ok: true,
      users: [PEOPLE.ira],
    })
    expect(await answerOf(double, 'usergroups.list', { include_users: true })).toMatchObject({
      usergroups: [{ id: 'S0ISSUERS', users: [PEOPLE.ira] }],
    })
    const none = await answerOf(double, 'usergroups.users.list', { usergroup: 'S0NONE' })
    expect(none).toEqual({ ok: false, error: 'no_such_subteam' })
  })

  it('shows conversations that the bot may see, and opens direct messages: channel_not_found, user_not_found', async () => {
    const { double } = openDouble()
    const { loyalty, random, approvals } = CHANNELS
    expect(await answerOf(double, 'conversations.info', { channel: loyalty })).toMatchObject({
      channel: { name: 'loyalty', is_member: true, is_ext_shared: true },
    })
    expect(await answerOf(double, 'conversations.info', { channel: random })).toMatchObject({
      channel: { is_member: false },
    })
    const members = await answerOf(double, 'conversations.members', { channel: approvals })
    expect(members.members).toContain(PEOPLE.ana)
    const begun = await answerOf(double, 'conversations.open', { users: PEOPLE.sam })
    expect(await answerOf(double, 'conversations.open', { users: PEOPLE.sam })).toEqual(begun)
    for (const [method, args, error] of [
      ['conversations.info', { channel: 'C0NONE' }, 'channel_not_found'],
      ['conversations.open', { users: 'U0NONE' }, 'user_not_found'],
    ] as const)
      expect(await answerOf(double, method, args)).toEqual({ ok: false, error })
  })
})

describe('messages', () => {
  it('are seen by those in the channel, whether it is called by its id or by its name', async () => {
    const { double } = openDouble()
    await answerOf(double, 'chat.postMessage', { channel: CHANNELS.approvals, text: 'one' })
    const two = await answerOf(double, 'chat.postMessage', { channel: '#approvals', text: 'two' })
    expect(two).toMatchObject({ ok: true, channel: CHANNELS.approvals, message: { text: 'two' } })
    expect(double.sees(PEOPLE.ana).messages.map(({ text }) => text)).toEqual(['one', 'two'])
    expect(double.sees(PEOPLE.ira).messages).toEqual([])
  })

  it('to a person are direct messages', async () => {
    const { double } = openDouble()
    const { channel } = await answerOf(double, 'chat.postMessage', { channel: PEOPLE.ira, text: 'for you' })
    expect(channel).toMatch(/^D/)
    expect(double.lastSeenBy(PEOPLE.ira)).toMatchObject({ text: 'for you', isEphemeral: false })
    expect(double.sees(PEOPLE.sam).messages).toEqual([])
  })

  it('for one person are seen by that person alone', async () => {
    const { double } = openDouble()
    const where = { channel: CHANNELS.loyalty, user: PEOPLE.sam, text: 'psst' }
    expect(await answerOf(double, 'chat.postEphemeral', where)).toMatchObject({ ok: true })
    expect(double.lastSeenBy(PEOPLE.sam)).toMatchObject({ text: 'psst', isEphemeral: true })
    expect(double.sees(PEOPLE.ana).messages).toEqual([])
  })

  const long = 'x'.repeat(3_001)
  it.each<[string, string, Json]>([
    ['channel_not_found', 'chat.postMessage', { channel: 'C0NONE', text: 'x' }],
    ['channel_not_found', 'chat.postMessage', { channel: 'U0NONE', text: 'x' }],
    ['invalid_arguments', 'chat.postMessage', { text: 'x' }],
    ['no_text', 'chat.postMessage', { channel: CHANNELS.loyalty }],
    ['msg_too_long', 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'x'.repeat(40_001) }],
    ['invalid_blocks_format', 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'x', blocks: '{]' }],
    ['invalid_blocks', 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'x', blocks: [section(long)] }],
    [
      'msg_blocks_too_long',
      'chat.postMessage',
      { channel: CHANNELS.loyalty, text: 'x', blocks: Array(5).fill(section(long)) },
    ],
    ['thread_not_found', 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'x', thread_ts: '1.000001' }],
    ['user_not_in_channel', 'chat.postEphemeral', { channel: CHANNELS.approvals, user: PEOPLE.ira, text: 'x' }],
    ['message_not_found', 'chat.update', { channel: CHANNELS.loyalty, ts: '1.000001', text: 'x' }],
    ['channel_not_found', 'chat.update', { channel: '#loyalty', ts: '1.000001', text: 'x' }],
    ['message_not_found', 'chat.delete', { channel: CHANNELS.loyalty, ts: '1.000001' }],
    ['message_not_found', 'chat.getPermalink', { channel: CHANNELS.loyalty, message_ts: '1.000001' }],
  ])('are refused: %s', async (error, method, args) => {
    const { double } = openDouble()
    expect(await answerOf(double, method, args)).toMatchObject({ ok: false, error })
    expect(double.workspace.messages).toEqual([])
  })

  it('that are refused for their blocks say what is wrong and where', async () => {
    const { double } = openDouble()
    const blocks = [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }]
    expect(await answerOf(double, 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'x', blocks })).toEqual({
      ok: false,
      error: 'invalid_blocks',
      response_metadata: { messages: ['[ERROR] must be plain_text [json-pointer:/blocks/0/text/type]'] },
    })
  })

  it('with blocks that this workspace does not have yet are refused: invalid_blocks', async () => {
    const { double } = openDouble()
    double.workspace.refusedBlocks = ['divider']
    const args = { channel: CHANNELS.loyalty, text: 'x', blocks: [{ type: 'divider' }] }
    expect(await answerOf(double, 'chat.postMessage', args)).toMatchObject({ error: 'invalid_blocks' })
    double.workspace.refusedBlocks = []
    expect(await answerOf(double, 'chat.postMessage', args)).toMatchObject({ ok: true })
  })

  it('reach channels that the bot is not in only where that is allowed: not_in_channel, is_archived', async () => {
    const { double } = openDouble()
    const post = (channel: string) => answerOf(double, 'chat.postMessage', { channel, text: 'x' })
    expect(await post(CHANNELS.random)).toMatchObject({ ok: true })
    double.settings.scopes = ['chat:write']
    expect(await post(CHANNELS.random)).toEqual({ ok: false, error: 'not_in_channel' })
    const channelOf = (id: string) => double.workspace.channels[id] ?? { members: [], isArchived: false }
    channelOf(CHANNELS.approvals).members = [PEOPLE.ana]
    expect(await post(CHANNELS.approvals)).toEqual({ ok: false, error: 'channel_not_found' })
    channelOf(CHANNELS.loyalty).isArchived = true
    expect(await post(CHANNELS.loyalty)).toEqual({ ok: false, error: 'is_archived' })
  })

  it('can be changed, answered in a thread, linked to and taken away', async () => {
    const { double } = openDouble()
    const channel = CHANNELS.loyalty
    const { ts } = await answerOf(double, 'chat.postMessage', { channel, text: 'one', blocks: [section('one')] })
    await answerOf(double, 'chat.postMessage', { channel, text: 'below', thread_ts: ts })
    await answerOf(double, 'chat.update', { channel, ts, text: 'two' })
    expect(double.sees(PEOPLE.sam).messages).toMatchObject([
      // Blocks that are not given stay.
      { ts, text: 'two', reads: 'one', isEdited: true },
      { text: 'below', threadTs: ts, isEdited: false },
    ])
    await answerOf(double, 'chat.update', { channel, ts, text: 'three', blocks: [] })
    expect(double.sees(PEOPLE.sam).messages[0]).toMatchObject({ reads: 'three' })
    const { permalink } = await answerOf(double, 'chat.getPermalink', { channel, message_ts: ts })
    expect(permalink).toBe(`https://regulars.slack.com/archives/${channel}/p${String(ts).replace('.', '')}`)
    await answerOf(double, 'chat.delete', { channel, ts })
    expect(double.sees(PEOPLE.sam).messages.map(({ text }) => text)).toEqual(['below'])
  })

  it('have names looked for in their text when they are changed, unless told not to', async () => {
    const { double } = openDouble()
    const channel = CHANNELS.loyalty
    const live = () => double.lastSeenBy(PEOPLE.sam).live
    const { ts } = await answerOf(double, 'chat.postMessage', { channel, text: 'Ada @channel' })
    expect(live()).toEqual([])
    await answerOf(double, 'chat.update', { channel, ts, text: 'Ada @channel' })
    expect(live()).toEqual(['@channel'])
    await answerOf(double, 'chat.update', { channel, ts, text: 'Ada @channel', parse: 'none' })
    expect(live()).toEqual([])
  })

  it('of others, and those for one person, cannot be changed: cant_update_message, message_not_found', async () => {
    const { double } = openDouble()
    const channel = CHANNELS.loyalty
    const { ts } = double.write(PEOPLE.sam, 'loyalty', 'mine')
    const change = { channel, ts, text: 'x' }
    expect(await answerOf(double, 'chat.update', change)).toEqual({ ok: false, error: 'cant_update_message' })
    expect(await answerOf(double, 'chat.delete', change)).toEqual({ ok: false, error: 'cant_delete_message' })
    await answerOf(double, 'chat.postEphemeral', { channel, user: PEOPLE.sam, text: 'psst' })
    const whispered = { ...change, ts: double.lastSeenBy(PEOPLE.sam).ts }
    expect(await answerOf(double, 'chat.update', whispered)).toEqual({ ok: false, error: 'message_not_found' })
  })
})

describe('windows', () => {
  it('open once for a trigger, within three seconds: exchanged_trigger_id, expired_trigger_id, invalid_trigger_id', async () => {
    const { double, clock } = openDouble()
    expect(await opened(double, modal())).toMatchObject({ ok: true, view: { type: 'modal', callback_id: 'adjust' } })
    expect(double.sees(PEOPLE.sam).view).toMatchObject({ title: 'Adjust', depth: 1, reads: 'Adjust\nAda\n[ Close ]' })
    expect(double.sees(PEOPLE.ana).view).toBeNull()
    const again = { trigger_id: lastTrigger(double), view: modal() }
    expect(await answerOf(double, 'views.open', again)).toEqual({ ok: false, error: 'exchanged_trigger_id' })
    await double.command(PEOPLE.sam, 'loyalty', '/loyalty ada')
    clock.at += 3_001
    const late = { trigger_id: lastTrigger(double), view: modal() }
    expect(await answerOf(double, 'views.open', late)).toEqual({ ok: false, error: 'expired_trigger_id' })
    const odd = { trigger_id: 'odd', view: modal() }
    expect(await answerOf(double, 'views.open', odd)).toEqual({ ok: false, error: 'invalid_trigger_id' })
  })

  it('are refused for what is in them, with where it is: invalid_arguments', async () => {
    const { double } = openDouble()
    const answer = await opened(double, modal({ title: { type: 'plain_text', text: 'x'.repeat(25) } }))
    expect(answer).toEqual({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
    })
    expect(double.sees(PEOPLE.sam).view).toBeNull()
    expect(await opened(double, { type: 'home', blocks: [section('x')] })).toMatchObject({ error: 'invalid_arguments' })
    double.workspace.refusedBlocks = ['section']
    expect(await opened(double, modal())).toMatchObject({ error: 'invalid_arguments' })
  })

  it('lie three deep at most, from within the one in front: push_limit_reached, not_found', async () => {
    const { double } = openDouble()
    const push = () => answerOf(double, 'views.push', { trigger_id: lastTrigger(double), view: pressable })
    const pressable = modal({ blocks: [row(button('Deeper', 'deeper'))] })
    await double.command(PEOPLE.sam, 'loyalty', '/loyalty ada')
    expect(await push()).toEqual({ ok: false, error: 'not_found' })
    const first = viewOf(await opened(double, pressable))
    for (const depth of [2, 3]) {
      await double.press(PEOPLE.sam, undefined, 'Deeper')
      expect(await push()).toMatchObject({ ok: true, view: { root_view_id: first.id } })
      expect(double.sees(PEOPLE.sam).view).toMatchObject({ depth })
    }
    await double.press(PEOPLE.sam, undefined, 'Deeper')
    expect(await push()).toEqual({ ok: false, error: 'push_limit_reached' })
    await double.closeView(PEOPLE.sam)
    expect(double.sees(PEOPLE.sam).view).toMatchObject({ depth: 2 })
    await double.closeView(PEOPLE.sam, { isCleared: true })
    expect(double.sees(PEOPLE.sam).view).toBeNull()
  })

  it('open from Home; out of another window they are accepted and never shown', async () => {
    const { double } = openDouble()
    const go = [row(button('Go', 'go'))]
    await answerOf(double, 'views.publish', { user_id: PEOPLE.sam, view: { type: 'home', blocks: go } })
    await double.press(PEOPLE.sam, 'home', 'Go')
    const first = modal({ blocks: go, title: { type: 'plain_text', text: 'First' } })
    expect(await answerOf(double, 'views.open', { trigger_id: lastTrigger(double), view: first })).toMatchObject({
      ok: true,
    })
    await double.press(PEOPLE.sam, undefined, 'Go')
    expect(await answerOf(double, 'views.open', { trigger_id: lastTrigger(double), view: modal() })).toMatchObject({
      ok: true,
    })
    expect(double.sees(PEOPLE.sam).view).toMatchObject({ title: 'First', depth: 1 })
  })

  it('are changed by their id or a name of ours, unless somebody was faster: hash_conflict, not_found, duplicate_external_id', async () => {
    const { double } = openDouble()
    const { id, hash } = viewOf(await opened(double, modal({ external_id: 'mine' })))
    const to = (text: string) => ({ view: modal({ blocks: [section(text)], external_id: 'mine' }) })
    expect(await answerOf(double, 'views.update', { view_id: id, hash, ...to('two') })).toMatchObject({ ok: true })
    expect(await answerOf(double, 'views.update', { view_id: id, hash, ...to('three') })).toEqual({
      ok: false,
      error: 'hash_conflict',
    })
    expect(await answerOf(double, 'views.update', { external_id: 'mine', ...to('four') })).toMatchObject({ ok: true })
    expect(double.sees(PEOPLE.sam).view?.reads).toContain('four')
    const other = await opened(double, modal({ external_id: 'mine' }), PEOPLE.ira)
    expect(other).toEqual({ ok: false, error: 'duplicate_external_id' })
    await double.closeView(PEOPLE.sam)
    expect(await answerOf(double, 'views.update', { view_id: id, ...to('five') })).toEqual({
      ok: false,
      error: 'not_found',
    })
    expect(await answerOf(double, 'views.update', to('six'))).toMatchObject({ error: 'invalid_arguments' })
  })

  it('keep what was typed in fields that stay', async () => {
    const { double, lastHeard } = openDouble()
    const { id } = viewOf(await opened(double, form(field('Why', WORDS), field('Points', POINTS))))
    double.fill(PEOPLE.sam, null, { Why: 'a cake', Points: 5 })
    await answerOf(double, 'views.update', { view_id: id, view: form(field('Why', WORDS), section('No points')) })
    await double.submit(PEOPLE.sam, null)
    const { view } = lastHeard<{ view: { state: Json } }>()
    expect(view.state).toEqual({ values: { why: { given: { type: 'plain_text_input', value: 'a cake' } } } })
  })

  it('of Home are published for a person: hash_conflict, not_enabled', async () => {
    const { double } = openDouble()
    const publish = (text: string, over: Json = {}) =>
      answerOf(double, 'views.publish', {
        user_id: PEOPLE.sam,
        view: { type: 'home', blocks: [section(text)] },
        ...over,
      })
    const { id, hash } = viewOf(await publish('Hello'))
    expect(await publish('Hello again', { hash })).toMatchObject({ ok: true, view: { id } })
    expect(await publish('Too late', { hash })).toEqual({ ok: false, error: 'hash_conflict' })
    expect(await publish('Whom', { user_id: 'U0NONE' })).toMatchObject({ error: 'invalid_arguments' })
    expect(double.sees(PEOPLE.sam).home?.reads).toBe('Hello again')
    expect(double.sees(PEOPLE.ana).home).toBeNull()
    double.settings.isHomeEnabled = false
    expect(await publish('Gone')).toEqual({ ok: false, error: 'not_enabled' })
  })
})

describe('response_urls', () => {
  const responded = async (double: SlackDouble, url: unknown, body: unknown) => {
    const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await double.fetch(new Request(String(url), init))
    return { status: response.status, body: (await response.json()) as Json }
  }
  const typed = async (over: Partial<SlackDoubleOptions> = {}) => {
    const opening = openDouble(over)
    await opening.double.command(PEOPLE.sam, 'loyalty', '/loyalty ada')
    return { ...opening, url: opening.heard.at(-1)?.payload.response_url }
  }

  it('say to one person, or to all, and replace what they said before', async () => {
    const { double, url } = await typed()
    await responded(double, url, { text: 'one' })
    expect(double.lastSeenBy(PEOPLE.sam)).toMatchObject({ text: 'one', isEphemeral: true, channel: CHANNELS.loyalty })
    expect(double.sees(PEOPLE.ana).messages).toEqual([])
    await responded(double, url, { text: 'two', replace_original: true })
    expect(double.sees(PEOPLE.sam).messages.map(({ text }) => text)).toEqual(['two'])
    await responded(double, url, { text: 'three', response_type: 'in_channel', replace_original: false })
    expect(double.lastSeenBy(PEOPLE.ana)).toMatchObject({ text: 'three', isEphemeral: false })
    await responded(double, url, { delete_original: true })
    expect(double.sees(PEOPLE.sam).messages.map(({ text }) => text)).toEqual(['three'])
  })

  it('are good for five uses and for thirty minutes: used_url, expired_url', async () => {
    const { double, clock, url } = await typed()
    for (let n = 0; n < 5; n++) expect(await responded(double, url, { text: `${n}` })).toMatchObject({ status: 200 })
    expect(await responded(double, url, { text: '6' })).toEqual({ status: 404, body: { ok: false, error: 'used_url' } })
    const late = await typed({ now: () => clock.at })
    clock.at += 30 * 60_000 + 1
    const expired = { status: 404, body: { ok: false, error: 'expired_url' } }
    expect(await responded(late.double, late.url, { text: 'x' })).toEqual(expired)
  })

  it('refuse what Slack does not take, and that is no use: invalid_blocks, no_text', async () => {
    const opening = await typed()
    const { double, url } = opening
    const bad = { text: 'x', blocks: [section('')] }
    for (let n = 0; n < 5; n++)
      expect(await responded(double, url, bad)).toMatchObject({ status: 400, body: { error: 'invalid_blocks' } })
    expect(await responded(double, url, {})).toMatchObject({ status: 400, body: { error: 'no_text' } })
    expect(await responded(double, url, { text: 'x' })).toMatchObject({ status: 200 })
    expect(await responded(double, `${String(url)}x`, { text: 'x' })).toMatchObject({ status: 404 })
  })

  it('of a press replace the message unless told otherwise', async () => {
    const { double, heard } = openDouble()
    const blocks = [row(button('Take it', 'take'))]
    await answerOf(double, 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'An alert', blocks })
    await double.press(PEOPLE.sam, undefined, 'Take it')
    const url = heard.at(-1)?.payload.response_url
    await responded(double, url, { text: 'Just you', replace_original: false })
    expect(double.lastSeenBy(PEOPLE.sam)).toMatchObject({ text: 'Just you', isEphemeral: true })
    await responded(double, url, { text: 'Taken by Sam' })
    expect(double.sees(PEOPLE.ana).messages).toMatchObject([{ reads: 'Taken by Sam', isEdited: true }])
  })
})

describe('limits and failures', () => {
  const post = (double: SlackDouble, channel: string = CHANNELS.loyalty) =>
    call(double, 'chat.postMessage', { channel, text: 'x' })

  it('takes one post a second and channel, where limits are on: 429 with Retry-After', async () => {
    const { double, clock } = openDouble({ limits: 'posts' })
    expect(await post(double)).toMatchObject({ status: 200 })
    const limited = await post(double)
    expect(limited).toMatchObject({ status: 429, body: { ok: false, error: 'ratelimited' } })
    expect(limited.headers.get('retry-after')).toBe('1')
    expect(await post(double, CHANNELS.alerts)).toMatchObject({ status: 200 })
    clock.at += 1_000
    expect(await post(double)).toMatchObject({ status: 200 })
    double.setLimits('none')
    expect(await post(double)).toMatchObject({ status: 200 })
  })

  it('takes twenty calls a minute of a method of the second tier', async () => {
    const { double, clock } = openDouble({ limits: 'all' })
    const list = () => call(double, 'usergroups.users.list', { usergroup: 'S0ISSUERS' })
    for (let n = 0; n < 20; n++) expect(await list()).toMatchObject({ status: 200 })
    clock.at += 30_000
    const limited = await list()
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '30'])
    clock.at += 30_000
    expect(await list()).toMatchObject({ status: 200 })
  })

  it('fails as told, for the method told, as often as told', async () => {
    const { double } = openDouble()
    double.script(
      { method: 'users.info', kind: 'error', error: 'fatal_error' },
      { method: 'chat.postMessage', kind: 'limit', retryAfterS: 7, times: 2 },
      { method: 'chat.postMessage', kind: 'status', status: 503 },
      { method: 'chat.postMessage', kind: 'html' },
    )
    expect((await post(double)).headers.get('retry-after')).toBe('7')
    expect(await post(double)).toMatchObject({ status: 429 })
    expect(await post(double)).toMatchObject({ status: 503 })
    const html = new Request(`${SLACK_API_URL}chat.postMessage`, { method: 'POST', body: '' })
    expect(await (await double.fetch(html)).text()).toContain('<!doctype html>')
    expect(double.isScriptOver()).toBe(false)
    expect(await answerOf(double, 'users.info', { user: PEOPLE.sam })).toEqual({ ok: false, error: 'fatal_error' })
    expect(double.isScriptOver()).toBe(true)
    expect(await post(double)).toMatchObject({ status: 200 })
    expect(double.callsTo('chat.postMessage').map(({ status }) => status)).toEqual([429, 429, 503, 503, 200])
  })

  it('breaks the connection before or after it did what it was asked, and is down until it is not', async () => {
    const { double } = openDouble()
    double.script({ kind: 'broken' }, { kind: 'broken', after: true })
    await expect(post(double)).rejects.toThrow('fetch failed')
    expect(double.workspace.messages).toHaveLength(0)
    await expect(post(double)).rejects.toThrow('fetch failed')
    expect(double.workspace.messages).toHaveLength(1)
    double.settings.down = 'broken'
    await expect(post(double)).rejects.toThrow('fetch failed')
    double.settings.down = 500
    expect(await post(double)).toMatchObject({ status: 500 })
    double.settings.down = null
    expect(await post(double)).toMatchObject({ status: 200 })
  })

  it('takes its time as told', async () => {
    const { double } = openDouble()
    double.script({ kind: 'slow', ms: 40 })
    const began = performance.now()
    expect(await post(double)).toMatchObject({ status: 200 })
    expect(performance.now() - began).toBeGreaterThanOrEqual(35)
  })

  it('notes calls without their token', async () => {
    const { double } = openDouble()
    const body = new URLSearchParams({ token: 'xoxb-test', channel: 'C0NONE', text: 'x' })
    await double.fetch(new Request(`${SLACK_API_URL}chat.postMessage`, { method: 'POST', body }))
    expect(double.calls).toEqual([
      {
        method: 'chat.postMessage',
        args: { channel: 'C0NONE', text: 'x' },
        status: 200,
        error: 'channel_not_found',
        at: NOON,
      },
    ])
  })
})

describe('as a whole', () => {
  it('answers whatever it is asked in Slack’s shape', async () => {
    const word = fc.constantFrom(
      'channel',
      'user',
      'text',
      'blocks',
      'view',
      'trigger_id',
      'view_id',
      'ts',
      'users',
      'hash',
    )
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom<string>(
        CHANNELS.loyalty,
        PEOPLE.sam,
        '#loyalty',
        '[]',
        '{}',
        '[null]',
        '{"type":"modal"}',
        '[{"type":"section"}]',
      ),
    )
    const method = fc.constantFrom(...METHOD_NAMES)
    await fc.assert(
      fc.asyncProperty(method, fc.dictionary(word, value), async (name, args) => {
        const { status, body } = await call(openDouble().double, name, args)
        expect(status).toBe(200)
        expect(body.ok === true || typeof body.error === 'string').toBe(true)
      }),
    )
  })

  it('can be kept as JSON and taken up again', async () => {
    const { double } = openDouble()
    await opened(double, form(field('Why', WORDS)))
    await answerOf(double, 'chat.postMessage', {
      channel: CHANNELS.loyalty,
      text: 'one',
      blocks: [row(button('Go', 'go'))],
    })
    const kept = JSON.parse(JSON.stringify(double.exportState()))
    const other = openDouble()
    other.double.importState(kept)
    expect(other.double.sees(PEOPLE.sam)).toEqual(double.sees(PEOPLE.sam))
    await other.double.submit(PEOPLE.sam, null, { Why: 'x' })
    await other.double.press(PEOPLE.sam, undefined, 'Go')
    expect(other.heard).toHaveLength(2)
    expect(double.sees(PEOPLE.sam).view).not.toBeNull()
  })

  it('is taken for Slack by Slack’s own client', async () => {
    const { double } = openDouble()
    slack.use(double)
    const client = new WebClient('xoxb-test', {
      slackApiUrl: SLACK_API_URL,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: silent,
    })
    const me = await client.auth.test()
    expect(me.response_metadata?.scopes).toContain('users:read.email')
    const { ts, channel } = await client.chat.postMessage({
      channel: PEOPLE.sam,
      text: 'Ada',
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*Ada* & co' } }],
    })
    expect(double.lastSeenBy(PEOPLE.sam)).toMatchObject({ ts, channel, reads: '*Ada* & co' })
    const wrong = client.chat.postMessage({ channel: PEOPLE.sam, text: 'x', blocks: [{ type: 'header' }] })
    await expect(wrong).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: { messages: ['[ERROR] missing required field [json-pointer:/blocks/0/text]'] },
      },
    })
    double.script({ kind: 'limit', retryAfterS: 3 })
    await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 3 })
    double.settings.token = 'xoxb-new'
    await expect(client.auth.test()).rejects.toMatchObject({ data: { error: 'invalid_auth' } })
  })

  it('listens for processes of their own', async () => {
    const { double, apiUrl, close } = await listenAsSlack()
    try {
      const response = await fetch(`${apiUrl}auth.test`, { headers: { authorization: 'Bearer xoxb-test' } })
      expect(await response.json()).toMatchObject({ ok: true, team_id: 'T0REGULARS' })
      expect(double.settings.url).toBe(apiUrl.replace('/api/', ''))
    } finally {
      await close()
    }
  })
})
