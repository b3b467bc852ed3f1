/** Which values HubSpot takes for a property: its type's, its options', and what admins demanded on top. */
import type { InvalidValue } from './failures.ts'
import { type Portal, type PortalProperty, READ_ONLY } from './portal.ts'

const invalid = (name: string, error: string, message: string): InvalidValue => ({
  isValid: false,
  message,
  error,
  name,
})

/** What is wrong with these values; empty where HubSpot takes them all. */
export function invalidIn(portal: Portal, given: Readonly<Record<string, unknown>>): InvalidValue[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const property = portal.properties[name]
    if (property === undefined)
      return [invalid(name, 'PROPERTY_DOESNT_EXIST', `Property ${JSON.stringify(name)} does not exist`)]
    if (READ_ONLY.includes(name))
      return [invalid(name, 'READ_ONLY_VALUE', `${JSON.stringify(name)} is a read only property`)]
    const text = value === null ? '' : String(value)
    return text === '' ? [] : wrongIn(property, text)
  })
}

function wrongIn(property: PortalProperty, value: string): InvalidValue[] {
  const { name } = property
  if (name === 'email')
    return isEmail(value) ? [] : [invalid(name, 'INVALID_EMAIL', `Email address ${value} is invalid`)]
  if (property.type !== 'string' && value !== value.trim())
    return [invalid(name, 'LEADING_TRAILING_WHITESPACE', `"${value}" includes leading or trailing whitespace.`)]
  switch (property.type) {
    case 'number':
      return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value)
        ? []
        : [invalid(name, 'INVALID_NUMBER', `${value} was not a valid number.`)]
    case 'date':
      return isDate(value) ? [] : [invalid(name, 'INVALID_DATE', `${value} was not a valid date.`)]
    case 'datetime':
      return Number.isNaN(Date.parse(value)) && !/^\d+$/.test(value)
        ? [invalid(name, 'INVALID_LONG', `${value} was not a valid long.`)]
        : []
    case 'enumeration':
      return wrongOptions(property, value)
    default:
      return value.length > 65_536 ? [invalid(name, 'TOO_LONG', `${name} is too long`)] : []
  }
}

function wrongOptions({ name, fieldType, options }: PortalProperty, value: string): InvalidValue[] {
  const allowed = options.map((option) => option.value)
  const chosen = fieldType === 'checkbox' ? value.split(';') : [value]
  return chosen
    .filter((one) => !allowed.includes(one))
    .map((one) => invalid(name, 'INVALID_OPTION', `${one} was not one of the allowed options: [${allowed.join(', ')}]`))
}

/** A day, or midnight of one in UTC as ms. */
function isDate(value: string): boolean {
  if (/^\d+$/.test(value)) return Number(value) % 86_400_000 === 0
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value)
}

/** A local part without quotation marks, and a domain that ends in letters. */
const isEmail = (value: string): boolean => /^[^\s@"<>(),;:]+@([^\s@.]+\.)+\p{L}{2,24}$/u.test(value)

/** What admins' rules find wrong with a contact as it would be; only what is written is looked at, and what is missing. */
export function againstRules(
  { rules }: Portal,
  after: Readonly<Record<string, string>>,
  written: readonly string[],
): InvalidValue[] {
  return rules.flatMap(({ property, rule }) => {
    const value = after[property] ?? ''
    if (rule === 'required' && value === '') return [invalid(property, 'REQUIRED_FIELD', `${property} is required`)]
    if (rule === 'letters' && written.includes(property) && !/^[\p{L}\p{M} ]*$/u.test(value))
      return [invalid(property, 'INVALID_ALPHA', 'Enter only letters')]
    return []
  })
}
