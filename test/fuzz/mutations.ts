// Ways to spoil JSON: in what it says and in how it is written.
import type { Chance } from '../support/load.ts'

type Place = [holder: Record<string, unknown>, key: string]

const DEEP = 3_000
const LONG = 'x'.repeat(70_000)

/** Built by parsing: a literal would set the prototype instead. */
const polluted = (): unknown =>
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')

const ODD_VALUES: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => false,
  () => '',
  () => 'x',
  () => '0',
  () => '4990',
  () => LONG,
  () => 0,
  () => -0,
  () => -1,
  () => -4990,
  () => 0.5,
  () => 49.9,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 2 ** 53 - 1,
  () => -(2 ** 53),
  () => 1e21,
  () => 1e308,
  () => 8.64e15,
  () => 8_640_000_000_001,
  () => [],
  () => [[]],
  () => {},
  () => ({ id: 'cus_1' }),
  () => ({ id: { id: 'cus_1' } }),
  () => ['pi_1', 'pi_2'],
  () => '__proto__',
  () => 'constructor',
  () => 'toString',
  polluted,
  () => 'ADA@Example.ORG',
  () => ' ada@example.org\n',
  () => 'İlham@ÜBER.example',
  () => 'ሀ@ቢቂላ.example',
  () => '\u0000\u0007',
  () => '\ud800',
  () => '\u202egro.elpmaxe@ada',
  () => '👩‍👩‍👧‍👦'.repeat(50),
  () => "'; DROP TABLE member; --",
  () => '<script>alert(1)</script>',
  () => 'xts',
  () => 'jpy',
  () => 'USD',
  () => 'us',
  () => 'usd\u0000',
  () => '2020-01-01T00:00:00Z',
  () => 'acct_1',
  () => 'in_1',
  () => 'evt_1',
  () => 'pay_1',
  () => 'mem_1',
  () => 'email:ada@example.org',
  () => 'mode:stripe',
]

export const oddValue = (chance: Chance): unknown => chance.pick(ODD_VALUES)()

function placesOf(json: unknown): Place[] {
  const places: Place[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key])
      visit((value as Record<string, unknown>)[key])
    }
  }
  visit(json)
  return places
}

/** Spoils the copy of a value in place, somewhere. */
const SPOIL: readonly ((place: Place, other: Place, chance: Chance) => void)[] = [
  ([holder, key], _other, chance) => {
    holder[key] = oddValue(chance)
  },
  ([holder, key], _other, chance) => {
    holder[key] = oddValue(chance)
  },
  ([holder, key]) => {
    delete holder[key]
  },
  ([holder, key]) => {
    holder[key] = [holder[key]]
  },
  ([holder, key]) => {
    holder[key] = { id: holder[key], object: 'x' }
  },
  ([holder, key]) => {
    holder[key] = String(holder[key])
  },
  ([holder, key], _other, chance) => {
    if (typeof holder[key] === 'number')
      holder[key] = (holder[key] as number) * chance.pick([-1, 0, 0.1, 10, 1e6, 1e15])
  },
  ([holder, key], [from, name]) => {
    holder[key] = structuredClone(from[name])
  },
  ([holder], _other, chance) => {
    Object.defineProperty(holder, chance.pick(['__proto__', 'constructor', 'hasOwnProperty', 'toJSON2', '']), {
      value: oddValue(chance),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  },
]

/** The JSON with a few of its fields, however deep, made odd. */
export function spoil(json: unknown, chance: Chance): unknown {
  const copy: unknown = structuredClone(json)
  for (let left = 1 + chance.below(3); left > 0; left--) {
    const places = placesOf(copy)
    if (places.length === 0) return copy
    chance.pick(SPOIL)(chance.pick(places), chance.pick(places), chance)
  }
  return copy
}

/** Spoils what is written, not what it says. */
const MISPRINT: readonly ((text: string, chance: Chance) => string | Uint8Array)[] = [
  (text, chance) => text.slice(0, chance.below(text.length + 1)),
  (text, chance) => {
    const bytes = Buffer.from(text)
    for (let left = 1 + chance.below(4); left > 0; left--) bytes[chance.below(bytes.length)] = chance.below(256)
    return bytes
  },
  (text) => `\uFEFF${text}`,
  (text) => `${text}${text}`,
  (text) => `[${text}]`,
  (text) => JSON.stringify(text),
  (text) => ` \n\t${text}\n`,
  () => '',
  () => 'null',
  () => '0',
  (text, chance) =>
    text.replace(/:(-?\d+)/g, (whole, digits) => (chance.below(4) === 0 ? `:${digits}e${chance.below(400)}` : whole)),
  (text, chance) =>
    text.replace(/:(-?\d+)/g, (whole, digits) => (chance.below(4) === 0 ? `:${digits}.${chance.below(99)}` : whole)),
  // The last of two keys counts.
  (text, chance) =>
    text.replace('{', `{"id":"evt_other","livemode":true,"type":"${chance.pick(['charge.succeeded', 'x'])}",`),
  (text, chance) =>
    text.replace(/}$/, `,"livemode":${chance.pick(['false', 'true', '1', '"false"'])},"object":"event"}`),
  (text, chance) =>
    text.replace(/"object":\{/, `"object":{"nested":${'['.repeat(DEEP)}${']'.repeat(chance.pick([DEEP, DEEP - 1]))},`),
  (text) => text.replace(/"object":\{/, `"object":{"customer":${'{"id":'.repeat(DEEP)}"cus_1"${'}'.repeat(DEEP)},`),
  (text) =>
    text.replace(
      /"metadata":\{/,
      `"metadata":{${Array.from({ length: 400 }, (_, i) => `"k${i}":"v",`).join('')}"z":"1",`,
    ),
]

export const misprint = (text: string, chance: Chance): string | Uint8Array => chance.pick(MISPRINT)(text, chance)
