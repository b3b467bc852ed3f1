/**
 * The catalogues: one file a language, and here the one place that lists them. A file holds the language's own name, the
 * messages (ICU MessageFormat), and what Intl does not know of the language everywhere.
 */
import am from './am.json' with { type: 'json' }
import az from './az.json' with { type: 'json' }
import en from './en.json' with { type: 'json' }
import hy from './hy.json' with { type: 'json' }
import sw from './sw.json' with { type: 'json' }

export type Messages = { [key: string]: string | Messages }

export interface Catalogue {
  /** As it calls itself: nobody looks for "Armenian" who reads Armenian. */
  name: string
  /** Numbers and dates, for hosts whose Intl does not know the language: workerd's knows no Armenian. */
  format?: OwnFormat
  /** With the months of `format`: a whole date that can stand in any sentence, where Intl's cannot. */
  longDate?: string
  /** What a customer reads. */
  member: Messages
  /** What staff read: all of it, or nothing. */
  staff?: Messages
}

export interface OwnFormat {
  /** What our languages are called, by their tags. */
  languages: Readonly<Record<string, string>>
  group: string
  /** Digits from which on they are grouped. */
  groupFrom: number
  decimal: string
  /** `{amount}` and `{currency}`. */
  money: string
  /** From January; as they stand beside a day, and by themselves. */
  months: { short: string[]; long: string[]; alone: string[] }
  /** `{day}`, `{month}` and `{year}`. */
  date: { short: string; shortWithYear: string; long: string; month: string; shortMonth: string }
  /** `{n}` of them. */
  relative: Record<RelativeUnit, { past: string; future: string }>
  /** Days near today by name: yesterday is `-1`. */
  days: Readonly<Record<string, string>>
  /** What stands between the last two of a list, and between the others. */
  list: { and: string; or: string; between: string }
}
export type RelativeUnit = 'day' | 'week' | 'month' | 'year'

export const CATALOGUES = { en, am, hy, az, sw } satisfies Record<string, Catalogue>
export type Language = keyof typeof CATALOGUES
export type Catalogues = Readonly<Record<string, Catalogue>>

/** `staff.card.since`: the way to a message. */
type Keys<T, Prefix extends string> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Keys<T[K], `${Prefix}${K}.`>
}[keyof T & string]
/** English has every message. */
export type WordKey = Keys<Pick<typeof en, 'member' | 'staff'>, ''>

/** Null where the catalogue does not have it. */
export function findMessage({ member, staff = {} }: Catalogue, key: string): string | null {
  let found: string | Messages | undefined = { member, staff }
  for (const part of key.split('.')) {
    if (typeof found !== 'object') return null
    found = Object.hasOwn(found, part) ? found[part] : undefined
  }
  return typeof found === 'string' && found !== '' ? found : null
}
