/** In which language one is answered: shown, and chosen by code or by its name in any language. Kept for each person. */
import { closest } from '../../../src/program/suggest.ts'
import { CATALOGUES, type Catalogue } from '../../../src/words/catalogues.ts'
import { languageNameIn } from '../../../src/words/formats.ts'
import { LANGUAGE_NAMES, LANGUAGES, type Language, languageOf, STAFF_LANGUAGES } from '../../../src/words/languages.ts'
import { createWords, type Words } from '../../../src/words/words.ts'
import { actions, button, esc, section } from '../blocks.ts'
import type { Asking, Buttons, Commanded, Handler, Message, Reply, Tools } from '../desk.ts'

export const language: Handler<Commanded> = {
  needs: null,
  answer: async ({ args }, asking, tools) =>
    args === '' ? { do: 'say', message: await shown(asking, tools) } : choose(languageNamed(args), args, asking, tools),
}

export const languageButtons: Buttons = {
  'language.set': {
    needs: null,
    answer: async ({ value }, asking, tools) => {
      const reply = await choose(languageNamed(value), value, asking, tools)
      return reply.do === 'say' ? { ...reply, do: 'replace' } : reply
    },
  },
}

async function shown(asking: Asking, { app }: Tools): Promise<Message> {
  const { words, origin } = asking
  const now = words.say('staff.language.now', { language: LANGUAGE_NAMES[words.language] })
  const isChosen = (await app.staffLanguage(origin.actor)) !== null
  const others = STAFF_LANGUAGES.filter((one) => one !== words.language)
  const lines = [
    isChosen ? now : `${now} ${words.say('staff.language.auto')}`,
    others.length === 0
      ? words.say('staff.language.only', { language: LANGUAGE_NAMES.en })
      : words.say('staff.language.choose'),
  ]
  const buttons = others.map((one, n) => button({ text: LANGUAGE_NAMES[one], action: `language.set:${n}`, value: one }))
  return { text: now, blocks: [section(lines.join('\n')), ...actions(...buttons)] }
}

async function choose(found: Language | null, typed: string, asking: Asking, { app }: Tools): Promise<Reply> {
  const { words, origin, program, now } = asking
  if (found === null) return { do: 'say', message: notFound(typed, words) }
  if (!STAFF_LANGUAGES.includes(found)) {
    const named = { language: LANGUAGE_NAMES[found], now: LANGUAGE_NAMES[words.language] }
    return { do: 'say', message: saying(words.say('staff.language.notForStaff', named)) }
  }
  await app.putStaffLanguage(origin.actor, found)
  // In that language: whoever chose by mistake sees at once.
  const own = createWords({ language: found, program, now })
  return { do: 'say', message: saying(own.say('staff.language.set', { language: LANGUAGE_NAMES[found] })) }
}

function notFound(typed: string, words: Words): Message {
  const names = words.list(STAFF_LANGUAGES.map((one) => LANGUAGE_NAMES[one]))
  const unknown = words.say('staff.language.unknown', { typed: esc(typed, 60) })
  return saying(`${unknown} ${words.say('staff.language.there', { languages: names })}`)
}

const saying = (sentence: string): Message => ({ text: sentence, blocks: [section(sentence)] })

/** Without case and marks: `Azərbaycanca`, `azerbaijani`, `AZ`. */
const folded = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLocaleLowerCase('und')
    .replace(/[\s_-]+/g, ' ')
    .trim()

/** By code, by its own name, or by its name in any of the languages there are; slips of the finger allowed. */
export function languageNamed(typed: string): Language | null {
  const wanted = folded(typed)
  // Tags alone: "Armenisch" begins with none.
  const byCode = /^[a-z]{2}(?: [a-z0-9]{2,8})*$/.test(wanted) ? languageOf(wanted.replaceAll(' ', '-')) : null
  if (byCode !== null) return byCode
  const names = languageNames()
  const exact = names.get(wanted)
  if (exact !== undefined) return exact
  const near = closest(wanted, names.keys())
  return near === null ? null : (names.get(near) ?? null)
}

let known: Map<string, Language> | undefined

function languageNames(): Map<string, Language> {
  if (known !== undefined) return known
  const names = new Map<string, Language>()
  for (const spoken of LANGUAGES) {
    const { format }: Catalogue = CATALOGUES[spoken]
    for (const one of LANGUAGES) names.set(folded(languageNameIn(spoken, format ?? null, one) ?? one), one)
  }
  for (const one of LANGUAGES) names.set(folded(LANGUAGE_NAMES[one]), one)
  known = names
  return names
}
