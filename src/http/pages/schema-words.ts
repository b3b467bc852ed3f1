// A schema of the OpenAPI document in a few words: what a field is, its bounds, an example.
import type { ApiDocument } from '../api/create-api.ts'

export type Schema = NonNullable<NonNullable<ApiDocument['components']>['schemas']>[string]

export function describeSchema(schema: Schema): string {
  if ('$ref' in schema) return schema.$ref.split('/').at(-1) ?? ''
  const choices = schema.enum?.filter((choice) => choice !== null).join(', ')
  const parts = [
    schema.description,
    choices === undefined ? typeWords(schema) : `One of ${choices}.`,
    boundWords(schema),
    schema.default === undefined ? '' : `Default ${String(schema.default)}.`,
    schema.example === undefined ? '' : `For example ${String(schema.example)}.`,
  ]
  return parts.filter(Boolean).join(' ')
}

function typeWords({ type, format }: Exclude<Schema, { $ref: string }>): string {
  const types = [type ?? []].flat()
  const shown = types.filter((each) => each !== 'null').map((each) => (format === undefined ? each : format))
  const nullable = types.includes('null') ? ' or null' : ''
  return shown.length === 0 ? '' : `A ${shown.join(' or ')}${nullable}.`.replace(/^A (?=[aeiou])/, 'An ')
}

function boundWords(schema: Exclude<Schema, { $ref: string }>): string {
  const { minimum, maximum, maxLength } = schema
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}.`
  return maxLength === undefined ? '' : `At most ${maxLength} characters.`
}
