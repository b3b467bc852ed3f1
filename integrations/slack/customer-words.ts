/**
 * How a member is spoken to: in their language, names of people and rewards as they are, whatever script they are in, and what
 * an award gives as a phrase.
 */
import type { MemberView } from '../../src/app/ports.ts'
import { minorUnits } from '../../src/core/reward-terms.ts'
import type { Program } from '../../src/program/schema.ts'
import { isRightToLeft, LANGUAGE_NAMES, type Language, languageOf } from '../../src/words/languages.ts'
import { createWords, type WordKey, type Words, type WordValues } from '../../src/words/words.ts'
import { plain } from './blocks.ts'

/** A name longer than any name is cut. */
const NAME_LIMIT = 120

export interface Speaking {
  words: Words
  program: Program
  /** A message, its values safe to stand in it. */
  say(key: WordKey, values?: WordValues): string
  /** What the program or a person is called, safe to stand in a sentence. */
  name(text: string): string
}

/** What the member asked for, else what the program is written in, else English. */
export const languageFor = (
  { language }: Pick<MemberView, 'language'>,
  { locale }: Pick<Program, 'locale'>,
): Language => languageOf(language) ?? languageOf(locale) ?? 'en'

export function speakTo(member: Pick<MemberView, 'language'>, program: Program, now: number): Speaking {
  const language = languageFor(member, program)
  const words = createWords({ language, program, now })
  const isReadLeftwards = isRightToLeft(LANGUAGE_NAMES[language])
  return { words, program, say: words.say, name: (text) => isolated(plain(text, NAME_LIMIT), isReadLeftwards) }
}

const [ISOLATE, END_OF_ISOLATE] = ['\u2068', '\u2069'] as const
const HAS_LETTERS = /\p{L}/u

/** A name of the other direction would turn the numbers and the full stop beside it: isolated, it does not. */
export function isolated(text: string, isReadLeftwards: boolean): string {
  const isForeign = HAS_LETTERS.test(text) && isRightToLeft(text) !== isReadLeftwards
  return isForeign ? `${ISOLATE}${text}${END_OF_ISOLATE}` : text
}

interface Parts {
  points: number
  reward: string | null
  badge: string | null
  cause: string | null
}

/** "250 points and A gift"; '' where it gives nothing. */
export function awardInWords(parts: Parts & { choose?: readonly Parts[] }, speaking: Speaking): string {
  const options = (parts.choose ?? []).map((option) => partsInWords(option, speaking)).filter((text) => text !== '')
  const chosen =
    options.length === 0 ? [] : [speaking.say('member.award.either', { options: speaking.words.either(options) })]
  return speaking.words.list([...partList(parts, speaking), ...chosen])
}

const partsInWords = (parts: Parts, speaking: Speaking): string => speaking.words.list(partList(parts, speaking))

function partList({ points, reward, badge, cause }: Parts, { words, program, say, name }: Speaking): string[] {
  const named = (list: readonly { id: string; name: string }[], id: string | null): string | null => {
    const found = list.find((one) => one.id === id)
    return found === undefined ? null : name(found.name)
  }
  const [rewardName, badgeName, causeName] = [
    named(program.rewards, reward),
    named(program.badges, badge),
    named(program.causes, cause),
  ]
  return [
    ...(points === 0 ? [] : [words.points(points)]),
    ...(rewardName === null ? [] : [rewardName]),
    ...(badgeName === null ? [] : [say('member.award.badge', { badge: badgeName })]),
    ...(causeName === null ? [] : [say('member.award.cause', { cause: causeName })]),
  ]
}

/** Sentences of one paragraph; nothing for those that have nothing to say. */
export type Line = (string | null)[]

/** What ends at an instant ends with the day before it. */
export const lastDay = (iso: string): number => Date.parse(iso) - 1

/** A greeting, then a line each. */
export function letter({ say, name }: Speaking, member: Pick<MemberView, 'name'>, ...lines: Line[]): string {
  const called = name(member.name ?? '')
  const greeting = called === '' ? say('member.hello') : say('member.greeting', { name: called })
  const said = lines.map((line) => line.filter((sentence) => sentence !== null && sentence !== '').join(' '))
  return [greeting, ...said.filter((line) => line !== '')].join('\n')
}

/** Of what the program says in major units. */
export const price = (major: number, { words, program: { currency } }: Speaking): string =>
  words.price(minorUnits(major, currency), currency)
