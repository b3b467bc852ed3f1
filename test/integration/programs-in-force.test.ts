// Which program is in force: the newest that a server or a command has put there, whatever works beside it.
import { expect, test } from 'vitest'
import { enactProgram } from '../../src/compose/programs.ts'
import { makeProgram } from '../support/programs.ts'
import { memoryStore } from '../support/world.ts'

const [FORMER, NEWER] = [makeProgram(), makeProgram({ name: 'Another Club' })]

test('a process beside the one that enacted a program does not undo what came in force since', async () => {
  const store = await memoryStore()
  const { program } = await enactProgram(store, FORMER, 1_000)
  await enactProgram(store, NEWER, 2_000)
  const before = await store.programs()
  const beside = await enactProgram(store, FORMER, 3_000, true)
  expect(beside.program).toEqual(program)
  expect(await store.programs()).toEqual(before)
  // A server that starts with it means it.
  expect((await enactProgram(store, FORMER, 4_000)).program.since).toBe(4_000)
  await store.close()
})

test('a process beside puts in force what nobody has yet', async () => {
  const store = await memoryStore()
  expect((await enactProgram(store, FORMER, 1_000, true)).program.since).toBe(1_000)
  expect(await store.programs()).toHaveLength(1)
  await store.close()
})
