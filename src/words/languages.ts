/** Which language somebody reads, among those that there are. */

export const LANGUAGES = ['en', 'am', 'hy', 'az', 'sw'] as const
export type Language = (typeof LANGUAGES)[number]

/** As each calls itself: nobody looks for "Armenian" who reads Armenian. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  am: 'አማርኛ',
  hy: 'Հայերեն',
  az: 'Azərbaycanca',
  sw: 'Kiswahili',
}

/** Of a tag such as `hy-AM` or `sw_TZ`; null where there is no catalogue for it. */
export function languageOf(tag: string | null | undefined): Language | null {
  const [primary = ''] = (tag ?? '').trim().toLowerCase().split(/[-_]/)
  return LANGUAGES.find((language) => language === primary) ?? null
}
