// Chance by the handful: asking the system for each id's few bytes costs more than the id itself.

/** A kilobyte or more of random bytes at once, given out in small parts; each byte is used once. */
export function createRandomPool(
  fill: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
  size = 4_096,
): (count: number) => Uint8Array {
  const pool = new Uint8Array(size)
  let used = size
  return (count) => {
    if (count > size) return fill(new Uint8Array(count))
    if (used + count > size) {
      fill(pool)
      used = 0
    }
    used += count
    // A copy: what was given out must not change when the pool is filled anew.
    return pool.slice(used - count, used)
  }
}
