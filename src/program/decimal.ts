// Multipliers and money are written as decimal numbers. How many places somebody wrote is read off the shortest
// text that means the same number, so that 4.99 has two places although its binary value has none that end.

/** Places after the point, as one would write the number: `4.99` → 2, `1e-7` → 7, `5` → 0. */
export function decimalPlaces(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const written = mantissa.split('.')[1]?.length ?? 0
  return Math.max(0, written - Number(exponent))
}
