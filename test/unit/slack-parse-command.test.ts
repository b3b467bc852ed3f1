// What was typed after /loyalty: which command it is, and what is left for it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Asking, Commanded, Handler, Tools } from '../../integrations/slack/desk.ts'
import { parseCommand } from '../../integrations/slack/parse-command.ts'
import { commands } from '../../integrations/slack/registered.ts'
import { tidyTyped } from '../../integrations/slack/typed.ts'
import { createWords } from '../../src/words/words.ts'
import { createFakeApp } from '../support/http-fake-app.ts'
import { makeProgram } from '../support/programs.ts'

const NAMES = ['lookup', 'reward', 'adjust', 'enrol', 'action', 'alerts', 'top', 'report', 'rewards', 'approvals']
const asked: [string, string][] = []
const stub = (name: string, needs: Handler<Commanded>['needs'] = 'view'): Handler<Commanded> => ({
  needs,
  answer: async ({ args }) => {
    asked.push([name, args])
    return { do: 'nothing' }
  },
})

// Commands of their own, so that what each of them does is not in the way.
const own = { ...commands }
beforeEach(() => {
  asked.length = 0
  for (const name of NAMES) commands[name] = stub(name, name === 'approvals' ? 'approve' : 'view')
  commands.reward = { ...stub('reward', 'issue'), opens: true }
})
afterEach(() => {
  for (const name of Object.keys(commands)) delete commands[name]
  Object.assign(commands, own)
})

const program = makeProgram()
const asking: Asking = {
  origin: { source: 'slack:U1', actor: 'slack:U1' },
  user: 'U1',
  words: createWords({ language: 'en', program, now: 0 }),
  program,
  now: 0,
  channel: 'C1',
  groupsAreKnown: true,
}

/** `people`: whom a search finds. */
async function type(
  text: string,
  { people = [], may = () => true }: { people?: string[]; may?: (task: string) => boolean } = {},
) {
  const app = createFakeApp({
    mayStaff: async (_, task) => may(task),
    listMembers: async ({ query = '' }) => ({
      ok: true,
      value: {
        items: people
          .filter((name) =>
            query
              .toLowerCase()
              .split(' ')
              .every((word) => name.includes(word)),
          )
          .map((name) => ({ name }) as never),
        next: null,
      },
    }),
  })
  const { name, handler, args } = parseCommand(text)
  const reply = await handler.answer({ args, once: '1' }, asking, { app } as unknown as Tools)
  return { name, reply, opens: handler.opens === true }
}

describe('a command', () => {
  test.each([
    ['lookup ada', 'lookup', 'ada'],
    ['LookUp  Ada Lovelace ', 'lookup', 'Ada Lovelace'],
    ['reward ada@example.org', 'reward', 'ada@example.org'],
    ['/loyalty reward ada', 'reward', 'ada'],
    ['  /Loyalty ada', 'lookup', 'ada'],
    ['"ada lovelace"', 'lookup', 'ada lovelace'],
    ['reward "Ada Lovelace"', 'reward', 'Ada Lovelace'],
    ['“reward” ada', 'reward', 'ada'],
    ['lookup: ada', 'lookup', 'ada'],
    ['reward <mailto:ada@example.org|ada@example.org>', 'reward', 'ada@example.org'],
    ['<tel:+441234|+44 1234>', 'lookup', '+44 1234'],
    ['enrol ada@example.org\nAda', 'enrol', 'ada@example.org Ada'],
    ['adjust ada +50 late delivery', 'adjust', 'ada +50 late delivery'],
    ['top', 'top', ''],
    ['አበ', 'lookup', 'አበ'],
    ['Հայկ', 'lookup', 'Հայկ'],
    ['İlham', 'lookup', 'İlham'],
    ['mem_123', 'lookup', 'mem_123'],
    ['4711', 'lookup', '4711'],
  ])('%j is %s of %j', async (text, name, args) => {
    await type(text)
    expect(asked).toEqual([[name, args]])
  })

  test.each([
    ['find ada', 'lookup', 'ada'],
    ['Issue ada', 'reward', 'ada'],
    ['points ada +50 sorry', 'adjust', 'ada +50 sorry'],
    ['add ada@example.org', 'enrol', 'ada@example.org'],
    ['join ada@example.org', 'enrol', 'ada@example.org'],
    ['enroll ada@example.org', 'enrol', 'ada@example.org'],
    ['stats', 'report', ''],
    ['pending', 'approvals', ''],
  ])('by another word, %j is %s of %j', async (text, name, args) => {
    await type(text)
    expect(asked).toEqual([[name, args]])
  })

  test.each(['Best', 'Join', 'add', 'gift'])('somebody who is called %s is found all the same', async (name) => {
    await type(name, { people: [name.toLowerCase()] })
    expect(asked).toEqual([['lookup', name]])
  })

  test('a customer in whose name another word for a command only hides is not meant by it', async () => {
    await type('add ada', { people: ['maddie adams'] })
    expect(asked).toEqual([['enrol', 'ada']])
  })

  test.each([
    ['rewrd ada', 'reward ada'],
    ['aprovals', 'approvals'],
    ['adjsut ada +5', 'adjust ada +5'],
    ['lokup ada', 'lookup ada'],
  ])('where nobody is called %j, it asks whether %j was meant', async (text, meant) => {
    const { reply } = await type(text)
    expect(asked).toEqual([])
    expect(reply).toMatchObject({ do: 'say' })
    expect(JSON.stringify(reply)).toContain(`Did you mean \`/loyalty ${meant}\`?`)
    expect(JSON.stringify(reply)).toContain(`"value":"${meant}"`)
  })

  test.each(['Topaz', 'Reward', 'Alert', 'Tobias', 'Rewa'])(
    'a customer who is nearly called like a command is looked up: %s Jones',
    async (name) => {
      const exact = Object.hasOwn(commands, name.toLowerCase())
      await type(exact ? `lookup ${name}` : `${name} Jones`, { people: [`${name} jones`.toLowerCase()] })
      expect(asked).toEqual([['lookup', exact ? name : `${name} Jones`]])
    },
  )

  test('who may not look is not told whether there is such a customer', async () => {
    const { reply } = await type('best', { people: ['best'], may: () => false })
    expect(asked).toEqual([])
    expect(JSON.stringify(reply)).toContain('You may not look members up')
  })

  test('another word for a command asks for the same right', async () => {
    const { reply } = await type('issue ada', { may: (task) => task === 'view' })
    expect(asked).toEqual([])
    expect(JSON.stringify(reply)).toContain('not change anything')
  })

  test('another word for a command that opens a window opens one too', async () => {
    expect(await type('issue ada')).toMatchObject({ opens: true })
    expect(await type('find ada')).toMatchObject({ opens: false })
  })

  test.each(['', '   ', '/loyalty', '“”', '\u0000'])('nothing typed (%j) is help', (text) => {
    expect(parseCommand(text)).toMatchObject({ name: 'help', args: '' })
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty ada', '__proto__.polluted'])(
    '%s is no command, but looked for as anybody',
    async (text) => {
      await type(text)
      expect(asked).toEqual([['lookup', text]])
    },
  )

  test('ten thousand characters are cut to what a search may be asked', async () => {
    await type(`lookup ${'a'.repeat(10_000)}`)
    expect(asked[0]?.[1].length).toBeLessThan(600)
    const { reply } = await type(`rewrd ${'<!channel> & *'.repeat(700)}`)
    // In what is read; the button's value is seen by nobody.
    const read = reply.do === 'say' ? JSON.stringify([reply.message.text, reply.message.blocks[0]]) : ''
    expect(read).toContain('Did you mean')
    expect(read).not.toContain('<!channel>')
    expect(JSON.stringify(reply).length).toBeLessThan(2_000)
  })
})

describe('what was typed', () => {
  test.each([
    ['ada\u0000\u0001\n\tlovelace', 'ada lovelace'],
    ['\u202eada\u200b', 'ada'],
    ['‘ada’', 'ada'],
    ['«Ада»', 'Ада'],
    ['O’Brien', 'O’Brien'],
    ["O'Brien 'n' sons'", "O'Brien 'n' sons'"],
    ['R&amp;D &lt;x&gt;', 'R&D <x>'],
    ['alerts <@U0SAM|sam>', 'alerts <@U0SAM|sam>'],
    ['<https://example.org|example.org>', 'example.org'],
    ['/loyaltyada', '/loyaltyada'],
    ['می‌خواهم', 'می‌خواهم'],
  ])('%j is read as %j', (text, read) => {
    expect(tidyTyped(text)).toBe(read)
  })
})
