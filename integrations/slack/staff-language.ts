/** In which language somebody of staff is spoken to: as they chose, else as their Slack speaks to them, where we have the words. */
import { type Language, languageOf, STAFF_LANGUAGES } from '../../src/words/languages.ts'

/** A language without words for staff would be English with foreign dates in it. */
export function staffLanguageOf(chosen: string | null, locale: string | null): Language {
  const language = languageOf(chosen) ?? languageOf(locale) ?? 'en'
  return STAFF_LANGUAGES.includes(language) ? language : 'en'
}
