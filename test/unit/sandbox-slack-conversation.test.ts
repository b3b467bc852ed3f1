/** Days, threads and what is new in the sandbox's Slack. */
import { describe, expect, it } from 'vitest'
import type { SeenMessage } from '../../integrations/sandbox/doubles/slack/sight.ts'
import {
  hasUnread,
  isUnread,
  newestIn,
  threadsIn,
  withRead,
} from '../../integrations/sandbox/page/slack/conversation.ts'
import { daysAgo, slackDate } from '../../integrations/sandbox/page/slack/slack-date.ts'

const NOW = Date.parse('2026-11-22T15:00:00Z')
const words = { locale: 'en', timezone: 'America/New_York', now: NOW }
const tsOf = (at: string, n = 1): string => `${Date.parse(at) / 1_000}.${String(n).padStart(6, '0')}`

const message = (ts: string, over: Partial<SeenMessage> = {}): SeenMessage => ({
  channel: 'C1',
  channelName: 'loyalty',
  ts,
  threadTs: null,
  text: 'x',
  blocks: [],
  isEphemeral: false,
  isEdited: false,
  by: 'U1',
  reads: 'x',
  live: [],
  ...over,
})

describe('threads', () => {
  const root = tsOf('2026-11-20T12:00:00Z')

  it('has replies under what they answer, however late they come', () => {
    const later = message(tsOf('2026-11-22T14:00:00Z', 2))
    const reply = message(tsOf('2026-11-22T14:30:00Z', 3), { threadTs: root })
    const threads = threadsIn([reply, later, message(root)], 'C1', words)
    expect(threads.map(({ root: { ts }, replies }) => [ts, replies.length])).toEqual([
      [root, 1],
      [later.ts, 0],
    ])
    expect(newestIn(threads)?.ts).toBe(reply.ts)
  })

  it('shows a reply by itself where what it answers is no longer there', () => {
    const threads = threadsIn([message(tsOf('2026-11-22T14:00:00Z'), { threadTs: root })], 'C1', words)
    expect(threads).toHaveLength(1)
  })

  it('says each day once, by the shop’s own midnight', () => {
    const at = [
      '2025-11-20T12:00:00Z',
      '2026-11-20T12:00:00Z',
      '2026-11-22T04:59:00Z',
      '2026-11-22T05:01:00Z',
      '2026-11-22T06:00:00Z',
    ]
    const threads = threadsIn(
      at.map((one, n) => message(tsOf(one, n))),
      'C1',
      words,
    )
    expect(threads.map(({ day }) => day)).toEqual([
      'Thursday, November 20, 2025',
      'Friday, November 20',
      'Yesterday',
      'Today',
      null,
    ])
  })

  it('tells messages of one second apart by their number, as a number', () => {
    const second = Math.floor(NOW / 1_000)
    const threads = threadsIn([message(`${second}.000010`), message(`${second}.000009`)], 'C1', words)
    expect(threads.map(({ root: { ts } }) => ts)).toEqual([`${second}.000009`, `${second}.000010`])
  })

  it('leaves other channels out', () => {
    expect(threadsIn([message(root, { channel: 'C2' })], 'C1', words)).toEqual([])
  })
})

describe('what is unread', () => {
  const ana = { id: 'ANA', newest: { C1: '20.000002', C2: '10.000001' } }

  it('is what came after what was read, by person and channel', () => {
    const read = withRead({}, 'ANA', 'C1', '20.000002')
    expect(isUnread(read, ana, 'C1')).toBe(false)
    expect(isUnread(read, ana, 'C2')).toBe(true)
    expect(hasUnread(read, ana)).toBe(true)
    expect(hasUnread(withRead(read, 'ANA', 'C2', '10.000001'), ana)).toBe(false)
    expect(isUnread(read, { ...ana, id: 'SAM' }, 'C1')).toBe(true)
  })

  it('is told again after a start over, when time is back where it was', () => {
    const read = withRead({}, 'ANA', 'C1', '99.000001')
    expect(isUnread(read, ana, 'C1')).toBe(true)
  })

  it('is the same object where nothing was read', () => {
    const read = withRead({}, 'ANA', 'C1', '20.000002')
    expect(withRead(read, 'ANA', 'C1', '20.000002')).toBe(read)
  })
})

describe('dates', () => {
  it('are said as Slack’s formats ask', () => {
    const at = Date.parse('2026-11-20T02:30:00Z')
    expect(slackDate('{date_short} at {time}', at, words)).toBe('Nov 19, 2026 at 9:30 PM')
    expect(slackDate('{date_short_pretty}', Date.parse('2026-11-22T06:00:00Z'), words)).toBe('today')
    expect(slackDate('{unknown}', at, words)).toBe('{unknown}')
  })

  it('count local days, and times that are gone', () => {
    expect(daysAgo(Date.parse('2026-11-22T04:59:00Z'), words)).toBe(1)
    expect(slackDate('{ago}', NOW - 3 * 86_400_000, words)).toBe('3 days ago')
    expect(slackDate('{ago}', NOW - 90_000, words)).toBe('1 minute ago')
  })
})
