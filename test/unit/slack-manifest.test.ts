// manifest.json is what Slack takes, and asks for exactly what the code registers, calls and listens to.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { createSlackCalls } from '../../integrations/slack/calls.ts'
import { TOLD } from '../../integrations/slack/commands/help.ts'
import {
  buttons,
  COMMAND,
  commands,
  EVENTS,
  optionSources,
  SCOPES,
  SHORTCUT_PLACES,
  shortcuts,
  submissions,
} from '../../integrations/slack/registered.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const read = (path: string) => JSON.parse(readFileSync(at(path), 'utf8'))
const manifest = read('manifest.json')
const SCHEMA = '../shared/data/slack-manifest.schema.json'
const hasSchema = existsSync(at(SCHEMA))
const URL_OF_OURS = 'https://loyalty.example.org/slack/events'

describe('manifest.json', () => {
  test.skipIf(!hasSchema)(`is valid by Slack’s schema${hasSchema ? '' : ` (skipped: ${SCHEMA} is not there)`}`, () => {
    const { $schema: _, ...schema } = read(SCHEMA)
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema)
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true)
    // The schema refuses something at all.
    expect(validate({ ...manifest, features: { ...manifest.features, slash_commands: [{ command: 'x' }] } })).toBe(
      false,
    )
  })

  test('keeps to the lengths that Slack allows', () => {
    const { name, description, long_description } = manifest.display_information
    expect(name.length).toBeLessThanOrEqual(35)
    expect(description.length).toBeLessThanOrEqual(140)
    expect(long_description.length).toBeGreaterThanOrEqual(175)
    expect(long_description.length).toBeLessThanOrEqual(4_000)
    for (const shortcut of manifest.features.shortcuts) {
      expect(shortcut.name.length).toBeLessThanOrEqual(24)
      expect(shortcut.description.length).toBeLessThanOrEqual(150)
    }
    expect(manifest.features.shortcuts.length).toBeLessThanOrEqual(10)
  })

  test('has our one command, and the words that it is known by', () => {
    expect(manifest.features.slash_commands).toEqual([
      // Colleagues who are mentioned come with their ids.
      expect.objectContaining({ command: COMMAND, url: URL_OF_OURS, should_escape: true }),
    ])
    // What the hint shows is there to be typed.
    for (const hint of manifest.features.slash_commands[0].usage_hint.split(' | ')) {
      const [first] = hint.split(' ')
      if (!first.includes('@')) expect(Object.keys(commands)).toContain(first)
    }
  })

  test('has the shortcuts that are registered, each in its place', () => {
    const told = manifest.features.shortcuts.map((one: { callback_id: string; type: string }) => [
      one.callback_id,
      one.type,
    ])
    expect(Object.fromEntries(told)).toEqual(SHORTCUT_PLACES)
    expect(Object.keys(shortcuts).toSorted()).toEqual(Object.keys(SHORTCUT_PLACES).toSorted())
  })

  test('has the events that are listened to', () => {
    expect(manifest.settings.event_subscriptions).toEqual({ request_url: URL_OF_OURS, bot_events: [...EVENTS] })
  })

  test('sends what is pressed, and what is typed into lists, to our door', () => {
    expect(Object.keys({ ...buttons, ...submissions })).not.toEqual([])
    expect(Object.keys(optionSources)).not.toEqual([])
    expect(manifest.settings.interactivity).toEqual({
      is_enabled: true,
      request_url: URL_OF_OURS,
      message_menu_options_url: URL_OF_OURS,
    })
    expect(manifest.settings.socket_mode_enabled).toBe(false)
  })

  test('asks for the scopes that the calls need, and for no other', () => {
    expect(manifest.oauth_config.scopes).toEqual({ bot: Object.keys(SCOPES).toSorted() })
  })

  test('has App Home on, and a place for direct messages that nobody can write into', () => {
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: true,
    })
  })
})

describe('the scopes', () => {
  /** What needs no scope at all: https://docs.slack.dev/reference/methods. */
  const FREE = ['views.open', 'views.push', 'views.update', 'views.publish', 'chat.getPermalink', 'auth.test']

  test('cover every method that is called, and name none that is not', () => {
    expect(createSlackCalls).toBeTypeOf('function')
    const source = readFileSync(at('integrations/slack/calls.ts'), 'utf8')
    const called = [...source.matchAll(/'([a-z]+\.[a-zA-Z.]+)'/g)].map(([, method = '']) => method)
    const covered = Object.values(SCOPES).flatMap((methods) => [...methods] as string[])
    const wanted = called.filter((method) => !FREE.includes(method))
    expect(new Set(covered.filter((method) => method.includes('.')))).toEqual(new Set(wanted))
  })
})

describe('what is registered', () => {
  test('commands are told of in the help, each once, and nothing else is', () => {
    expect(TOLD.map(({ name }) => name).toSorted()).toEqual(Object.keys(commands).toSorted())
    for (const { name, needs } of TOLD) expect([name, commands[name]?.needs]).toEqual([name, needs])
  })

  test.each([
    ['commands', commands],
    ['buttons', buttons],
    ['submissions', submissions],
    ['shortcuts', shortcuts],
    ['optionSources', optionSources],
  ])('%s have names of their own, which fit Slack’s limits', (_, table) => {
    for (const name of Object.keys(table)) {
      expect(name).toMatch(/^[a-z][a-zA-Z._]*$/)
      expect(name.length).toBeLessThan(200)
      expect({}).not.toHaveProperty(name)
    }
  })
})
