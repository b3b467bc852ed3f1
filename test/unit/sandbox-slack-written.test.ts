/** What Slack's client makes of what somebody types in a channel. */
import { describe, expect, it } from 'vitest'
import { asWritten } from '../../integrations/sandbox/doubles/slack/written.ts'
import { namedIn } from '../../integrations/slack/written-of.ts'

describe('a message that is typed', () => {
  it('has its addresses linked, without the signs that end the sentence', () => {
    expect(asWritten('Has ada@example.org paid? See https://shop.test/a?b=1&c=2.')).toBe(
      'Has <mailto:ada@example.org|ada@example.org> paid? See <https://shop.test/a?b=1&amp;c=2>.',
    )
  })

  it('has signs escaped, so that nothing typed mentions or links', () => {
    expect(asWritten('<!channel> <b> & <@U1>')).toBe('&lt;!channel&gt; &lt;b&gt; &amp; &lt;@U1&gt;')
  })

  it('leaves the rest as it is, in any script', () => {
    for (const text of ['አበበ ቢቂላ *10*', 'Անահիտ @ 5', 'a@b', 'http://']) expect(asWritten(text)).toBe(text)
  })

  it('is read by the desk as Slack’s own', () => {
    expect(namedIn(asWritten('Who is ada@example.org?')).refs).toEqual(['email:ada@example.org'])
  })
})
