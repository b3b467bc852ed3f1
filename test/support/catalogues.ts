// What a catalogue has to be, as data about what is wrong with it: so that each rule can be shown to refuse something.
import { IntlMessageFormat } from 'intl-messageformat'
import type { Catalogue, Messages } from '../../src/words/catalogues.ts'

/** By key: `staff.card.since`. */
export function messagesOf(messages: Messages, prefix: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') found.set(`${prefix}.${key}`, value)
    else for (const [inner, text] of messagesOf(value, `${prefix}.${key}`)) found.set(inner, text)
  }
  return found
}

export const allOf = ({ member, staff = {} }: Pick<Catalogue, 'member' | 'staff'>): Map<string, string> =>
  new Map([...messagesOf(member, 'member'), ...messagesOf(staff, 'staff')])

type Elements = ReturnType<IntlMessageFormat['getAst']>

/** Null where it does not parse. */
export function parse(text: string, locale: string): Elements | null {
  try {
    return new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst()
  } catch {
    return null
  }
}

/** What the message takes: `count` → `plural`, `name` → `text`. */
export function argumentsOf(elements: Elements): Map<string, string> {
  const found = new Map<string, string>()
  const add = (name: string, kind: string) => found.set(name, kind === 'text' ? (found.get(name) ?? kind) : kind)
  for (const element of elements) {
    if (element.type === 1) add(element.value, 'text')
    if (element.type === 2 || element.type === 3 || element.type === 4) add(element.value, 'format')
    if (element.type !== 5 && element.type !== 6) continue
    add(element.value, element.type === 5 ? `select ${Object.keys(element.options).toSorted().join(' ')}` : 'plural')
    for (const option of Object.values(element.options))
      for (const [name, kind] of argumentsOf(option.value)) add(name, kind)
  }
  return found
}

/** The words alone, without what is put in. */
function literalOf(elements: Elements): string {
  return elements
    .map((element) => {
      if (element.type === 0) return element.value
      if (!('options' in element)) return ''
      return Object.values(element.options)
        .map(({ value }) => literalOf(value))
        .join(' ')
    })
    .join(' ')
}

function missingForms(elements: Elements, language: string): string[] {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
  return elements.flatMap((element) => {
    if (!('options' in element)) return []
    const inner = Object.values(element.options).flatMap(({ value }) => missingForms(value, language))
    const lacks = element.type === 6 ? forms.filter((form) => element.options[form] === undefined) : []
    return [...lacks, ...inner]
  })
}

/** What every catalogue's own messages must be. */
export function faultsIn(language: string, catalogue: Pick<Catalogue, 'member' | 'staff'>): string[] {
  return [...allOf(catalogue)].flatMap(([key, text]) => {
    const elements = parse(text, language)
    if (elements === null) return [`${key} does not parse`]
    const literal = literalOf(elements)
    const lacks = missingForms(elements, language)
    return [
      ...(lacks.length === 0 ? [] : [`${key} lacks the plural forms ${[...new Set(lacks)].join(', ')}`]),
      ...([...argumentsOf(elements).values()].includes('format') ? [`${key} formats a number or a date itself`] : []),
      ...(/[!！]/.test(literal) ? [`${key} exclaims`] : []),
      ...(key.startsWith('staff.') && standsTight(text) ? [`${key} has a * or a backquote that Slack will show`] : []),
      ...(text === text.normalize('NFC') ? [] : [`${key} is not in normal form`]),
      ...(/'[{}]/.test(text) ? [`${key} has a quote that ICU takes for its own`] : []),
      ...(key.startsWith('member.') && text !== text.trim() ? [`${key} is not trimmed`] : []),
      ...(/ {2}/.test(text) ? [`${key} has two spaces`] : []),
    ]
  })
}

/** What a translation must have in common with English. Of `staff` it may have nothing at all. */
export function differences(
  language: string,
  catalogue: Pick<Catalogue, 'member' | 'staff'>,
  english: Pick<Catalogue, 'member' | 'staff'>,
): string[] {
  const hasStaff = Object.keys(catalogue.staff ?? {}).length > 0
  const there = allOf(catalogue)
  const wanted = allOf(hasStaff ? english : { member: english.member })
  return [
    ...[...wanted.keys()].filter((key) => !there.has(key)).map((key) => `${key} is missing`),
    ...[...there.keys()].filter((key) => !wanted.has(key)).map((key) => `${key} is not in English`),
    ...[...there].flatMap(([key, text]) => {
      const [own, other] = [parse(text, language), parse(wanted.get(key) ?? '', 'en')]
      if (own === null || other === null || !wanted.has(key)) return []
      const [taken, expected] = [described(argumentsOf(own)), described(argumentsOf(other))]
      return taken === expected ? [] : [`${key} takes ${taken || 'nothing'}, not ${expected || 'nothing'}`]
    }),
  ]
}

/** A language that has no plural for it may write the number alone. */
const described = (taken: ReadonlyMap<string, string>): string =>
  [...taken]
    .map(([name, kind]) => (kind === 'text' || kind === 'plural' ? name : `${name} (${kind})`))
    .toSorted()
    .join(', ')

/** What stands between backquotes, and addresses, are typed as they are in every language. */
export const withoutTyped = (text: string): string => text.replace(/`[^`]*`|\S+@\S+/g, ' ')

/**
 * Slack takes `*` and a backquote for formatting only where white space or ASCII punctuation is around it: not beside a letter,
 * nor beside `։` or `።`. Of what is put in beside it, nothing is known here.
 */
function standsTight(text: string): boolean {
  const shown = text.replace(/\{\w+\}/g, '–')
  for (const found of shown.matchAll(/\*([^*\n]+)\*|`([^`\n]+)`/g)) {
    const [before, after] = [shown.slice(0, found.index).at(-1), shown.slice(found.index + found[0].length).at(0)]
    if ([before, after].some((beside) => beside !== undefined && !/[\s!-/:-@[-`{-~–—…]/.test(beside))) return true
  }
  return false
}

/** Words of letters that the language is not written with; names of products are the same everywhere. */
export function foreignWords(
  catalogue: Pick<Catalogue, 'member' | 'staff'>,
  script: RegExp,
  allowed: readonly string[],
): string[] {
  return [...allOf(catalogue)].flatMap(([key, text]) => {
    const elements = parse(text, 'en')
    const literal = elements === null ? '' : withoutTyped(literalOf(elements))
    const words = literal.match(/\p{L}[\p{L}\p{M}]*/gu) ?? []
    return words.filter((word) => !script.test(word) && !allowed.includes(word)).map((word) => `${key}: ${word}`)
  })
}
