// Nothing is told of a commit before the log with it is on the disk.
import { expect, test } from 'vitest'
import { createLogSync } from '../../src/compose/log-sync.ts'
import { nextLogStep } from '../../src/store/node-log.ts'

function createDisk() {
  const begun: ((error: Error | null) => void)[] = []
  const lost: string[] = []
  const told: string[] = []
  const log = createLogSync({ sync: (done) => begun.push(done) }, ({ message }) => lost.push(message))
  return {
    begun,
    lost,
    told,
    tell: (what: string, hasCommits = true) => log.afterSync(() => told.push(what), hasCommits),
    finish: (error: Error | null = null) => begun.shift()?.(error),
  }
}

test('what follows from a commit is held until the log is synced', () => {
  const { told, begun, tell, finish } = createDisk()
  tell('first')
  tell('also first')
  expect([told, begun.length]).toEqual([[], 1])
  finish()
  expect(told).toEqual(['first'])
  finish()
  expect([told, begun.length]).toEqual([['first', 'also first'], 0])
})

test('what was committed while the log is being synced waits for the next sync, all of it for one', () => {
  const { told, begun, tell, finish } = createDisk()
  tell('first')
  tell('second')
  tell('third')
  finish()
  expect([told, begun.length]).toEqual([['first'], 1])
  finish()
  expect([told, begun.length]).toEqual([['first', 'second', 'third'], 0])
})

test('what follows from no commit is told at once, but never before a commit that it may have seen', () => {
  const { told, begun, tell, finish } = createDisk()
  tell('read', false)
  expect([told, begun.length]).toEqual([['read'], 0])
  tell('commit')
  tell('read of it', false)
  expect(told).toEqual(['read'])
  finish()
  finish()
  expect(told).toEqual(['read', 'commit', 'read of it'])
})

test('when the disk fails nobody is told anything, and the server hears of it', () => {
  const { told, lost, begun, tell, finish } = createDisk()
  tell('first')
  tell('second')
  finish(new Error('EIO'))
  tell('third')
  expect({ told, lost, begun }).toEqual({ told: [], lost: ['EIO'], begun: [] })
})

test('the log is copied beside commits once it is long, and begins anew once little of it is left to copy', () => {
  expect(nextLogStep({ log: 3_999, checkpointed: 0 })).toBe('nothing')
  expect(nextLogStep({ log: 4_000, checkpointed: 0 })).toBe('copy')
  expect(nextLogStep({ log: 4_900, checkpointed: 4_000 })).toBe('copy')
  expect(nextLogStep({ log: 4_900, checkpointed: 4_700 })).toBe('finish')
  expect(nextLogStep({ log: 50_000, checkpointed: 0 })).toBe('finish')
})
