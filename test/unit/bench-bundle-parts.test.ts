// A bundle is taken apart by its source map, to the last letter.
import { describe, expect, test } from 'vitest'
import { NOBODY, packageOf, takeApart } from '../../bench/bundle-parts.ts'

describe('a bundle', () => {
  // First line: two letters of the first file, then two of the second, then one of nobody's. Second line: the first file's.
  const map = { sources: ['a.ts', 'b.ts'], mappings: 'AAAA,ECAA,E;ADAA' }

  test('is given to the files that its letters come from', () => {
    const parts = takeApart('aabb;\naaa\n/* licence */', map, (source) => source)
    expect(Object.fromEntries(parts)).toEqual({ 'a.ts': 'aaaaa\n', 'b.ts': 'bb', [NOBODY]: ';\n/* licence */\n' })
  })

  test('is added up by whoever owns several files', () => {
    expect(takeApart('aabb\naaa', { ...map, mappings: 'AAAA,ECAA;ADAA' }, () => 'us')).toEqual(
      new Map([['us', 'aabb\naaa\n']]),
    )
  })

  test('counts on over many columns and back', () => {
    const long = `${'x'.repeat(1_000)}y`
    // 1000 columns on, and the file before: numbers of more than one digit, and below zero.
    const parts = takeApart(long, { sources: ['x.ts', 'y.ts'], mappings: 'ACAA,w+BDAA' }, (source) => source)
    expect(Object.fromEntries(parts)).toEqual({ 'y.ts': 'x'.repeat(1_000), 'x.ts': 'y\n' })
  })
})

test.each([
  ['../node_modules/@slack/bolt/dist/App.js', '@slack/bolt'],
  ['../node_modules/a/node_modules/mime-db/db.json', 'mime-db'],
  ['../node_modules/@stdlib/math-base-special-sin/lib/main.js', '@stdlib/*'],
  ['../../src/app/ports/contacts.ts', 'src/app'],
  ['integrations/slack/bolt.ts', 'integrations/slack'],
  ['../program.json', 'program.json'],
])('%s is of %s', (path, owner) => {
  expect(packageOf(path)).toBe(owner)
})
