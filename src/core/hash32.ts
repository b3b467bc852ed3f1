// A number that is as good as drawn by lot, but the same for the same text for ever: who is held out, who is sampled.

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

/**
 * MurmurHash3 (x86, 32 bits; Appleby, public domain) over code units, each taken as a block. It needs to spread well, not
 * to keep a secret, and node:crypto is not everywhere.
 */
export function hash32(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) {
    const block = Math.imul(rotate(Math.imul(text.charCodeAt(i), 0xcc9e2d51), 15), 0x1b873593)
    hash = (Math.imul(rotate(hash ^ block, 13), 5) + 0xe6546b64) | 0
  }
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
