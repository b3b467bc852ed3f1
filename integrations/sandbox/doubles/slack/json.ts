/** Reading of JSON that anybody may have sent. */
export type Json = Record<string, unknown>

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const recordOf = (value: unknown): Json => (isRecord(value) ? value : {})

export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** `text` of a text object. */
export const wordsOf = (value: unknown): string => textIn(recordOf(value).text)

/** undefined where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
