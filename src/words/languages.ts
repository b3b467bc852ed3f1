/** Which language somebody reads, among those that there are. */
import { CATALOGUES, type Catalogue, type Catalogues, type Language } from './catalogues.ts'

export type { Language } from './catalogues.ts'

/** Whatever is a key of the catalogues is a language, and nothing else is. */
const isLanguage = (code: string, catalogues: Catalogues): code is Language => Object.hasOwn(catalogues, code)

export const languagesOf = (catalogues: Catalogues): readonly Language[] =>
  Object.keys(catalogues).filter((code) => isLanguage(code, catalogues))

/** Those in which staff are answered: whatever has what staff read, which is all of it or nothing. */
export const staffLanguagesOf = (catalogues: Catalogues): readonly Language[] =>
  languagesOf(catalogues).filter((language) => Object.keys(catalogues[language]?.staff ?? {}).length > 0)

export const LANGUAGES = languagesOf(CATALOGUES)
export const STAFF_LANGUAGES = staffLanguagesOf(CATALOGUES)

const namesOf = <Code extends string>(catalogues: Record<Code, Pick<Catalogue, 'name'>>): Record<Code, string> => {
  const names: Partial<Record<Code, string>> = {}
  for (const code in catalogues) names[code] = catalogues[code].name
  return names as Record<Code, string>
}
/** As each calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = namesOf(CATALOGUES)

/** Western Armenian has a tag of its own; its readers read Eastern Armenian rather than English. */
const NEAREST: Readonly<Record<string, string>> = { hyw: 'hy' }

/** `hy` of `hy-AM`, `hye` and `hy_AM.UTF-8`; '' where that is no tag of a language. */
function primaryOf(tag: string): string {
  const written = tag.trim().replaceAll('_', '-')
  try {
    return new Intl.Locale(written).language
  } catch {
    return /^[a-z]{2,3}(?![a-z])/i.exec(written)?.[0].toLowerCase() ?? ''
  }
}

/** Of a tag such as `hy-AM` or `sw_TZ`; null where there is no catalogue for it. */
export function languageOf(tag: string | null | undefined, catalogues: Catalogues = CATALOGUES): Language | null {
  const primary = primaryOf(tag ?? '')
  const code = NEAREST[primary] ?? primary
  return isLanguage(code, catalogues) ? code : null
}

/** A language is read from where its own name is. */
export const isRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text)
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}]/u
