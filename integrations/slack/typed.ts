/** What people typed, without what Slack or their keyboard made of it: links, escapes, quotes, signs nobody sees. */

/** Far more than anybody types, and less than a search should be asked. */
const TEXT_LIMIT = 500

const INVISIBLE = /[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu
const BLANK = /[\p{Cc}\s]+/gu
/** `<mailto:ada@example.org|ada@example.org>`, `<tel:+44…|+44…>`, `<https://…|…>`: what one sees of it. */
const LINK = /<(?:mailto:|tel:|https?:\/\/)([^|<>]*)(?:\|([^<>]*))?>/gu
const QUOTED = /^(?:"(.*)"|'(.*)'|“(.*)”|”(.*)”|„(.*)[“”]|‘(.*)’|«(.*)»|`(.*)`)$/u
const COMMAND = /^\/loyalty(?=\s|$)/i

export function tidyTyped(text: string): string {
  const oneLine = text
    .slice(0, 20 * TEXT_LIMIT)
    .replace(LINK, (_, target: string, shown: string | undefined) => shown ?? target)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(INVISIBLE, '')
    .replace(BLANK, ' ')
    .trim()
    .replace(COMMAND, '')
    .trim()
  const [, ...inner] = QUOTED.exec(oneLine) ?? []
  const unquoted = inner.find((part) => part !== undefined)
  return (unquoted?.trim() ?? oneLine).slice(0, TEXT_LIMIT).trim()
}
