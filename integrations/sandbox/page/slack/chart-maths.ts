/** Where the lines, bars and slices of a chart go. Pure. */

export interface Scale {
  min: number
  max: number
  ticks: number[]
}

const STEPS = [1, 2, 2.5, 5, 10]
const ALIKE = 1e-9

/** Round figures around these. `fromZero`: bars and areas say something by their length; lines need not. */
export function scaleFor(values: readonly number[], fromZero: boolean, wanted = 4): Scale {
  const known = values.filter(Number.isFinite)
  if (known.length === 0) return { min: 0, max: 1, ticks: [0, 1] }
  const all = fromZero ? [...known, 0] : known
  const [least, most] = [Math.min(...all), Math.max(...all)]
  // What differs by less than can be drawn is the same.
  const isFlat = most - least <= Math.max(Math.abs(least), Math.abs(most), 1) * ALIKE
  const room = !isFlat ? 0 : Math.abs(most) > ALIKE ? Math.abs(most) : 1
  const [low, high] = [fromZero ? least : least - room, most + room]
  const step = stepFor((high - low) / wanted)
  const min = Math.floor(round(low / step)) * step
  const count = Math.ceil(round((high - min) / step))
  const ticks = Array.from({ length: count + 1 }, (_, n) => round(min + n * step))
  return { min: round(min), max: ticks.at(-1) ?? 1, ticks }
}

function stepFor(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = STEPS.find((one) => one * power >= rough * 0.999) ?? 10
  return step * power
}

/** Sums of tenths are no tenths. */
const round = (value: number): number => Number(value.toPrecision(12))

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

export const heightOf = (value: number, { min, max }: Scale, { top, height }: Box): number =>
  top + height - ((value - min) / (max - min || 1)) * height

/** The middle of the nth of so many columns. */
export const middleOf = (n: number, count: number, { left, width }: Box): number => left + ((n + 0.5) * width) / count

const at = (value: number): string => String(Math.round(value * 100) / 100)

export function linePath(values: readonly (number | null)[], scale: Scale, box: Box): string {
  let isPenUp = true
  const parts = values.map((value, n) => {
    if (value === null) {
      isPenUp = true
      return ''
    }
    const part = `${isPenUp ? 'M' : 'L'}${at(middleOf(n, values.length, box))} ${at(heightOf(value, scale, box))}`
    isPenUp = false
    return part
  })
  return parts.filter((part) => part !== '').join(' ')
}

/** The same down to nought, or to where the scale ends. */
export function areaPath(values: readonly number[], scale: Scale, box: Box): string {
  if (values.length === 0) return ''
  const floor = at(heightOf(Math.min(Math.max(0, scale.min), scale.max), scale, box))
  const [first, last] = [at(middleOf(0, values.length, box)), at(middleOf(values.length - 1, values.length, box))]
  return `${linePath(values, scale, box)} L${last} ${floor} L${first} ${floor} Z`
}

export interface Bar {
  x: number
  y: number
  width: number
  height: number
}

/** The bar of a series in the nth column, beside those of the others. */
export function barAt(
  value: number,
  where: { column: number; columns: number; series: number; of: number },
  scale: Scale,
  box: Box,
): Bar {
  const column = box.width / where.columns
  const group = Math.min(column * 0.72, 48 * where.of)
  const width = group / where.of
  const [from, to] = [heightOf(value, scale, box), heightOf(Math.max(0, scale.min), scale, box)]
  return {
    x: box.left + column * where.column + (column - group) / 2 + width * where.series + width * 0.06,
    y: Math.min(from, to),
    width: width * 0.88,
    // What is not nothing is seen.
    height: value === 0 ? 0 : Math.max(1, Math.abs(to - from)),
  }
}

/** Each slice as a path around 0,0. */
export function slicesOf(values: readonly number[], radius: number): { path: string; share: number }[] {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  let from = 0
  return values.map((value) => {
    const share = total === 0 ? 0 : Math.max(0, value) / total
    const path = sliceOf(from, from + share, radius)
    from += share
    return { path, share }
  })
}

function sliceOf(from: number, to: number, radius: number): string {
  const point = (share: number): string => {
    const angle = 2 * Math.PI * share - Math.PI / 2
    return `${at(radius * Math.cos(angle))} ${at(radius * Math.sin(angle))}`
  }
  if (to - from <= 0) return ''
  // An arc from a point to itself is none.
  if (to - from >= 0.9999)
    return `M0 ${-radius} A${radius} ${radius} 0 1 1 0 ${radius} A${radius} ${radius} 0 1 1 0 ${-radius} Z`
  return `M0 0 L${point(from)} A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${point(to)} Z`
}

/** Of so many labels those that have room: every one, every second … and always the last. */
export function labelsShown(labels: readonly string[], width: number, perCharacter: number): boolean[] {
  const longest = Math.max(1, ...labels.map((label) => label.length))
  const room = Math.max(1, Math.floor(width / (longest * perCharacter + 10)))
  const every = Math.max(1, Math.ceil(labels.length / room))
  return labels.map((_, n) => (labels.length - 1 - n) % every === 0)
}
