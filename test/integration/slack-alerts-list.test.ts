// `/loyalty alerts`: who needs somebody now, and what is shown of one.
import { describe, expect, test } from 'vitest'
import { PEOPLE, startSlack } from '../support/slack.ts'
import { createShop, DAY, enrolMany, type Shop } from '../support/slack-alerts.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const by = (person: keyof typeof PEOPLE) => ({ source: `slack:${PEOPLE[person]}`, actor: `slack:${PEOPLE[person]}` })

/** Three members: Grace is overdue, Alan unhappy and taken by Sam, Ada's payment failed and is put off. */
async function shop(): Promise<Shop> {
  const made = await createShop(slack, { members: ['grace', 'alan', 'ada'] })
  const { desk, open } = made
  await open('grace', { valueMinor: 50_000 })
  const alan = await open('alan', { kind: 'unhappy', occasion: 'act_1', valueMinor: 10_000 })
  const ada = await open('ada', { kind: 'payment_failed', occasion: 'in_1', valueMinor: 90_000 })
  await desk.app.moveAlert(alan.id, { do: 'assign' }, by('sam'), null)
  await desk.app.moveAlert(ada.id, { do: 'snooze', days: 7 }, by('sam'), null)
  await desk.flush()
  return made
}

const GRACE = '🔔 Grace has not come back as usual · $500 a year at stake  [ Show ]'
const ALAN = '🔔 Alan is unhappy · spent $100 in the last year · taken by @U0SAM  [ Show ]'
const ALAN_MINE = '🔔 Alan is unhappy · spent $100 in the last year  [ Show ]'
const ADA = '💤 Ada: a payment failed · $900.00 at stake · until Nov 29  [ Show ]'

describe('/loyalty alerts', () => {
  test.each([
    ['', ['*Who needs you now, most at stake first*', GRACE, ALAN]],
    ['all', ['*Who needs you now, most at stake first*', GRACE, ALAN]],
    ['Mine', ['*Yours, most at stake first*', ALAN_MINE]],
    ['<@U0SAM|sam>', ['*Yours, most at stake first*', ALAN_MINE]],
    ['<@U0IRA>', ['@U0IRA has nothing open.']],
    ['snoozed', ['*Snoozed, most at stake first*', ADA]],
    ['done', ['Nothing is done yet.']],
    ['unhappy', ['*Who needs you now, most at stake first*', ALAN]],
    ['not back as usual', ['*Who needs you now, most at stake first*', GRACE]],
    ['LATE', ['*Who needs you now, most at stake first*', GRACE]],
    ['at-risk', ['Nobody needs you for that now. `/loyalty alerts` shows all that wait.']],
    ['grace@example.org', ['*Alerts of Grace*', GRACE]],
    ['grace', ['*Alerts of Grace*', GRACE]],
  ])('“%s”', async (typed, lines) => {
    const { desk } = await shop()
    await desk.command('sam', `/loyalty alerts ${typed}`)
    expect(desk.reads('sam').split('\n')).toEqual(lines)
    expect(desk.last('sam').isEphemeral).toBe(true)
  })

  test('with nothing at all to do says so', async () => {
    const { desk } = await createShop(slack)
    await desk.command('sam', '/loyalty alerts')
    expect(desk.reads('sam')).toBe('Nobody needs you now.')
    await desk.command('sam', '/loyalty alerts mine')
    expect(desk.reads('sam')).toContain('Nothing is yours now.')
  })

  test('of somebody nobody knows says what one can type', async () => {
    const { desk } = await shop()
    await desk.command('sam', '/loyalty alerts <!channel> zzz')
    expect(desk.reads('sam')).toContain('No member matches “<!channel> zzz”')
    expect(desk.last('sam').live).toEqual([])
  })

  test('where several are meant asks which', async () => {
    const { desk } = await shop()
    await desk.enrol({ email: 'grace2@example.org', name: 'Grace Jones' })
    await desk.command('sam', '/loyalty alerts grace')
    await desk.press('sam', 'alert.list:1')
    expect(desk.reads('sam')).toMatch(/Alerts of Grace|no open alert about Grace/)
  })

  test('by whoever may not look: refused', async () => {
    const { desk } = await shop()
    await desk.command('noa', '/loyalty alerts')
    expect(desk.reads('noa')).toContain('You may not look members up')
    await desk.command('gus', '/loyalty alerts')
    expect(desk.reads('gus')).toContain('Guests')
  })

  test('pages through many', async () => {
    const { desk, open } = await createShop(slack)
    const names = await enrolMany(desk, 12)
    for (const [n, name] of names.entries()) await open(name, { valueMinor: 1_000 * (n + 1) })
    await desk.flush()
    await desk.command('vic', '/loyalty alerts')
    expect(desk.reads('vic').match(/Member \d+/g)).toHaveLength(10)
    await desk.press('vic', 'More')
    expect(desk.reads('vic').match(/Member \d+/g)).toEqual(['Member 1', 'Member 0'])
    expect(desk.toldAlone('vic')).toHaveLength(1)
  })

  test.each(['', 'x', '{"cursor":"odd"}', '{"kind":"odd"}', '[]', 'null', `{"member":"${'9'.repeat(90)}"}`])(
    'a button that says “%s” is answered all the same',
    async (value) => {
      const { desk, open } = await createShop(slack)
      const names = await enrolMany(desk, 11)
      for (const name of names) await open(name)
      await desk.flush()
      await desk.command('vic', '/loyalty alerts')
      const list = desk.last('vic')
      const buttons = desk.slack.workspace.messages.find(({ ts }) => ts === list.ts)?.blocks.at(-1)?.elements
      const [more] = buttons as { action_id: string; value: string }[]
      if (more === undefined) throw new Error('there is no button')
      more.value = value
      await desk.press('vic', more.action_id, list)
      expect(desk.logs.filter(({ level }) => level === 'error')).toEqual([])
      expect(desk.reads('vic')).toMatch(/Who needs you now|no open alert about/)
    },
  )
})

describe('one of the list', () => {
  test('is shown beside it, to who asks alone, and is acted on there', async () => {
    const { desk } = await shop()
    await desk.command('sam', '/loyalty alerts overdue')
    await desk.press('sam', 'Show')
    expect(desk.last('sam')).toMatchObject({ isEphemeral: true })
    expect(desk.reads('sam')).toContain('[ I’ll take it ]')
    await desk.press('sam', 'alert.take', desk.last('sam'))
    expect(desk.reads('sam')).toContain('Taken by @U0SAM')
    expect(desk.toldAlone('sam')).toHaveLength(2)
    await desk.flush()
    expect(desk.channel('alerts')[0]?.reads).toContain('Taken by @U0SAM')
  })

  test('that is over, or whose member was forgotten, says so', async () => {
    const { desk } = await shop()
    await desk.command('sam', '/loyalty alerts overdue')
    const list = desk.last('sam')
    await desk.app.eraseMember('email:grace@example.org', staff)
    await desk.press('sam', 'Show', list)
    expect(desk.reads('sam')).toContain('A former member')
    expect(desk.reads('sam')).toContain('no longer a member')
  })

  test('speaks the language of who asks, and the channel’s card stays English', async () => {
    const { desk } = await shop()
    await desk.app.putStaffLanguage('slack:U0SAM', 'hy')
    const [card] = desk.channel('alerts')
    await desk.press('sam', 'alert.take', card)
    await desk.flush(DAY)
    expect(desk.channel('alerts')[0]?.reads).toContain('Taken by @U0SAM')
  })
})
