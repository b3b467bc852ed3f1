import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROPERTIES } from '../../integrations/hubspot/properties.ts'
import { SCOPES } from '../../integrations/hubspot/provision.ts'

const readme = readFileSync(new URL('../../integrations/hubspot/README.md', import.meta.url), 'utf8')
const WORDS = {
  text: 'text',
  long_text: 'text of many lines',
  number: 'number',
  date: 'day',
  choice: 'one of a list',
  choices: 'some of a list',
}

test("the README's table of properties is the table that is provisioned and filled", () => {
  const rows = [...readme.matchAll(/^\| `loyalty_(\w+)` \| ([^|]+) \| (.+) \|$/gm)].map(([, ...cells]) => cells)
  expect(rows).toEqual(
    PROPERTIES.map(({ name, kind, isUnique, description }) => [
      name,
      isUnique === true ? `${WORDS[kind]}, unique` : WORDS[kind],
      description,
    ]),
  )
})

test('the README names each property’s label that its recipes use as it stands in HubSpot', () => {
  const labels = PROPERTIES.map(({ label }) => label)
  const used = [...readme.matchAll(/\*(Loyalty: [a-z][^*]*?)(?: is known)?\*/g)].map(([, label]) =>
    (label ?? '').replaceAll(/\s+/g, ' '),
  )
  expect(used.length).toBeGreaterThan(10)
  expect(used.filter((label) => !labels.includes(label))).toEqual([])
})

test('the README names every scope that is asked for, and no other', () => {
  const named = [...new Set([...readme.matchAll(/`(crm\.[a-z.]+)`/g)].map(([, scope]) => scope))]
  expect(named.sort()).toEqual(Object.values(SCOPES).sort())
})
