/** `/loyalty ada@example.org`: who is this, and what can one do for them. */
import { z } from 'zod'
import type { Asking, Buttons, Commanded, Handler, Message, Pressed, Reply, Tools } from '../desk.ts'
import { noticeView, say } from '../dispatch.ts'
import { lookUp } from '../find-member.ts'
import { parseJson } from '../form.ts'
import { loadCard } from '../load-card.ts'
import { MEMBER, soughtIn } from '../sought.ts'
import { memberCard, sharedCard } from '../views/member-card.ts'
import { memberList, nobodyFound } from '../views/member-list.ts'

export { loadCard } from '../load-card.ts'

const FROM_LIMIT = 1_000

export const lookup: Handler<Commanded> = {
  needs: 'view',
  answer: async ({ args }, asking, tools) => ({ do: 'say', message: await lookupMessage(args, asking, tools) }),
}

/** The card of whoever is meant, or those it may be. `from`: so many of them are left out. */
export async function lookupMessage(typed: string, asking: Asking, tools: Tools, from = 0): Promise<Message> {
  const { words, origin } = asking
  const sought = soughtIn(typed)
  if (sought.text === '') return say(words.say('staff.lookup.whom'))
  const found = await lookUp(tools.app, sought, from)
  switch (found.kind) {
    case 'one':
      return cardMessage(found.id, asking, tools)
    case 'several':
      return memberList(found, asking)
    case 'none':
      return nobodyFound({ ...found, mayIssue: await tools.app.mayStaff(origin, 'issue') }, asking)
    default: {
      const unknown: never = found
      return unknown
    }
  }
}

export async function cardMessage(id: string, asking: Asking, tools: Tools): Promise<Message> {
  const data = MEMBER.test(id) ? await loadCard(id, asking, tools) : null
  return data === null ? gone(asking) : memberCard(data, asking)
}

/** They were erased since the button was made, or it is none of ours. */
export const gone = ({ words }: Pick<Asking, 'words'>): Message => say(words.say('staff.lookup.gone'))

/** In place of what is there: the message, or the window. */
export function inPlace(message: Message, { view }: Pick<Pressed, 'view'>, { words, program }: Asking): Reply {
  if (view === null || view.isHome) return { do: 'replace', message }
  return { do: 'update', view: noticeView(words, program, message) }
}

const page = z.object({ t: z.string().min(1).max(1_000), f: z.int().min(0).max(FROM_LIMIT) })

export const lookupButtons: Buttons = {
  'member.show': {
    needs: 'view',
    answer: async ({ value }, asking, tools) => ({ do: 'say', message: await cardMessage(value, asking, tools) }),
  },
  'member.more': {
    needs: 'view',
    answer: async (pressed, asking, tools) => {
      const asked = page.safeParse(parseJson(pressed.value))
      if (!asked.success) return { do: 'say', message: gone(asking) }
      return inPlace(await lookupMessage(asked.data.t, asking, tools, asked.data.f), pressed, asking)
    },
  },
  'member.share': {
    needs: 'view',
    answer: async ({ value }, asking, tools) => {
      const data = MEMBER.test(value) ? await loadCard(value, asking, tools) : null
      if (data === null || data.member.status === 'candidate') return { do: 'say', message: gone(asking) }
      return { do: 'share', message: sharedCard(data, asking) }
    },
  },
}
