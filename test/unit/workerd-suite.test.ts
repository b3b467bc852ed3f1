// What runs in workerd is the Worker's: its replacements and its date, and all of the suite but what is said to be left out.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SKIPPED } from '../support/workerd/skipped.ts'
import { COMPATIBILITY, REPLACEMENTS } from '../support/workerd/wrangler-toml.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('whatever is left out is there, is of a suite that runs in workerd, and has a reason', () => {
  for (const [file, reason] of Object.entries(SKIPPED)) {
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true])
    expect(file).toMatch(/^test\/(contract|integration)\//)
    expect(reason).toMatch(/^(is about|watches|counts|starts|has) .{15}/)
  }
})

test('packages are replaced as in the Worker’s bundle, by files that are there', () => {
  expect([...REPLACEMENTS.keys()]).toContain('./receivers/ExpressReceiver')
  expect([...REPLACEMENTS.values()].filter((file) => !existsSync(file))).toEqual([])
  expect(COMPATIBILITY.compatibilityDate).toMatch(/^\d{4}-\d\d-\d\d$/)
  expect(COMPATIBILITY.compatibilityFlags).toEqual(['nodejs_compat'])
})
