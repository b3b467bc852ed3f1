/** What is only said: one sentence of ours, as a message or a window. */
import type { WordKey, Words } from '../../src/words/words.ts'
import { LIMITS, mrkdwn, plainText } from './blocks.ts'
import type { Message, Modal } from './desk.ts'

export function notice(words: Words, key: WordKey): Message {
  return say(words.say(key))
}

/** One sentence of ours. */
export const say = (sentence: string): Message => ({
  text: sentence,
  blocks: [{ type: 'section', text: mrkdwn(sentence) }],
})

/** A window that only says something. */
export const noticeView = (words: Words, program: { name: string }, { blocks }: Message): Modal => ({
  type: 'modal',
  title: plainText(program.name, LIMITS.title),
  close: plainText(words.say('staff.common.close'), LIMITS.submit),
  blocks,
})
