// One line of a members file, read and judged: what is right is kept, what is not is told by its column.
import { z } from 'zod'
import type { Enrolment } from '../app/ports.ts'
import { localDate } from '../core/calendar.ts'
import { parseBirthday } from '../core/occasions.ts'
import type { CsvProblem } from './csv-read.ts'
import type { Column } from './csv-table.ts'
import { withoutGuard } from './csv-write.ts'
import { MOMENT_RULE, parseMoment } from './dates.ts'

export const MEMBER_COLUMNS = {
  email: { aliases: ['e-mail', 'email address', 'mail'], isRequired: true },
  name: { aliases: ['full name'] },
  phone: { aliases: ['phone number'] },
  birthday: { aliases: ['date of birth', 'birth date'] },
  language: { aliases: ['locale'] },
  points: { aliases: ['balance', 'points balance'] },
  enrolled_at: { aliases: ['member since', 'joined at', 'joined'] },
} satisfies Record<string, Column>

export type MemberColumn = keyof typeof MEMBER_COLUMNS

export interface MemberRow {
  line: number
  enrolment: Enrolment & { email: string }
  /** The balance to bring over; 0 for none. */
  points: number
}

export type ReadRow = { ok: true; row: MemberRow } | { ok: false; problems: CsvProblem[] }

/** As the API: no control characters, no halves of characters. */
const CLEAN = /^[^\p{Cc}\p{Cs}]*$/u
const EMAIL = /^[^\s@<>()[\]:;,\\"]+@[^\s@<>()[\]:;,\\"]+$/u
const MOST_POINTS = 1_000_000_000

const text = (most: number) =>
  z
    .string()
    .max(most, { error: `must be at most ${most} characters long` })
    .regex(CLEAN, { error: 'must not contain control characters or line ends' })
    .transform((given) => (given === '' ? null : given))

const email = z
  .string()
  .min(1, { error: 'is missing' })
  .max(254, { error: 'must be at most 254 characters long' })
  .regex(EMAIL, { error: 'must be an e-mail address, such as ada@example.org' })
  .transform((given) => given.normalize('NFC').toLowerCase())

/** `1990-12-10`, `19901210`, or `--12-10` where the year is not known; null for anything else. */
function readBirthday(written: string): string | null {
  const birthday = written.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  const isDay = birthday.startsWith('--') ? parseBirthday(birthday) !== null : z.iso.date().safeParse(birthday).success
  return isDay ? birthday : null
}

const birthday = (today: string) =>
  z.string().transform((given, context) => {
    if (given === '') return null
    const read = readBirthday(given)
    if (read === null)
      context.addIssue({ code: 'custom', message: 'must be a date, such as 1990-12-10, or --12-10 without the year' })
    else if (!read.startsWith('-') && read > today)
      context.addIssue({ code: 'custom', message: 'must not lie in the future' })
    return read
  })

const language = text(35).refine((given) => given === null || isLanguage(given), {
  error: 'must be a language tag, such as en or pt-BR',
})

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

const POINTS_RULE = 'must be a whole number from 0 to 1000000000, without separators'
const points = z
  .string()
  .regex(/^(?:\d{1,10}(?:\.0+)?)?$/, { error: POINTS_RULE })
  .transform(Number)
  .refine((given) => given <= MOST_POINTS, { error: POINTS_RULE })

const enrolledAt = (zone: string, now: number) =>
  z.string().transform((given, context) => {
    if (given === '') return null
    const moment = parseMoment(given, zone)
    if (moment === null) context.addIssue({ code: 'custom', message: MOMENT_RULE })
    else if (moment.at > now) context.addIssue({ code: 'custom', message: 'must not lie in the future' })
    return moment?.at ?? null
  })

/** Reads rows of one file: the zone is that of dates without a time. */
export function createRowReader(zone: string, now: number) {
  const schema = z.object({
    email,
    name: text(200),
    phone: text(40),
    birthday: birthday(localDate(now, zone)),
    language,
    points,
    enrolled_at: enrolledAt(zone, now),
  })
  return (line: number, cells: Readonly<Record<MemberColumn, string>>): ReadRow => {
    const unguarded = Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, withoutGuard(cell)]))
    const read = schema.safeParse(unguarded)
    if (!read.success) {
      const problems = read.error.issues.map(({ path, message }) => ({ line, column: path.join('.'), message }))
      // The first that is said of a cell is the plainest.
      const first = problems.filter(({ column }, index) => problems.findIndex((one) => one.column === column) === index)
      return { ok: false, problems: first }
    }
    const { points: balance, enrolled_at: at, ...person } = read.data
    return { ok: true, row: { line, enrolment: { ...person, enrolledAt: at }, points: balance } }
  }
}
