/** *Look up customer*, on a message: whoever is written of in it, by address, id or name. */
import type { App, MemberView } from '../../../src/app/ports.ts'
import { cardMessage } from '../commands/lookup.ts'
import type { Asking, Message, Shortcuts } from '../desk.ts'
import { say } from '../dispatch.ts'
import { isSomebody } from '../find-member.ts'
import { mentionedList, nobodyFound } from '../views/member-list.ts'
import { namedIn } from '../written-of.ts'

const SHOWN = 10

export const customerShortcuts: Shortcuts = {
  lookup_customer: {
    needs: 'view',
    answer: async ({ text }, asking, tools) => {
      const members = await writtenOf(text ?? '', tools.app)
      const [only] = members
      if (only === undefined) return { do: 'say', message: await nobody(text ?? '', asking, tools.app) }
      if (members.length > 1) return { do: 'say', message: mentionedList(members, asking) }
      return { do: 'say', message: await cardMessage(only.id, asking, tools) }
    },
  },
}

async function writtenOf(text: string, app: App): Promise<MemberView[]> {
  const { refs, rest } = namedIn(text)
  const exact = await Promise.all(refs.map((ref) => app.getMember(ref)))
  const found = exact.flatMap((result) => (result.ok && isSomebody(result.value) ? [result.value] : []))
  // An address or an id says who is meant; names beside it are those of whoever writes, or of colleagues.
  const members = found.length > 0 ? found : await app.mentionedMembers(rest, SHOWN)
  return [...new Map(members.map((member) => [member.id, member])).values()].slice(0, SHOWN)
}

/** Of an address that nobody has, they may be enrolled. */
async function nobody(text: string, { words, program, origin }: Asking, app: App): Promise<Message> {
  const [email] = namedIn(text).refs.flatMap((ref) => (ref.startsWith('email:') ? [ref.slice('email:'.length)] : []))
  if (email === undefined) return say(words.say('staff.shortcut.none'))
  return nobodyFound({ typed: email, similar: [], mayIssue: await app.mayStaff(origin, 'issue') }, { words, program })
}
