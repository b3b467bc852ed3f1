/** *Look up a member*, from anywhere in Slack: a window in which names are found while one types. */
import type { MemberView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { clip, LIMITS, option, plain, plainText } from '../blocks.ts'
import { cardMessage, lookupMessage } from '../commands/lookup.ts'
import type { Asking, Modal, OptionSources, Shortcuts, Submissions } from '../desk.ts'
import { noticeView } from '../dispatch.ts'
import { lookUp } from '../find-member.ts'
import { modal, textField } from '../form.ts'
import { chosenIn, typedIn } from '../naming.ts'
import { soughtIn } from '../sought.ts'
import { plainName } from '../views/member-words.ts'

const CALLBACK = 'lookup.member'
const OFFERED = 20
const TYPED_LIMIT = 200

function lookupWindow({ words }: Pick<Asking, 'words'>): Modal {
  return modal({
    callback: CALLBACK,
    title: words.say('staff.shortcut.title'),
    close: words.say('staff.common.close'),
    submit: words.say('staff.shortcut.submit'),
    blocks: [
      {
        type: 'input',
        block_id: 'member',
        optional: true,
        label: plainText(words.say('staff.shortcut.who'), LIMITS.label),
        element: {
          type: 'external_select',
          action_id: 'member.find',
          min_query_length: 1,
          focus_on_load: true,
          placeholder: plainText(words.say('staff.shortcut.placeholder'), LIMITS.placeholder),
        },
      },
      textField({
        block: 'typed',
        label: words.say('staff.shortcut.typed'),
        hint: words.say('staff.shortcut.typedHint'),
        isOptional: true,
        most: TYPED_LIMIT,
      }),
    ],
  })
}

export const lookupShortcuts: Shortcuts = {
  lookup_member: {
    needs: 'view',
    opens: true,
    answer: async (_, asking) => ({ do: 'open', view: lookupWindow(asking) }),
  },
}

export const lookupSubmissions: Submissions = {
  [CALLBACK]: {
    needs: 'view',
    answer: async ({ values }, asking, tools) => {
      const { words, program } = asking
      const [member, typed] = [chosenIn(values, 'member'), typedIn(values, 'typed', TYPED_LIMIT)]
      if (member === null && typed === null)
        return { do: 'errors', errors: { member: words.say('staff.shortcut.whom') } }
      const message =
        member === null ? await lookupMessage(typed ?? '', asking, tools) : await cardMessage(member, asking, tools)
      return { do: 'update', view: noticeView(words, program, message) }
    },
  },
}

export const lookupOptions: OptionSources = {
  'member.find': {
    needs: 'view',
    options: async (typed, { words }, { app }) => {
      const sought = soughtIn(typed)
      if (sought.text === '') return []
      if (sought.refs.length > 0 || sought.record !== null) {
        const found = await lookUp(app, sought)
        if (found.kind === 'one') {
          const member = await app.getMember(found.id)
          return member.ok ? [optionOf(member.value, words)] : []
        }
      }
      const { items } = await app.findMembers(sought.text, { limit: OFFERED })
      return (items.length > 0 ? items : await app.similarMembers(sought.text, OFFERED)).map((member) =>
        optionOf(member, words),
      )
    },
  },
}

/** Slack shows nothing of what is longer than it takes. */
function optionOf(member: MemberView, words: Words): ReturnType<typeof option> {
  const tier = member.status === 'candidate' ? words.say('staff.card.notMember') : (member.tier?.name ?? '')
  const name = clip(plainName(member, words), LIMITS.option - 25)
  const about = member.name === null || member.email === null ? '' : plain(member.email, LIMITS.option)
  return option([name, plain(tier, 20)].filter((part) => part !== '').join(' · '), member.id, about)
}
