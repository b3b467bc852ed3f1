import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { handledEvents } from '../../integrations/stripe/handled-events.ts'

test("the README's table of events is the table of events that are handled", () => {
  const readme = readFileSync(new URL('../../integrations/stripe/README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `((?!\S+\.ts`)[a-z_]+\.[a-z_.]+)` \| (.+) \|$/gm)].map(([, type, does]) => [
    type,
    does,
  ])
  expect(rows).toEqual(Object.entries(handledEvents).map(([type, { does }]) => [type, does]))
})
