import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { createOutput, paint, type Stream } from '../../src/cli/output.ts'
import { createMemoryOutput, runInMemory } from '../support/cli-context.ts'

const names = Object.keys(COMMANDS)

describe('the command line', () => {
  test.each([[[]], [['help']], [['--help']], [['-h']]])('lists every command for %j', async (words) => {
    const { code, out } = await runInMemory(words)
    expect(code).toBe(0)
    for (const name of names) expect(out).toContain(`  ${name} `)
  })

  test('says its version', async () => {
    expect(await runInMemory(['--version'])).toMatchObject({ code: 0, out: '1.2.3\n' })
  })

  test.each(names)('explains %s with its options and an example', async (name) => {
    const { code, out } = await runInMemory([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^Usage: regulars ${name}`))
    expect(out).toContain(`npx regulars ${name}`)
    expect(await runInMemory(['help', ...name.split(' ')])).toMatchObject({ code: 0, out })
  })

  test('names what was probably meant by an unknown command', async () => {
    expect(await runInMemory(['verfy'])).toMatchObject({
      code: 2,
      err: 'regulars: "verfy" is no command; did you mean "verify"?\nAll commands: regulars help\n',
    })
    expect((await runInMemory(['setup'])).err).toContain(
      '"setup" is no command; there is setup stripe, setup hubspot, setup slack.',
    )
    expect((await runInMemory(['setup', 'paypal'])).err).toContain('"setup paypal" is no command')
    expect((await runInMemory(['constructor'])).code).toBe(2)
  })

  test.each([
    [['verify', '--jsn'], '--jsn is no option of this command; did you mean "--json"?'],
    [['pay', 'a@b.c', '1', '--cur', 'eur'], 'did you mean "--currency"?'],
    [['pay', 'a@b.c', '1', '--currency'], '--currency needs a value: --currency CODE'],
    [['verify', '--json=yes'], '--json takes no value'],
    [['pay', 'a@b.c'], 'AMOUNT is missing.'],
    [['pay'], 'EMAIL is missing.'],
    [['verify', 'now'], '"now" is one too many.'],
  ])('refuses %j with exit code 2: %s', async (words, message) => {
    const { code, err } = await runInMemory(words)
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).toContain('Usage: regulars')
  })

  test('says in words what is wrong with the configuration', async () => {
    const { code, err } = await runInMemory(['verify'], { problems: ['PORT must be a port', 'HOST must be set'] })
    expect(code).toBe(1)
    expect(err).toBe('regulars verify: the configuration is not right:\n  PORT must be a port\n  HOST must be set\n')
  })

  test('says in words what went wrong, without a stack', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('The database is locked')
    }
    const { code, err } = await runInMemory(['verify'], { app: { verify: broken } })
    expect([code, err]).toEqual([1, 'regulars verify: The database is locked\n'])
  })
})

describe('an output', () => {
  function fakeStream(takes: boolean) {
    const listeners: Record<string, (error: NodeJS.ErrnoException) => void> = {}
    const written: string[] = []
    const listen = (event: string, listener: (error: NodeJS.ErrnoException) => void) => {
      listeners[event] = listener
    }
    const stream: Stream = { write: (text) => written.push(text) > 0 && takes, once: listen, on: listen }
    return {
      stream,
      written,
      emit: (event: string, error?: NodeJS.ErrnoException) => listeners[event]?.(error ?? new Error()),
    }
  }

  test('waits while the reader is slow', async () => {
    const { stream, emit } = fakeStream(false)
    let isDone = false
    const writing = createOutput(stream)
      .line('x')
      .then(() => {
        isDone = true
      })
    await Promise.resolve()
    expect(isDone).toBe(false)
    emit('drain')
    await writing
    expect(isDone).toBe(true)
  })

  test('is closed, and quiet, when the reader has gone', async () => {
    const { stream, written, emit } = fakeStream(true)
    const output = createOutput(stream)
    emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
    await output.line('x')
    expect([output.isClosed, written]).toEqual([true, []])
  })

  test('has colours only where it shows them', () => {
    expect(paint(createMemoryOutput(), 'green', '✓')).toBe('✓')
    expect(paint(createMemoryOutput({ hasColours: true }), 'green', '✓')).toBe('\u001b[32m✓\u001b[39m')
  })
})
