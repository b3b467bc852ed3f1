/** App Home: what a person sees when they open the app. */
import type { Words } from '../../../src/words/words.ts'
import type { Asking, Home, Message, Tools } from '../desk.ts'

export type HomeAsker = { ok: true; asking: Asking } | { ok: false; words: Words; message: Message }

export async function homeReply(asker: HomeAsker, _tools: Tools): Promise<Home> {
  return { type: 'home', blocks: asker.ok ? [] : asker.message.blocks }
}
