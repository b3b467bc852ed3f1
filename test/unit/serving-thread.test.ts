// The thread of the Node host that serves has use cases and database in another: loading them here too would take memory and
// time of every start.
import { describe, expect, test } from 'vitest'
import { readRepository } from '../support/repository-files.ts'
import { isCode, parseSource } from '../support/tidy-source.ts'

/** Loaded where there are no credentials only: everything is in one thread then. */
const SANDBOX = ['integrations/sandbox/run.ts', 'src/compose/sandbox-host.ts']

const sources = new Map(
  readRepository()
    .filter(({ path }) => isCode(path))
    .map((file) => [file.path, file]),
)

/** What a source loads at once; of the host itself also what it loads step by step. */
function loadedBy(path: string): string[] {
  const source = sources.get(path)
  if (source === undefined) return []
  return parseSource(source)
    .imports.filter(({ typeOnly, dynamic }) => !typeOnly && (!dynamic || path === 'src/node.ts'))
    .map(({ target }) => target)
    .filter((target) => !SANDBOX.includes(target))
}

function everythingLoadedBy(path: string): Set<string> {
  const loaded = new Set([path])
  for (const one of loaded) for (const target of loadedBy(one)) loaded.add(target)
  return loaded
}

describe('the thread that serves', () => {
  const loaded = everythingLoadedBy('src/node.ts')

  test('loads doors and what is behind them on its side', () => {
    expect([...loaded]).toEqual(
      expect.arrayContaining(['src/compose/doors.ts', 'src/compose/store-thread.ts', 'src/http/create-app.ts', 'hono']),
    )
  })

  test('loads no use case, no store and no model', () => {
    const heavy = [...loaded].filter((path) => /^src\/(app|store|retention)\//.test(path))
    expect(heavy).toEqual(['src/app/ports.ts'])
  })

  test('which the one with the books does', () => {
    const books = everythingLoadedBy('src/compose.ts')
    expect([...books]).toEqual(expect.arrayContaining(['src/app/use-cases.ts', 'src/app/record-payment.ts']))
  })
})
