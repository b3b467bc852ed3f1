/** What somebody sees of the sandbox's Slack, and what is news to the others. */
import { describe, expect, it } from 'vitest'
import {
  BOT_USER,
  createWorkspace,
  dmOf,
  type Message,
  nextTs,
  type Workspace,
} from '../../integrations/sandbox/doubles/slack/workspace.ts'
import { CHANNELS, furnishSlack } from '../../integrations/sandbox/first-day.ts'
import { viewSlack } from '../../integrations/sandbox/view-slack.ts'

const NOW = Date.parse('2026-11-22T15:00:00Z')

function openWorkspace(): Workspace {
  const workspace = createWorkspace()
  furnishSlack(workspace)
  return workspace
}

function post(workspace: Workspace, over: Partial<Message> = {}): Message {
  const message: Message = {
    channel: CHANNELS.desk,
    ts: nextTs(workspace, NOW),
    threadTs: null,
    user: BOT_USER,
    isOurs: true,
    text: 'x',
    blocks: [],
    editedTs: null,
    isParsed: false,
    onlyFor: null,
    ...over,
  }
  workspace.messages.push(message)
  return message
}

const newestOf = (workspace: Workspace, id: string): Record<string, string> | undefined =>
  viewSlack(workspace, 'U0SAM').staff.find((one) => one.id === id)?.newest

describe('what one sees', () => {
  it('is one’s own channels, with nothing that was shown to somebody else alone', () => {
    const workspace = openWorkspace()
    post(workspace, { text: 'for all' })
    post(workspace, { text: 'for Ana', onlyFor: 'U0ANA' })
    post(workspace, { text: 'for approvers', channel: CHANNELS.approvals })
    const [sam, ana] = [viewSlack(workspace, 'U0SAM'), viewSlack(workspace, 'U0ANA')]
    expect(sam.messages.map(({ text }) => text)).toEqual(['for all'])
    expect(sam.channels.map(({ name }) => name)).toEqual(['loyalty'])
    expect(ana.messages.map(({ text }) => text)).toEqual(['for all', 'for Ana', 'for approvers'])
  })

  it('names channels that one may know of without being in them', () => {
    const { channelNames } = viewSlack(openWorkspace(), 'U0SAM')
    expect(channelNames[CHANNELS.approvals]).toBe('loyalty-approvals')
  })

  it('has one’s messages with the app under the app’s name', () => {
    const workspace = openWorkspace()
    const { id } = dmOf(workspace, 'U0SAM')
    post(workspace, { channel: id, text: 'told you' })
    expect(viewSlack(workspace, 'U0SAM').channels).toContainEqual({ id, name: 'Regulars', kind: 'im', older: 0 })
    expect(viewSlack(workspace, 'U0ANA').messages).toEqual([])
  })

  it('is the newest of each channel, and how much is left out: a busy one hides no other', () => {
    const workspace = openWorkspace()
    const asked = post(workspace, { channel: CHANNELS.approvals })
    for (let n = 0; n < 100; n++) post(workspace, { text: `alert ${n}` })
    const { messages, channels } = viewSlack(workspace, 'U0ANA')
    expect(channels.map(({ name, older }) => [name, older])).toEqual([
      ['loyalty', 40],
      ['loyalty-approvals', 0],
    ])
    expect(messages).toHaveLength(61)
    expect(messages[0]?.text).toBe('alert 40')
    expect(messages.at(-1)?.ts).toBe(asked.ts)
  })

  it('has a thread whole: what is answered, and the newest answers', () => {
    const workspace = openWorkspace()
    const root = post(workspace, { text: 'root' })
    for (let n = 0; n < 30; n++) post(workspace, { text: `reply ${n}`, threadTs: root.ts })
    const { messages } = viewSlack(workspace, 'U0SAM')
    expect(messages.map(({ text }) => text).slice(0, 2)).toEqual(['root', 'reply 10'])
    expect(messages).toHaveLength(21)
  })
})

describe('news', () => {
  it('is told of everybody, whoever looks on', () => {
    const workspace = openWorkspace()
    const { ts } = post(workspace, { channel: CHANNELS.approvals })
    expect(newestOf(workspace, 'U0ANA')).toEqual({ [CHANNELS.approvals]: ts })
    expect(newestOf(workspace, 'U0VIC')).toEqual({})
  })

  it('is not what one wrote oneself, nor what another was shown alone', () => {
    const workspace = openWorkspace()
    const { ts } = post(workspace, { user: 'U0SAM', isOurs: false })
    post(workspace, { onlyFor: 'U0ANA' })
    expect(newestOf(workspace, 'U0SAM')).toEqual({})
    expect(newestOf(workspace, 'U0VIC')).toEqual({ [CHANNELS.desk]: ts })
  })
})
