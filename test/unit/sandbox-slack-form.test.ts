/** What stands in the fields of windows in the sandbox's Slack. */
import { describe, expect, it } from 'vitest'
import type { Json } from '../../integrations/sandbox/doubles/slack/json.ts'
import {
  chosenWords,
  inputsOf,
  putOf,
  refusalsIn,
  sentValues,
  standing,
  withPut,
} from '../../integrations/sandbox/page/slack/form.ts'

const option = (text: string, value: string): Json => ({ text: { type: 'plain_text', text }, value })
const input = (block_id: string, element: Json, over: Json = {}): Json => ({
  type: 'input',
  block_id,
  label: { type: 'plain_text', text: block_id },
  element: { action_id: `${block_id}.a`, ...element },
  ...over,
})

const BLOCKS: Json[] = [
  { type: 'section', text: { type: 'mrkdwn', text: 'x' } },
  input('points', { type: 'plain_text_input', initial_value: '+100', max_length: 5 }),
  input('reward', { type: 'static_select', options: [option('Coffee', 'coffee'), option('Tea', 'tea')] }),
  input('who', { type: 'external_select' }, { optional: true }),
  input('ways', { type: 'checkboxes', options: [option('A', 'a'), option('B', 'b')] }, { optional: true }),
  {
    type: 'actions',
    block_id: 'charge',
    elements: [{ type: 'radio_buttons', action_id: 'charge.a', options: [option('Us', 'us')] }],
  },
]
const field = (block: string) => {
  const found = inputsOf(BLOCKS).find(({ blockId }) => blockId === block)
  if (found === undefined) throw new Error(`there is no ${block}`)
  return found
}

describe('fields', () => {
  it('begin with what the app put in, and send only what is in inputs', () => {
    expect(sentValues(BLOCKS, {})).toEqual({ points: '+100', reward: null, who: null, ways: [] })
  })

  it('keep what was put in when the window’s content comes anew', () => {
    const filled = withPut({}, field('points'), '-20')
    const again = BLOCKS.map((block) => structuredClone(block))
    expect(sentValues(again, filled)).toMatchObject({ points: '-20' })
  })

  it('can be emptied: what was there from the start does not come back', () => {
    expect(sentValues(BLOCKS, withPut({}, field('points'), null))).toMatchObject({ points: null })
  })

  it('hold what a query brought, with its words', () => {
    const filled = withPut({}, field('who'), 'mem_1', [option('አበበ ቢቂላ', 'mem_1')])
    expect(chosenWords(filled.who?.['who.a'])).toBe('አበበ ቢቂላ')
    expect(sentValues(BLOCKS, filled)).toMatchObject({ who: 'mem_1' })
  })

  it('hold several ticks', () => {
    const filled = withPut({}, field('ways'), ['a', 'b'])
    expect(putOf(standing(BLOCKS, filled).ways?.['ways.a'])).toEqual(['a', 'b'])
  })
})

describe('what is not sent', () => {
  it('is said beside the fields: the empty one, the one that is too long', () => {
    const filled = withPut({}, field('points'), '+100000')
    expect(refusalsIn(BLOCKS, filled)).toEqual({ points: 'Too long.', reward: 'Please complete this required field.' })
  })

  it('is nothing where all is fit, and optional fields may be empty', () => {
    expect(refusalsIn(BLOCKS, withPut({}, field('reward'), 'tea'))).toEqual({})
  })
})
