/** What happened to a member's points, from the button on their card: the pages of it. */
import { z } from 'zod'
import type { Asking, Buttons, Message, OpenView, Reply, Tools } from '../desk.ts'
import { noticeView } from '../dispatch.ts'
import { isSomebody } from '../find-member.ts'
import { parseJson } from '../form.ts'
import { MEMBER } from '../sought.ts'
import { ENTRIES, historyMessage, type Trail } from '../views/history.ts'
import { gone, inPlace } from './lookup.ts'

async function pageOf(
  id: string,
  trail: Trail,
  asking: Asking,
  { app }: Tools,
  view: OpenView | null,
): Promise<Message> {
  const last = trail.at(-1)
  // What is due is written down first, so that the balance on top is the newest line's.
  const entries = await app.ledger(id, { limit: ENTRIES, ...(last !== undefined && { cursor: String(last) }) })
  const found = await app.getMember(id)
  if (!entries.ok || !found.ok || !isSomebody(found.value)) return gone(asking)
  return historyMessage(
    { member: found.value, entries: entries.value, trail, isOverCard: view !== null && !view.isHome },
    asking.words,
  )
}

const turned = z.object({ m: z.string().regex(MEMBER), t: z.array(z.int().positive()).max(200) })

export const historyButtons: Buttons = {
  'member.history': {
    needs: 'view',
    answer: async ({ value, view }, asking, tools): Promise<Reply> => {
      const message = MEMBER.test(value) ? await pageOf(value, [], asking, tools, view) : gone(asking)
      if (view === null || view.isHome) return { do: 'say', message }
      return { do: 'open', view: noticeView(asking.words, asking.program, message) }
    },
  },
  'history.page': {
    needs: 'view',
    answer: async (pressed, asking, tools) => {
      const asked = turned.safeParse(parseJson(pressed.value))
      if (!asked.success) return { do: 'say', message: gone(asking) }
      return inPlace(await pageOf(asked.data.m, asked.data.t, asking, tools, pressed.view), pressed, asking)
    },
  },
}
