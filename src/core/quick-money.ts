/**
 * Writes amounts as Intl does, several times as fast: a sentence for every purchase needs one. Where a locale groups or
 * writes digits in a way of its own, Intl does it.
 */

/** Where grouping begins, ends and goes on: a way of writing that is right for all of these is right for any. */
const SAMPLES = [0, 1, 9, 10, 99, 100, 999, 1_000, 9_999, 10_000, 99_999, 100_000, 1_234_567, 12_345_678, 1_234_567_890]
const LARGEST = 10 ** 12

/** A function from minor units to text. `format` writes amounts with `exponent` decimals, always. */
export function quickMoney(format: Intl.NumberFormat, exponent: number): (minor: number) => string {
  const slowly = (minor: number): string => format.format(minor / 10 ** exponent)
  const parts = format.formatToParts(1_234_567)
  const is = (type: string) => parts.findIndex((part) => part.type === type)
  const first = is('integer')
  const last = parts.findLastIndex(({ type }) => type === 'integer' || type === 'fraction')
  const text = (from: number, to: number): string =>
    parts
      .slice(from, to)
      .map(({ value }) => value)
      .join('')
  const [before, after] = [text(0, first), text(last + 1, parts.length)]
  const [group, decimal] = [parts[is('group')]?.value ?? '', parts[is('decimal')]?.value ?? '']
  const quickly = (minor: number): string => {
    const digits = String(minor).padStart(exponent + 1, '0')
    const cut = digits.length - exponent
    let whole = digits.slice(0, cut)
    for (let at = cut - 3; at > 0; at -= 3) whole = whole.slice(0, at) + group + whole.slice(at)
    return `${before}${whole}${exponent === 0 ? '' : decimal + digits.slice(cut)}${after}`
  }
  const isRight = SAMPLES.every((minor) => quickly(minor) === slowly(minor))
  if (!isRight) return slowly
  return (minor) => (Number.isInteger(minor) && minor >= 0 && minor < LARGEST ? quickly(minor) : slowly(minor))
}
