/** What Slack's client makes of a message that somebody types: signs escaped, addresses linked. */
const ADDRESS = /(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]}'"])|([\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)/giu

export const asWritten = (typed: string): string =>
  typed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(ADDRESS, (_, url: string | undefined, email: string) =>
      url === undefined ? `<mailto:${email}|${email}>` : `<${url}>`,
    )
