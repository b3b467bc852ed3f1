// The people of the Slack double do what people can, and no more; what they do comes as Slack sends it.
import { describe, expect, it } from 'vitest'
import type { SlackDouble } from '../../integrations/sandbox/doubles/slack/create-double.ts'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'
import { liveIn, textOf } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import { verifySlackSignature } from '../../integrations/slack/verify-signature.ts'
import {
  answerOf,
  button,
  field,
  form,
  modal,
  openDouble,
  opened,
  option,
  POINTS,
  row,
  section,
  WORDS,
} from '../support/slack-double.ts'
import { CHANNELS, PEOPLE } from '../support/slack-workspace.ts'

describe('what people do', () => {
  it('is signed as Slack signs', async () => {
    const { double, heard, clock } = openDouble()
    await double.command(PEOPLE.sam, 'loyalty', '/loyalty ada@x.com & co')
    const [sent] = heard
    const check = (over: object = {}) =>
      verifySlackSignature({
        body: new TextEncoder().encode(sent?.body),
        signature: sent?.headers.get('x-slack-signature') ?? undefined,
        timestamp: sent?.headers.get('x-slack-request-timestamp') ?? undefined,
        secrets: ['slack-signing-secret'],
        nowMs: clock.at,
        ...over,
      })
    expect(check()).toEqual({ ok: true })
    expect(check({ secrets: ['another'] })).toEqual({ ok: false, reason: 'mismatch' })
    expect(check({ nowMs: clock.at + 301_000 })).toEqual({ ok: false, reason: 'stale' })
  })

  it('typed is a form with all that Slack tells', async () => {
    const { double, heard } = openDouble()
    await double.command(PEOPLE.sam, 'dm', '/loyalty  ada@x.com & co ')
    expect(heard[0]?.payload).toMatchObject({
      command: '/loyalty',
      text: 'ada@x.com & co ',
      user_id: PEOPLE.sam,
      team_id: 'T0REGULARS',
      channel_id: 'D0SAM',
      channel_name: 'directmessage',
      api_app_id: 'A0REGULARS',
    })
    await expect(double.command(PEOPLE.ira, 'approvals', '/loyalty')).rejects.toThrow(
      'U0IRA is not in a channel approvals',
    )
  })

  it('may be answered at once, in the acknowledgement', async () => {
    const answers = [{ text: 'Just you' }, { text: 'All', response_type: 'in_channel' }]
    const { double } = openDouble({}, () => answers.shift())
    await double.command(PEOPLE.sam, 'loyalty', '/loyalty ada')
    await double.command(PEOPLE.sam, 'loyalty', '/loyalty ada')
    expect(double.sees(PEOPLE.sam).messages.map(({ text }) => text)).toEqual(['Just you', 'All'])
    expect(double.sees(PEOPLE.ana).messages.map(({ text }) => text)).toEqual(['All'])
  })

  it('fails where it is not acknowledged well, or too late', async () => {
    const answers: unknown[] = [new Response('no', { status: 401 })]
    const { double } = openDouble({ acknowledgeWithinMs: 20 }, async () => {
      if (answers.length > 0) return answers.shift()
      return new Promise((done) => setTimeout(() => done(undefined), 60))
    })
    const act = () => double.command(PEOPLE.sam, 'loyalty', '/loyalty ada')
    await expect(act()).rejects.toThrow('/loyalty ada was answered with 401: no')
    await expect(act()).rejects.toThrow(/was acknowledged after \d+ ms only/)
  })

  const CARD = [
    section('Ada'),
    row(button('Issue', 'issue', 'mem_1'), button('History', 'history')),
    {
      type: 'section',
      text: { type: 'mrkdwn', text: 'More' },
      accessory: { type: 'overflow', action_id: 'more', options: [option('a'), option('b')] },
    },
  ]
  const posted = async (double: SlackDouble, blocks: Json[] = CARD) => {
    await answerOf(double, 'chat.postMessage', { channel: CHANNELS.loyalty, text: 'Ada', blocks })
  }

  it('pressed tells of the message, the button and who pressed', async () => {
    const { double, heard } = openDouble()
    await posted(double)
    await double.press(PEOPLE.eve, undefined, 'Issue')
    expect(heard[0]?.payload).toMatchObject({
      type: 'block_actions',
      user: { id: PEOPLE.eve, team_id: 'T0OTHERSHOP' },
      team: { id: 'T0OTHERSHOP' },
      container: { type: 'message', channel_id: CHANNELS.loyalty, is_ephemeral: false },
      message: { text: 'Ada' },
      actions: [{ type: 'button', action_id: 'issue', value: 'mem_1', text: { text: 'Issue' } }],
    })
    await double.press(PEOPLE.sam, undefined, 'more', { selectedOption: 'Reward b' })
    expect(heard[1]?.payload).toMatchObject({ actions: [{ type: 'overflow', selected_option: { value: 'b' } }] })
  })

  it('pressed in a message for one person tells where it stands and no more', async () => {
    const { double, heard } = openDouble()
    await answerOf(double, 'chat.postEphemeral', {
      channel: CHANNELS.loyalty,
      user: PEOPLE.sam,
      text: 'Ada',
      blocks: CARD,
    })
    await double.press(PEOPLE.sam, undefined, 'issue')
    expect(heard[0]?.payload).toMatchObject({ container: { is_ephemeral: true, channel_id: CHANNELS.loyalty } })
    expect(heard[0]?.payload).not.toHaveProperty('message')
    const card = double.lastSeenBy(PEOPLE.sam)
    await expect(double.press(PEOPLE.ana, card, 'issue')).rejects.toThrow('U0ANA does not see this message')
  })

  it('fails where there is nothing of the sort to press, or too much', async () => {
    const { double, heard } = openDouble()
    await expect(double.press(PEOPLE.sam, undefined, 'Issue')).rejects.toThrow('U0SAM sees no "Issue" anywhere')
    await posted(double, [row(button('Show', 'show:1', '1')), row(button('Show', 'show:2', '2'))])
    const list = double.lastSeenBy(PEOPLE.sam)
    await expect(double.press(PEOPLE.sam, list, 'Hide')).rejects.toThrow(
      'there is no "Hide" to press; there is "Show", "Show"',
    )
    await expect(double.press(PEOPLE.sam, list, 'Show')).rejects.toThrow('"Show" is there 2 times: say which')
    await double.press(PEOPLE.sam, list, 'Show', { value: '2' })
    await double.press(PEOPLE.sam, list, 'Show', { nth: 0 })
    expect(heard.map(({ payload }) => (payload.actions as Json[])[0]?.value)).toEqual(['2', '1'])
    await answerOf(double, 'chat.delete', { channel: list.channel, ts: list.ts })
    await expect(double.press(PEOPLE.sam, list, 'Show')).rejects.toThrow('the message is no longer there')
  })

  it('chosen in a window is in its state from then on', async () => {
    const { double, heard } = openDouble()
    const select = { type: 'static_select', action_id: 'reward', options: [option('a'), option('b')] }
    await opened(double, form({ ...row(select), block_id: 'rewards' }, field('Why', WORDS)))
    await double.press(PEOPLE.sam, undefined, 'reward', { selectedOption: 'b' })
    expect(heard.at(-1)?.payload).toMatchObject({
      container: { type: 'view' },
      view: {
        state: {
          values: { rewards: { reward: { selected_option: { value: 'b' } } }, why: { given: { value: null } } },
        },
      },
    })
    expect(heard.at(-1)?.payload).not.toHaveProperty('response_url')
    await expect(double.press(PEOPLE.sam, undefined, 'reward', { selectedOption: 'c' })).rejects.toThrow(
      'there is no "c" in "rewards": "Reward a", "Reward b"',
    )
  })

  it('sent in tells of every field, by its kind', async () => {
    const { double, lastHeard } = openDouble()
    const fields = [
      field('Why', WORDS),
      field('Points', POINTS),
      field('Reward', { type: 'static_select', options: [option('a'), option('b')], initial_option: option('a') }),
      field('From', { type: 'radio_buttons', options: [option('p'), option('q')] }),
      field('Also', { type: 'checkboxes', options: [option('1'), option('2')] }, { optional: true }),
      field('Day', { type: 'datepicker', initial_date: '2026-11-22' }),
      field('Owner', { type: 'users_select' }, { optional: true }),
      field('Note', { type: 'plain_text_input', initial_value: 'hello' }, { optional: true }),
    ]
    await opened(double, form(...fields))
    const submission = await double.submit(PEOPLE.sam, null, {
      Why: 'a cake',
      points: -5,
      From: 'Reward q',
      Also: ['1', 'Reward 2'],
      Owner: PEOPLE.ana,
    })
    const { view } = lastHeard<{ view: { state: { values: Json }; private_metadata: string } }>()
    expect(view.private_metadata).toBe('about')
    expect(view.state.values).toEqual({
      why: { given: { type: 'plain_text_input', value: 'a cake' } },
      points: { given: { type: 'number_input', value: '-5' } },
      reward: { given: { type: 'static_select', selected_option: option('a') } },
      from: { given: { type: 'radio_buttons', selected_option: option('q') } },
      also: { given: { type: 'checkboxes', selected_options: [option('1'), option('2')] } },
      day: { given: { type: 'datepicker', selected_date: '2026-11-22' } },
      owner: { given: { type: 'users_select', selected_user: PEOPLE.ana } },
      note: { given: { type: 'plain_text_input', value: 'hello' } },
    })
    expect(submission).toMatchObject({ errors: null, view: null })
  })

  it.each<[Record<string, string | number | null>, string]>([
    [{ Points: 5 }, '"Why": Please complete this required field'],
    [{ Why: 'x'.repeat(21), Points: 5 }, '"Why": too long'],
    [{ Why: 'x', Points: 'many' }, '"Points": not a number'],
    [{ Why: 'x', Points: 1.5 }, '"Points": not a whole number'],
    [{ Why: 'x', Points: 101 }, '"Points": above the most'],
    [{ Why: 'x', Points: -101 }, '"Points": below the least'],
    [{ Why: 'x', Points: 5, Colour: 'red' }, 'there is no field "Colour"; there is "Why", "Points"'],
  ])('sent in with %o is held back as Slack’s client holds it back', async (values, why) => {
    const { double, heard } = openDouble()
    await opened(double, form(field('Why', WORDS), field('Points', POINTS)))
    const before = heard.length
    await expect(double.submit(PEOPLE.sam, null, values)).rejects.toThrow(why)
    expect(heard).toHaveLength(before)
    expect(double.sees(PEOPLE.sam).view).not.toBeNull()
  })

  it('sent in has what comes of it: errors beside fields, another content, one more window, none', async () => {
    const answers: unknown[] = []
    const { double } = openDouble({}, ({ type }) => (type === 'view_submission' ? answers.shift() : undefined))
    await opened(double, form(field('Why', WORDS)))
    const send = (answer: unknown) => {
      answers.push(answer)
      return double.submit(PEOPLE.sam, null, { Why: 'x' })
    }
    expect((await send({ response_action: 'errors', errors: { why: 'Say more' } })).errors).toEqual({ why: 'Say more' })
    await expect(send({ response_action: 'errors', errors: { other: 'x' } })).rejects.toThrow(
      'errors must be beside inputs',
    )
    const again = form(field('Why', WORDS), section('Once more'))
    expect((await send({ response_action: 'update', view: again })).view?.reads).toContain('Once more')
    await expect(send({ response_action: 'update', view: modal({ blocks: [] }) })).rejects.toThrow('invalid_arguments')
    expect((await send({ response_action: 'push', view: again })).view?.depth).toBe(2)
    expect((await send(undefined)).view?.depth).toBe(1)
    await send({ response_action: 'push', view: again })
    expect((await send({ response_action: 'clear' })).view).toBeNull()
    await expect(send(undefined)).rejects.toThrow('U0SAM has no window open')
  })

  it('typed into a menu brings options, of which one can be chosen', async () => {
    const { double, heard } = openDouble({}, ({ type, value }) =>
      type === 'block_suggestion' ? { options: value === 'none' ? [] : [option('m1')] } : undefined,
    )
    const lookup = { type: 'external_select', min_query_length: 2 }
    await opened(double, form(field('Member', lookup)))
    expect(await double.type(PEOPLE.sam, null, 'Member', 'a')).toEqual([])
    expect(heard).toHaveLength(1)
    expect(await double.type(PEOPLE.sam, null, 'Member', 'none')).toEqual([])
    expect(await double.type(PEOPLE.sam, null, 'Member', 'ad')).toEqual([{ text: 'Reward m1', value: 'm1' }])
    expect(heard.at(-1)?.payload).toMatchObject({
      type: 'block_suggestion',
      action_id: 'given',
      block_id: 'member',
      value: 'ad',
    })
    await double.submit(PEOPLE.sam, null, { Member: 'm1' })
    expect(heard.at(-1)?.payload).toMatchObject({
      view: { state: { values: { member: { given: { selected_option: { value: 'm1' } } } } } },
    })
  })

  it('typed into a menu fails where Slack would show none of the options', async () => {
    const { double } = openDouble({}, ({ type }) =>
      type === 'block_suggestion' ? { options: [{ ...option('m1'), value: 'x'.repeat(151) }] } : undefined,
    )
    await opened(double, form(field('Member', { type: 'external_select', min_query_length: 0 })))
    await expect(double.type(PEOPLE.sam, null, 'Member', '')).rejects.toThrow('the options are not fit')
  })

  it('by shortcuts tells where they were', async () => {
    const { double, heard } = openDouble()
    await double.shortcut(PEOPLE.sam, 'lookup')
    expect(heard[0]?.payload).toMatchObject({ type: 'shortcut', callback_id: 'lookup', trigger_id: expect.any(String) })
    const message = double.write(PEOPLE.ana, 'loyalty', 'ada@example.org is on the phone')
    await double.shortcut(PEOPLE.sam, 'lookup_in', message)
    expect(heard[1]?.payload).toMatchObject({
      type: 'message_action',
      callback_id: 'lookup_in',
      channel: { id: CHANNELS.loyalty, name: 'loyalty' },
      message: { user: PEOPLE.ana, text: 'ada@example.org is on the phone' },
      response_url: expect.stringContaining('/response/'),
    })
  })

  it('told as events comes as JSON, and once more where nothing was heard', async () => {
    const { double, heard } = openDouble()
    await double.openHome(PEOPLE.sam)
    expect(heard[0]?.payload).toMatchObject({
      type: 'event_callback',
      event: { type: 'app_home_opened', user: PEOPLE.sam, tab: 'home', channel: 'D0SAM' },
      authorizations: [{ team_id: 'T0REGULARS', is_bot: true }],
    })
    await double.retry(2, 'http_error')
    expect(heard[1]?.payload).toEqual(heard[0]?.payload)
    expect(heard[1]?.headers.get('x-slack-retry-num')).toBe('2')
    expect(heard[1]?.headers.get('x-slack-retry-reason')).toBe('http_error')
    expect(heard[0]?.headers.get('x-slack-retry-num')).toBeNull()
  })

  it('closed is told to the app where it asked for that', async () => {
    const { double, heard } = openDouble()
    await opened(double, modal())
    await double.closeView(PEOPLE.sam)
    expect(heard).toHaveLength(1)
    await opened(double, modal({ notify_on_close: true }))
    await double.closeView(PEOPLE.sam)
    expect(heard.at(-1)?.payload).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      view: { callback_id: 'adjust' },
    })
  })
})

describe('what is read', () => {
  it('is text, with buttons in brackets', () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'Ada' } },
      { ...section('Gold · <https://x.org|HubSpot> &lt;b&gt;'), accessory: button('Show', 'show') },
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: 'a' },
          { type: 'plain_text', text: '<b' },
        ],
      },
      row(button('Issue', 'issue'), { type: 'overflow', action_id: 'o', options: [option('a')] }),
      field('Why', { ...WORDS, initial_value: 'a cake' }),
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'hello <@U0SAM>' }] },
      {
        type: 'table',
        rows: [
          [
            { type: 'raw_text', text: 'Day' },
            { type: 'raw_text', text: 'Points' },
          ],
        ],
      },
      {
        type: 'data_visualization',
        title: 'Points',
        chart: { type: 'line', series: [{ name: 'All', data: [{ label: 'Mon', value: 3 }] }] },
      },
    ]
    expect(textOf(blocks)).toBe(
      [
        'Ada',
        'Gold · HubSpot (https://x.org) <b>  [ Show ]',
        'a',
        '<b',
        '[ Issue ]  [ … Reward a ]',
        'Why: [ a cake ]',
        'hello @U0SAM',
        'Day | Points',
        '(line chart) Points',
        'All: Mon 3',
      ].join('\n'),
    )
  })

  it('calls somebody or leads somewhere where that is alive in it', () => {
    const verbatim = (text: string): Json => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })
    expect(liveIn({ text: '<!channel> ada', blocks: [verbatim('<@U0SAM> <https://x.org|here>')] })).toEqual([
      '<!channel>',
      '<@U0SAM>',
      '<https://x.org|here>',
    ])
    expect(
      liveIn({ text: '@channel', blocks: [verbatim('&lt;!channel&gt; @here https://x.org <!date^1^{date}|today>')] }),
    ).toEqual([])
    expect(liveIn({ blocks: [section('@here me@everyone.org https://x.org')] })).toEqual(['@here', 'https://x.org'])
    expect(liveIn({ blocks: [row(button('<!channel>', 'x'))] })).toEqual([])
  })
})
