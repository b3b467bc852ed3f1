// Work that is cut off without a word keeps nobody waiting for ever.
import { beforeEach, expect, it } from 'vitest'
import { createLasting, type Lasting } from '../../src/compose/cut-off.ts'

const never = <T>(): Promise<T> => new Promise(() => {})

let at: number
let lasting: Lasting<string>
beforeEach(() => {
  at = 0
  lasting = createLasting(() => at, { startMs: 30, workMs: 300 })
})

it('is made once, and what is under way in time changes nothing', async () => {
  expect(await lasting.get(async () => 'one')).toBe('one')
  void lasting.during(() => never())
  at = 299
  expect(await lasting.get(async () => 'two')).toBe('one')
})

it('is made anew where its start was cut off', async () => {
  void lasting.get(() => never())
  at = 29
  const waiting = lasting.get(async () => 'two')
  at = 30
  expect(await lasting.get(async () => 'three')).toBe('three')
  expect(await Promise.race([waiting, Promise.resolve('still waits')])).toBe('still waits')
})

it('is made anew where work with it was cut off, once', async () => {
  await lasting.get(async () => 'one')
  void lasting.during(() => never())
  at = 300
  expect(await lasting.get(async () => 'two')).toBe('two')
  at = 10_000
  expect(await lasting.get(async () => 'three')).toBe('two')
})

it('is kept where all work ended, well or not', async () => {
  await lasting.get(async () => 'one')
  await lasting.during(async () => {})
  await expect(lasting.during(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
  at = 10_000
  expect(await lasting.get(async () => 'two')).toBe('one')
})

it('that could not be made is made by the next, and a late failure of a dropped one harms no other', async () => {
  await expect(lasting.get(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
  let fail = (_: Error): void => {}
  const dropped = lasting.get(
    () =>
      new Promise((_, reject) => {
        fail = reject
      }),
  )
  at = 30
  expect(await lasting.get(async () => 'two')).toBe('two')
  fail(new Error('late'))
  await expect(dropped).rejects.toThrow('late')
  expect(await lasting.get(async () => 'three')).toBe('two')
})
