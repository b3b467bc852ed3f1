// Where something goes among so many databases, by its name: three ways that are known, what each moves when databases are
// added, and how evenly they carry.
import { hash32 } from '../../src/core/hash32.ts'
import { mix } from '../people.ts'

/** 0 to places − 1. */
export type Route = (key: string, places: number) => number

const GOLDEN = 0x9e3779b9
const WORDS = 2 ** 32

export const byRemainder: Route = (key, places) => hash32(key) % places

/** Jump consistent hashing (Lamping & Veach 2014), with a generator of 32 bits: places may only be added at the end. */
export const byJump: Route = (key, places) => {
  let state = hash32(key)
  let place = 0
  for (let next = 0; next < places; ) {
    place = next
    state = (state + GOLDEN) >>> 0
    next = Math.floor((place + 1) / ((mix(state) + 1) / WORDS))
  }
  return place
}

/** Rendezvous hashing (Thaler & Ravishankar 1998): of all places the one that draws the highest lot for the key. */
export const byRendezvous: Route = (key, places) => {
  const hash = hash32(key)
  let [best, highest] = [0, -1]
  for (let place = 0; place < places; place++) {
    const lot = mix(hash ^ mix(Math.imul(place + 1, GOLDEN)))
    if (lot > highest) [best, highest] = [place, lot]
  }
  return best
}

/** The share of keys that live elsewhere once there are other places. */
export function movedShare(route: Route, keys: readonly string[], before: number, after: number): number {
  const moved = keys.filter((key) => route(key, before) !== route(key, after)).length
  return keys.length === 0 ? 0 : moved / keys.length
}

/** What the place with most has to carry, as a multiple of what it would be were all alike. */
export function hottest(loads: readonly number[]): number {
  const sum = loads.reduce((total, load) => total + load, 0)
  return sum === 0 ? 1 : (Math.max(...loads) * loads.length) / sum
}

/** Adds up what each place has to carry. */
export function loadsOf(
  route: Route,
  places: number,
  weights: Iterable<readonly [key: string, weight: number]>,
): number[] {
  const loads = new Array<number>(places).fill(0)
  for (const [key, weight] of weights) {
    const place = route(key, places)
    loads[place] = (loads[place] ?? 0) + weight
  }
  return loads
}
