/** The window in which a member is enrolled, and what is said when they are. */
import type { PlainTextOption } from '@slack/types'
import type { MemberView } from '../../../src/app/ports.ts'
import { PERSON_LIMITS } from '../../../src/core/person-fields.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../../../src/words/languages.ts'
import { context, divider, esc, option, section } from '../blocks.ts'
import type { Asking, Message, Modal } from '../desk.ts'
import { choiceField, copyable, modal, textField } from '../form.ts'
import { mrkdwnName } from '../naming.ts'

export interface EnrolData {
  email: string | null
  name: string | null
  phone: string | null
  birthday: string | null
  language: string | null
  referredBy: string | null
  /** mrkdwn, on top. */
  banner: string | null
}

export const NOTHING_TYPED: EnrolData = {
  email: null,
  name: null,
  phone: null,
  birthday: null,
  language: null,
  referredBy: null,
  banner: null,
}

type Reader = Pick<Asking, 'words' | 'program'>

/**
 * Beside those that we have words for: what the member speaks is kept too, and read by others. Written out, since a Worker’s
 * Intl does not know the names of all of them.
 */
const OTHERS = {
  ar: 'العربية',
  bg: 'Български',
  cs: 'Čeština',
  da: 'Dansk',
  de: 'Deutsch',
  el: 'Ελληνικά',
  es: 'Español',
  et: 'Eesti',
  fa: 'فارسی',
  fi: 'Suomi',
  fr: 'Français',
  he: 'עברית',
  hi: 'हिन्दी',
  hr: 'Hrvatski',
  hu: 'Magyar',
  id: 'Indonesia',
  it: 'Italiano',
  ja: '日本語',
  ka: 'ქართული',
  kk: 'Қазақ тілі',
  ko: '한국어',
  ku: 'Kurdî (kurmancî)',
  lt: 'Lietuvių',
  lv: 'Latviešu',
  ms: 'Melayu',
  nb: 'Norsk bokmål',
  nl: 'Nederlands',
  om: 'Oromoo',
  pl: 'Polski',
  pt: 'Português',
  ro: 'Română',
  ru: 'Русский',
  rw: 'Ikinyarwanda',
  sk: 'Slovenčina',
  sl: 'Slovenščina',
  so: 'Soomaali',
  sq: 'Shqip',
  sr: 'Српски',
  sv: 'Svenska',
  th: 'ไทย',
  ti: 'ትግርኛ',
  tr: 'Türkçe',
  uk: 'Українська',
  ur: 'اردو',
  uz: 'O‘zbek',
  vi: 'Tiếng Việt',
  zh: '中文',
}

/** Languages by their own names; those that we write in first. */
export function languageOptions(): PlainTextOption[] {
  return [
    ...LANGUAGES.map((tag) => option(LANGUAGE_NAMES[tag], tag)),
    ...Object.entries(OTHERS).map(([tag, name]) => option(name, tag)),
  ]
}

export function enrolView(data: EnrolData, { words, program }: Reader): Modal {
  const { banner } = data
  const { phone, name, code } = PERSON_LIMITS
  return modal({
    callback: 'enrol.send',
    title: words.say('staff.enrol.title'),
    close: words.say('staff.common.cancel'),
    submit: words.say('staff.enrol.submit'),
    blocks: [
      ...(banner === null ? [] : [section(banner)]),
      // Not Slack's own field for addresses: it takes none in other scripts.
      textField({
        block: 'email',
        label: words.say('staff.enrol.email'),
        most: PERSON_LIMITS.email,
        value: data.email,
      }),
      textField({
        block: 'name',
        label: words.say('staff.enrol.name'),
        isOptional: true,
        most: name,
        value: data.name,
      }),
      textField({
        block: 'phone',
        label: words.say('staff.enrol.phone'),
        isOptional: true,
        most: phone,
        value: data.phone,
      }),
      textField({
        block: 'birthday',
        label: words.say('staff.enrol.birthday'),
        hint: words.say('staff.enrol.birthdayHint'),
        isOptional: true,
        most: 20,
        value: data.birthday,
      }),
      choiceField({
        block: 'language',
        label: words.say('staff.enrol.language'),
        placeholder: words.say('staff.enrol.languagePlaceholder'),
        isOptional: true,
        options: languageOptions(),
        chosen: data.language,
      }),
      ...(program.referral === null
        ? []
        : [
            textField({
              block: 'referredBy',
              label: words.say('staff.enrol.referredBy'),
              hint: words.say('staff.enrol.referredByHint'),
              isOptional: true,
              most: code,
              value: data.referredBy,
            }),
          ]),
    ],
  })
}

/** "Ada Lovelace is a member now", with what to send them and their card. */
export function welcomed(member: MemberView, message: string, card: Message, { words }: Reader): Message {
  const points = words.points(member.points.available + member.points.pending)
  const tier = esc(member.tier?.name ?? '', 60)
  const values = { name: mrkdwnName(member, words), points }
  const sentence =
    tier === '' ? words.say('staff.enrol.welcome', values) : words.say('staff.enrol.welcomeTier', { ...values, tier })
  return {
    text: sentence,
    blocks: [
      section(sentence),
      context(words.say('staff.enrol.copy', { name: mrkdwnName(member, words) })),
      copyable(message),
      divider(),
      ...card.blocks,
    ],
  }
}

/** They are one already: nothing was changed. */
export function alreadyMember(member: MemberView, card: Message, { words }: Reader): Message {
  const sentence = words.say('staff.enrol.already', { name: mrkdwnName(member, words) })
  return { text: sentence, blocks: [section(sentence), ...card.blocks] }
}
