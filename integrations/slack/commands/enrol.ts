/** `/loyalty enrol`: makes somebody a member, with what they tell of themselves, and has the words to welcome them by. */
import type { App, Enrolment, MemberView } from '../../../src/app/ports.ts'
import { isEmailAddress, PERSON_LIMITS } from '../../../src/core/person-fields.ts'
import type { Words } from '../../../src/words/words.ts'
import {
  type Asking,
  type Buttons,
  type Commanded,
  digest,
  type Fields,
  type Handler,
  type Message,
  onceFor,
  type Reply,
  type Submissions,
  type Tools,
} from '../desk.ts'
import { tellIn } from '../form.ts'
import { welcomeMessage } from '../member-messages.ts'
import { chosenIn, cleaned, typedIn } from '../naming.ts'
import { parseBirthday } from '../parse-birthday.ts'
import { refusalSentence } from '../refusals.ts'
import { tidyTyped } from '../typed.ts'
import { alreadyMember, type EnrolData, enrolView, NOTHING_TYPED, welcomed } from '../views/enrol.ts'
import { cardMessage } from './lookup.ts'

/** "ada@example.org Ada Lovelace", in any order. */
function splitArgs(args: string): EnrolData {
  const words = tidyTyped(args)
    .split(/\s+/u)
    .filter((word) => word !== '')
  const email = words.find((word) => word.includes('@')) ?? null
  const name = words.filter((word) => word !== email).join(' ')
  return {
    ...NOTHING_TYPED,
    email: email === null ? null : cleaned(email, PERSON_LIMITS.email),
    name: cleaned(name, PERSON_LIMITS.name),
  }
}

/** Whoever has this address; null where nobody has. */
async function personAt(app: App, email: string | null): Promise<MemberView | null> {
  if (email === null || !isEmailAddress(email)) return null
  const found = await app.getMember(`email:${email}`)
  return found.ok && found.value.status !== 'erased' ? found.value : null
}

const isMember = (person: MemberView | null): person is MemberView => person !== null && person.status !== 'candidate'

/** The window, with what is known of whoever bought as a guest; in its place that they are a member already. */
async function openEnrol(typed: EnrolData, asking: Asking, tools: Tools): Promise<Reply> {
  const person = await personAt(tools.app, typed.email)
  if (isMember(person))
    return { do: 'say', message: alreadyMember(person, await cardMessage(person.id, asking, tools), asking) }
  const { name = null, phone = null, birthday = null, language = null } = person ?? {}
  return { do: 'open', view: enrolView({ ...typed, name: typed.name ?? name, phone, birthday, language }, asking) }
}

export const enrolCommand: Handler<Commanded> = {
  needs: 'issue',
  opens: true,
  answer: ({ args }, asking, tools) => openEnrol(splitArgs(args), asking, tools),
}

export const enrolButtons: Buttons = {
  'enrol.open': {
    needs: 'issue',
    opens: true,
    answer: ({ value }, asking, tools) => openEnrol(splitArgs(value), asking, tools),
  },
}

type Errors = Record<string, string>

/** What the fields hold, as it may be kept; what is wrong with it, by field. */
function read(values: Fields, words: Words): { ok: true; enrolment: Enrolment } | { ok: false; errors: Errors } {
  const email = typedIn(values, 'email', PERSON_LIMITS.email + 1)?.toLowerCase() ?? ''
  const name = typedIn(values, 'name', PERSON_LIMITS.name + 1)
  const phone = typedIn(values, 'phone', PERSON_LIMITS.phone + 1)
  const written = typedIn(values, 'birthday', 40)
  const birthday = written === null ? null : parseBirthday(written)
  const errors: Errors = {
    ...(!isEmailAddress(email) && { email: words.say('staff.enrol.notEmail') }),
    ...(isTooLong(name, PERSON_LIMITS.name) && { name: words.say('staff.enrol.notName') }),
    ...(isTooLong(phone, PERSON_LIMITS.phone) && { phone: words.say('staff.enrol.notPhone') }),
    ...(written !== null && birthday === null && { birthday: words.say('staff.enrol.notBirthday') }),
  }
  if (Object.keys(errors).length > 0) return { ok: false, errors }
  const language = chosenIn(values, 'language')
  const referredBy = typedIn(values, 'referredBy', PERSON_LIMITS.code)
  return { ok: true, enrolment: { email, name, phone, birthday, language, referredBy } }
}

const isTooLong = (text: string | null, limit: number): boolean => text !== null && text.length > limit

/** What only the use case can know is said beside the field that it is about. */
function fieldErrors(message: string, words: Words): Errors | null {
  if (message.startsWith('birthday')) return { birthday: words.say('staff.enrol.futureBirthday') }
  if (message.startsWith('referredBy is their own')) return { referredBy: words.say('staff.enrol.ownCode') }
  return message.startsWith('referredBy') ? { referredBy: words.say('staff.enrol.notCode') } : null
}

export const enrolSubmissions: Submissions = {
  'enrol.send': {
    needs: 'issue',
    answer: async ({ once, values }, asking, tools) => {
      const { app, clock } = tools
      const { words, program, origin } = asking
      const entered = read(values, words)
      if (!entered.ok) return { do: 'errors', errors: entered.errors }
      const { enrolment } = entered
      const put = (message: Message): Reply =>
        tellIn('update', message, {
          callback: 'enrol.done',
          title: words.say('staff.enrol.title'),
          close: words.say('staff.common.close'),
        })
      // What is wrong with a field is said beside it, in the same window: mended, it is another wish.
      const wish = digest(`${once} ${JSON.stringify(enrolment)}`)
      const done = await app.enrolMember(enrolment, origin, onceFor(asking, 'enrol', wish, enrolment))
      if (done.ok) {
        const card = await cardMessage(done.value.id, asking, tools)
        return put(welcomed(done.value, welcomeMessage(done.value, program, clock.now()), card, asking))
      }
      const known = done.code === 'conflict' ? await personAt(app, enrolment.email) : null
      if (isMember(known)) return put(alreadyMember(known, await cardMessage(known.id, asking, tools), asking))
      const errors = done.code === 'invalid_request' ? fieldErrors(done.message, words) : null
      if (errors !== null) return { do: 'errors', errors }
      const { email, name = null, phone = null, birthday = null, language = null, referredBy = null } = enrolment
      const banner = refusalSentence(words, done, 'other')
      return { do: 'update', view: enrolView({ email, name, phone, birthday, language, referredBy, banner }, asking) }
    },
  },
}
