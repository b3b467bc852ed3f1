/** A square with initials; the app has its own sign. Says nothing that the name beside it does not. */

export function Avatar({
  name,
  isApp = false,
  size = 'large',
}: {
  name: string
  isApp?: boolean
  size?: 'large' | 'small'
}) {
  if (isApp)
    return (
      <span className={`sl-avatar sl-avatar-app sl-avatar-${size}`} aria-hidden="true">
        R
      </span>
    )
  const initials = name
    .split(/\s+/u)
    .slice(0, 2)
    .map((word) => firstOf(word))
    .join('')
  const hue = ([...name].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9_973, 0) * 47) % 360
  return (
    <span className={`sl-avatar sl-avatar-${size}`} style={{ background: `hsl(${hue} 45% 30%)` }} aria-hidden="true">
      {initials}
    </span>
  )
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
const firstOf = (word: string): string => [...graphemes.segment(word)][0]?.segment.toLocaleUpperCase() ?? ''
