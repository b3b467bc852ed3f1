// What a Worker's bundle has in the place of packages that it never runs says so to whoever runs it.
import { expect, test } from 'vitest'
import rawBody from '../../src/worker-stubs/raw-body.ts'
import { FileInstallationStore, MemoryInstallationStore } from '../../src/worker-stubs/slack-oauth.ts'
import SlackReceiver from '../../src/worker-stubs/slack-receiver.ts'
import { en } from '../../src/worker-stubs/zod-locales.ts'

test('a receiver of Bolt’s own refuses to be made, and names ours', () => {
  expect(() => new SlackReceiver()).toThrow('integrations/slack')
})

test('what installs an app in many workspaces refuses to be made', () => {
  expect(() => new FileInstallationStore()).toThrow('@slack/oauth is not in the Worker’s bundle')
  expect(() => new MemoryInstallationStore()).toThrow('@slack/oauth is not in the Worker’s bundle')
})

test('what reads a body in any encoding refuses to be called', () => {
  expect(rawBody).toThrow('raw-body is not in the Worker’s bundle')
})

test('zod’s English is zod’s own', () => {
  expect(en().localeError({ code: 'invalid_type', expected: 'string', input: 1, path: [] } as never)).toBe(
    'Invalid input: expected string, received number',
  )
})
