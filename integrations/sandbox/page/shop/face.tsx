/** Somebody, in a letter or two. */
const HUES = 6

export function Face({ name }: { name: string }) {
  const letters = name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => [...part][0] ?? '')
    .join('')
    .toUpperCase()
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES
  return (
    <span className={`face face-${hue}`} aria-hidden="true">
      {letters}
    </span>
  )
}
