/** The window in which an alert is ended with a note. */
import { z } from 'zod'
import type { AlertView } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { option, section } from '../blocks.ts'
import type { Fields, Modal } from '../desk.ts'
import { choiceField, modal, textField } from '../form.ts'
import { chosenIn, typedIn } from '../naming.ts'
import { OUTCOMES } from './alert-card.ts'
import { headlineOf } from './alert-words.ts'

export const RESOLVE = 'alert.resolve'
const NOTE_LIMIT = 1_000

export const resolveAbout = z.object({ alert: z.string() })
const outcome = z.enum(OUTCOMES)

export const resolveView = (alert: AlertView, words: Words): Modal =>
  modal({
    callback: RESOLVE,
    title: words.say('staff.alert.resolve.title'),
    close: words.say('staff.common.cancel'),
    submit: words.say('staff.alert.resolve.submit'),
    about: { alert: alert.id } satisfies z.output<typeof resolveAbout>,
    blocks: [
      section(headlineOf(alert, words)),
      choiceField({
        block: 'outcome',
        label: words.say('staff.alert.resolve.how'),
        placeholder: words.say('staff.alert.done'),
        options: OUTCOMES.map((one) => option(words.say(`staff.alert.outcome.${one}`), one)),
      }),
      textField({
        block: 'note',
        label: words.say('staff.alert.resolve.note'),
        hint: words.say('staff.alert.resolve.noteHint'),
        isOptional: true,
        lines: true,
        most: NOTE_LIMIT,
      }),
    ],
  })

/** Null where no outcome was chosen. */
export function resolvedIn(values: Fields): { outcome: (typeof OUTCOMES)[number]; note: string | null } | null {
  const chosen = outcome.safeParse(chosenIn(values, 'outcome'))
  return chosen.success ? { outcome: chosen.data, note: typedIn(values, 'note', NOTE_LIMIT) } : null
}
