/** What may be kept of a person, field by field, whoever brings it: one rule for the API, the desk and imports. */

/** No control characters but line ends and tabs, and no halves of surrogate pairs: no database keeps them as they are. */
export const CLEAN_TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u
/** Only what cannot be one is refused: addresses in any script are people's addresses. */
export const EMAIL_ADDRESS = /^[^\s@<>()[\]:;,\\"]+@[^\s@<>()[\]:;,\\"]+$/u

/** Characters. */
export const PERSON_LIMITS = { email: 254, name: 200, phone: 40, language: 35, code: 40 } as const

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/

/** As 1990-12-10, or --12-10 where the year is not known; a day that there is. */
export function isBirthday(written: string): boolean {
  // 2024 was a leap year: 29 February is a birthday.
  const [, year = '', month = '', day = ''] = DATE.exec(written.replace(/^--(?=\d\d-)/, '2024-')) ?? []
  const at = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(`${year}-${month}-${day}`)
}

export const isEmailAddress = (text: string): boolean =>
  text.length <= PERSON_LIMITS.email && CLEAN_TEXT.test(text) && EMAIL_ADDRESS.test(text)
