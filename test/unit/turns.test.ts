import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createTurns } from '../../src/compose/turns.ts'

/** Work that ends when it is told to. */
function slowly(atOnce: number) {
  const begun: number[] = []
  const ends = new Map<number, (fails: boolean) => void>()
  const take = createTurns<number>(atOnce, (item) => {
    begun.push(item)
    return new Promise<void>((resolve, reject) => {
      ends.set(item, (fails) => (fails ? reject(new Error('it failed')) : resolve()))
    })
  })
  const end = async (item: number, fails = false): Promise<void> => {
    ends.get(item)?.(fails)
    await turn()
  }
  return { take, begun, end }
}

describe('turns', () => {
  test('never more than so many at once, all of them in their order', async () => {
    const { take, begun, end } = slowly(2)
    take([1, 2, 3, 4, 5])
    expect(begun).toEqual([1, 2])
    await end(2)
    expect(begun).toEqual([1, 2])
    await end(1)
    expect(begun).toEqual([1, 2, 3, 4])
    await end(3)
    await end(4)
    expect(begun).toEqual([1, 2, 3, 4, 5])
  })

  test('who comes while there is room begins at once, and behind nobody who waits', async () => {
    const { take, begun, end } = slowly(3)
    take([1])
    take([2])
    expect(begun).toEqual([1, 2])
    take([3, 4])
    expect(begun).toEqual([1, 2, 3])
    await end(3)
    take([5])
    expect(begun).toEqual([1, 2, 3, 4])
    await end(1)
    await end(2)
    await end(4)
    expect(begun).toEqual([1, 2, 3, 4, 5])
  })

  test('one that fails holds nobody up', async () => {
    const { take, begun, end } = slowly(1)
    take([1, 2])
    await end(1, true)
    expect(begun).toEqual([1, 2])
    await end(2)
    take([3])
    expect(begun).toEqual([1, 2, 3])
  })
})
