// A second pair of eyes, from the request to the last message: cards, who decides, what whoever asked hears, and what goes wrong.
import { describe, expect, test } from 'vitest'
import { checkBlocks } from '../../integrations/sandbox/doubles/slack/block-limits.ts'
import { BOT_USER } from '../../integrations/sandbox/doubles/slack/workspace.ts'
import type { Origin, RedemptionView, Result } from '../../src/app/ports.ts'
import type { ProgramInput } from '../../src/program/schema.ts'
import {
  CHANNELS,
  createDesk,
  type DeskOptions,
  type LoyaltyDesk,
  PEOPLE,
  type Person,
  startSlack,
} from '../support/slack.ts'
import { staff } from '../support/world.ts'

const slack = startSlack()
const MINUTE = 60_000
const ADA = 'email:ada@example.org'

const originOf = (person: Person): Origin => ({ source: `slack:${PEOPLE[person]}`, actor: `slack:${PEOPLE[person]}` })
const SAM = originOf('sam')

const program: Partial<ProgramInput> = {
  rewards: [
    {
      id: 'hamper',
      name: 'Hamper <!channel>',
      cost: 1_500,
      fulfil: { kind: 'manual', instructions: 'From the back room' },
      stock: 2,
    },
    { id: 'big-off', name: '$20 off', cost: 2_000, fulfil: { kind: 'promotion_code', amountOff: 20 } },
    { id: 'tote', name: 'Free tote', cost: 600, fulfil: { kind: 'promotion_code', percentOff: 10 } },
  ],
}

const deskWith = (over: DeskOptions = {}): Promise<LoyaltyDesk> =>
  createDesk(slack, { members: ['ada'], ...over, program: { ...program, ...over.program } })

function ok<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`)
  return result.value
}

async function askFor(desk: LoyaltyDesk, reward: string, origin = SAM): Promise<RedemptionView> {
  const asked = await desk.app.redeem(ADA, { reward, charge: 'house', reason: 'Her parcel was lost' }, origin, null)
  await desk.settled()
  return ok(asked)
}

async function askForPoints(desk: LoyaltyDesk, points: number, origin = SAM): Promise<string> {
  const asked = ok(await desk.app.askForAdjustment(ADA, { points, reason: 'A late parcel' }, origin, null))
  await desk.settled()
  if (!('waits' in asked)) throw new Error('it was given at once')
  return asked.waits.id
}

const cards = (desk: LoyaltyDesk) => desk.channel('approvals')
const card = (desk: LoyaltyDesk) => {
  const [only, ...others] = cards(desk)
  if (only === undefined || others.length > 0) throw new Error(`${cards(desk).length} cards`)
  return only
}
/** The app's direct messages to them. */
const told = (desk: LoyaltyDesk, person: Person): string[] =>
  desk
    .toldAlone(person)
    .filter(({ isEphemeral }) => !isEphemeral)
    .map(({ reads }) => reads)
const whispered = (desk: LoyaltyDesk, person: Person): string[] =>
  desk
    .toldAlone(person)
    .filter(({ isEphemeral }) => isEphemeral)
    .map(({ reads }) => reads)
/** As a client that minds no limits would. */
function letAnythingBeSent(desk: LoyaltyDesk, person: Person): void {
  const view = desk.slack.workspace.views[desk.window(person)?.viewId ?? '']
  for (const block of view?.blocks ?? []) {
    if (block.type !== 'input') continue
    block.optional = true
    block.element = { ...(block.element as object), max_length: 20_000 }
  }
}

/** As after a crash between what was done and its being noted down. */
async function deliverAgain(desk: LoyaltyDesk, id: string): Promise<void> {
  const effect = { kind: 'slack.redemption', key: id, payload: { redemption: id }, dueAt: null }
  await desk.store.commit(() => ({ outcome: null, changes: { effects: [effect] } }))
  await desk.settled()
}

describe('a present above what one may give alone', () => {
  test('is asked for by a card that says who, for whom, what, why and what they gave today', async () => {
    const desk = await deskWith()
    ok(await desk.app.adjustPoints(ADA, { points: 300, reason: 'hello' }, SAM, null))
    await askFor(desk, 'hamper')
    const { reads, blocks, live } = card(desk)
    expect(reads).toContain('asks to give')
    for (const said of [
      'Ada',
      'Hamper',
      '1,500 points',
      'Her parcel was lost',
      '1,800 of 5,000 points today',
      '[ Approve ]',
      '[ Reject ]',
    ])
      expect(reads).toContain(said)
    // What a reward is called can call nobody.
    expect(live.filter((mention) => mention.includes('!'))).toEqual([])
    expect(checkBlocks(blocks, 'message')).toEqual([])
  })

  test('is approved on the card: it says by whom and how long after, and whoever asked may hand it over', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    desk.clock.at += 3 * MINUTE
    await desk.press('ana', 'Approve', card(desk))
    expect(card(desk).reads).toContain('Approved by')
    expect(card(desk).reads).toContain('3 minutes after')
    expect(card(desk).reads).not.toContain('[ Approve ]')
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain('From the back room')
    expect(ok(await desk.app.getRedemption(asked.id))).toMatchObject({
      state: 'reserved',
      requestedBy: SAM.actor,
      decidedBy: 'slack:U0ANA',
      decision: { verdict: 'approved', why: null },
    })
    const [entry] = ok(await desk.app.ledger(ADA, { limit: 1 })).items
    // The history names both: who gave it, and through whom it went.
    expect(entry).toMatchObject({ code: 'reward_given', actor: SAM.actor, source: 'slack:U0ANA' })
  })

  test('is told with its code once Stripe has made it, and only then', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'big-off')
    desk.vendor.isDown = true
    await desk.press('ana', 'Approve', card(desk))
    expect(card(desk).reads).toContain('Approved by')
    expect(told(desk, 'sam')).toEqual([])
    desk.vendor.isDown = false
    await desk.flush(5 * MINUTE)
    const { code } = ok(await desk.app.getRedemption(asked.id))
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain(code ?? 'no code')
    // A code is for whoever asked, not for the channel.
    expect(card(desk).reads).not.toContain(code ?? '')
  })

  test('that Stripe refuses after approval is told to whoever asked and on the card; nothing is lost', async () => {
    const desk = await deskWith()
    await askFor(desk, 'big-off')
    desk.vendor.refusing = 'Amount too large for this account'
    await desk.press('ana', 'Approve', card(desk))
    await desk.flush()
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain('Amount too large for this account. Points and stock are back.')
    expect(card(desk).reads).toContain('Stripe would not make it: Amount too large for this account')
    expect(await desk.app.givenToday(SAM.actor)).toEqual({ points: 0, limit: 5_000 })
  })

  test('that is cancelled after all says so on the card; whoever asked is not told again', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'big-off')
    await desk.press('ana', 'Approve', card(desk))
    await desk.flush()
    ok(await desk.app.moveRedemption(asked.id, 'cancel', {}, originOf('ada'), null))
    await desk.flush()
    expect(card(desk).reads).toContain('Cancelled since: staff took it back.')
    expect(told(desk, 'sam')).toHaveLength(1)
  })

  test('that is cancelled before Stripe made it is told to whoever asked', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'big-off')
    desk.vendor.isDown = true
    await desk.press('ana', 'Approve', card(desk))
    ok(await desk.app.moveRedemption(asked.id, 'cancel', {}, originOf('ada'), null))
    await desk.settled()
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain('was approved and then cancelled: staff took it back.')
  })

  test('is rejected with a reason that whoever asked reads; their day and the stock are free again', async () => {
    const desk = await deskWith()
    await askFor(desk, 'hamper')
    await desk.press('ana', 'Reject', card(desk))
    expect(desk.window('ana')?.reads).toContain('Hamper')
    await desk.submit('ana', { Why: 'She had one <!here> last week' })
    expect(desk.window('ana')?.reads).toContain('Rejected')
    expect(card(desk).reads).toContain('Rejected by')
    expect(card(desk).reads).toContain('last week')
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain('last week')
    expect(
      desk
        .toldAlone('sam')
        .flatMap(({ live }) => live)
        .join(),
    ).not.toContain('!here')
    expect(await desk.app.givenToday(SAM.actor)).toEqual({ points: 0, limit: 5_000 })
    expect((await desk.app.listRewards()).find(({ id }) => id === 'hamper')?.left).toBe(2)
  })

  test('is not rejected without a reason, nor with one of 10,000 characters', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    await desk.press('ana', 'Reject', card(desk))
    letAnythingBeSent(desk, 'ana')
    const empty = await desk.submit('ana', { Why: '   ' })
    expect(JSON.stringify(empty)).toContain('Say why')
    const long = await desk.submit('ana', { Why: 'x'.repeat(10_000) })
    expect(JSON.stringify(long)).toContain('500 characters at the most; these are 10,000')
    expect(ok(await desk.app.getRedemption(asked.id)).state).toBe('awaiting_approval')
  })
})

describe('points above what one may give alone', () => {
  test('wait for an approver, and are given when approved, with both in the history', async () => {
    const desk = await deskWith()
    await askForPoints(desk, 1_500)
    expect((await desk.member('ada')).points.available).toBe(0)
    expect(card(desk).reads).toContain('1,500 points')
    expect(card(desk).reads).toContain('A late parcel')
    desk.clock.at += 2 * 60 * MINUTE
    await desk.press('ana', 'Approve', card(desk))
    expect((await desk.member('ada')).points.available).toBe(1_500)
    expect(card(desk).reads).toContain('2 hours after')
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain('Ada has 1,500 points now')
    const [entry] = ok(await desk.app.ledger(ADA, { limit: 1 })).items
    expect(entry).toMatchObject({
      points: 1_500,
      actor: SAM.actor,
      source: 'slack:U0ANA',
      note: 'A late parcel',
      reason: '1,500 points added by staff and approved',
    })
  })

  test('are not given when rejected, and no longer count in the day', async () => {
    const desk = await deskWith()
    await askForPoints(desk, 1_500)
    expect(await desk.app.givenToday(SAM.actor)).toMatchObject({ points: 1_500 })
    await desk.press('ana', 'Reject', card(desk))
    await desk.submit('ana', { Why: 'Too much' })
    expect((await desk.member('ada')).points.available).toBe(0)
    expect(await desk.app.givenToday(SAM.actor)).toMatchObject({ points: 0 })
    expect(told(desk, 'sam')[0]).toContain('Too much')
  })
})

describe('from the window in which it is asked for', () => {
  test('to the message that was promised there: a present', async () => {
    const desk = await deskWith()
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: 'big-off', Why: 'It broke twice' })
    expect(desk.window('sam')?.reads).toContain('you will hear here')
    expect(card(desk).reads).toContain('It broke twice')
    await desk.press('ana', 'Approve', card(desk))
    await desk.flush()
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toMatch(/is ready: \$20 off, once/)
  })

  test('to the message that was promised there: points', async () => {
    const desk = await deskWith()
    await desk.command('sam', '/loyalty adjust ada@example.org +1500 parcel')
    await desk.press('ana', 'Approve', card(desk))
    expect(told(desk, 'sam')[0]).toContain('We have added 1,500 points to your account.')
    expect((await desk.member('ada')).points.available).toBe(1_500)
  })

  test('taken back by whoever asked: the card says so, and it can be approved no more', async () => {
    const desk = await deskWith()
    await desk.command('sam', '/loyalty reward ada')
    await desk.press('sam', 'reward.charge', undefined, { selectedOption: 'house' })
    await desk.submit('sam', { Reward: 'hamper' })
    const shown = card(desk)
    await desk.press('sam', 'Cancel reward')
    expect(card(desk).reads).toContain('Cancelled before anybody decided: staff took it back.')
    await expect(desk.press('ana', 'Approve', shown)).rejects.toThrow('there is no "Approve" to press')
  })

  test('what waits counts in the day; what is turned down does not; tomorrow is another day', async () => {
    const desk = await deskWith({ program: { staff: { dailyLimitPoints: 2_000 } } })
    await desk.command('sam', '/loyalty adjust ada@example.org +1500 parcel')
    await desk.command('sam', '/loyalty adjust ada@example.org +600 parcel')
    expect(desk.window('sam')?.reads).toContain('You can give away 500 points more today.')
    await desk.press('ana', 'Reject', card(desk))
    await desk.submit('ana', { Why: 'Not for that' })
    await desk.command('sam', '/loyalty adjust ada@example.org +600 parcel')
    expect((await desk.member('ada')).points.available).toBe(600)
    await desk.command('sam', '/loyalty adjust ada@example.org +1500 parcel')
    expect(cards(desk)).toHaveLength(1)
    await desk.flush(24 * 60 * MINUTE)
    await desk.command('sam', '/loyalty adjust ada@example.org +1500 parcel')
    expect(cards(desk)).toHaveLength(2)
  })
})

describe('who decides', () => {
  test('nobody approves their own: whoever may both ask and approve is told so, and nothing is given', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper', originOf('ada'))
    await desk.press('ada', 'Approve', card(desk))
    expect(whispered(desk, 'ada').join()).toContain('You asked for this yourself')
    expect(ok(await desk.app.getRedemption(asked.id)).state).toBe('awaiting_approval')
    expect(card(desk).reads).toContain('[ Approve ]')
  })

  test('nobody approves in Slack what they asked for in HubSpot', async () => {
    const hubspot = { source: 'hubspot:ana@shop.test', actor: 'hubspot:ana@shop.test' }
    const desk = await deskWith({
      program: { staff: { issuer: ['hubspot:ana@shop.test'], approver: ['slack:U0ANA'] } },
    })
    const asked = await askFor(desk, 'hamper', hubspot)
    await desk.press('ana', 'Approve', card(desk))
    expect(whispered(desk, 'ana').join()).toContain('You asked for this yourself')
    expect(ok(await desk.app.getRedemption(asked.id)).state).toBe('awaiting_approval')
  })

  test('no approver: they are refused in words, to them alone', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    await desk.press('sam', 'Approve', card(desk))
    await desk.press('sam', 'Reject', card(desk))
    expect(whispered(desk, 'sam').filter((said) => said.includes('Only approvers decide this'))).toHaveLength(2)
    expect(ok(await desk.app.getRedemption(asked.id)).state).toBe('awaiting_approval')
  })

  test('two approvers at once do it once, and the second is told who was first and when', async () => {
    const desk = await deskWith()
    await askForPoints(desk, 1_500)
    const shown = card(desk)
    await Promise.all([desk.press('ana', 'Approve', shown), desk.press('ada', 'Approve', shown)])
    expect((await desk.member('ada')).points.available).toBe(1_500)
    const said = [...whispered(desk, 'ana'), ...whispered(desk, 'ada')]
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/approved this a moment ago/)
    expect(told(desk, 'sam')).toHaveLength(1)
  })

  test('whoever writes a reason while another approves is told so in the window, and it stays approved', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    await desk.press('ana', 'Reject', card(desk))
    await desk.press('ada', 'Approve', card(desk))
    desk.clock.at += 2 * MINUTE
    await desk.submit('ana', { Why: 'Too much' })
    expect(desk.window('ana')?.reads).toContain('approved this 2 minutes ago. Nothing was done twice.')
    expect(ok(await desk.app.getRedemption(asked.id))).toMatchObject({
      state: 'reserved',
      decision: { verdict: 'approved' },
    })
    expect(told(desk, 'sam')).toHaveLength(1)
  })

  test.each(['', 'red_', 'mem_1', 'list red_nothing', '{"id":1}', 'red_gone', `red_${'x'.repeat(1_900)}`])(
    'a button of somebody’s own making (%s) does nothing, and says that there is no such request',
    async (value) => {
      const desk = await deskWith()
      await askFor(desk, 'hamper')
      const message = desk.slack.workspace.messages.find(({ ts }) => ts === card(desk).ts)
      for (const block of message?.blocks ?? [])
        for (const element of Array.isArray(block.elements) ? block.elements : [])
          if (String(element.action_id).startsWith('approval.')) element.value = value
      await desk.press('ana', 'Approve', card(desk))
      await desk.press('ana', 'Reject', card(desk))
      expect(whispered(desk, 'ana')).toEqual(Array(2).fill('This request is no longer there.'))
      expect((await desk.app.listApprovals(5)).items).toHaveLength(1)
    },
  )

  test('a retried press does it once', async () => {
    const desk = await deskWith()
    await askForPoints(desk, 1_500)
    await desk.press('ana', 'Approve', card(desk))
    await desk.slack.retry()
    await desk.settled()
    expect((await desk.member('ada')).points.available).toBe(1_500)
    expect(told(desk, 'sam')).toHaveLength(1)
  })

  test('a button on an old card tells who decided, and the card is put right', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    const old = desk.slack.workspace.messages.find(({ ts }) => ts === card(desk).ts)
    const before = structuredClone(old)
    ok(await desk.app.moveRedemption(asked.id, 'reject', { reason: 'No' }, originOf('ana'), null))
    await desk.settled()
    // As if the change of the card had never come through.
    Object.assign(old ?? {}, before)
    desk.clock.at += 5 * MINUTE
    await desk.press('ada', 'Approve', card(desk))
    expect(whispered(desk, 'ada').join()).toContain('rejected this 5 minutes ago')
    expect(card(desk).reads).toContain('Rejected by')
    expect(card(desk).reads).not.toContain('[ Approve ]')
  })

  test('a member erased meanwhile: the card forgets them, and whoever presses is told', async () => {
    const desk = await deskWith()
    await askForPoints(desk, 1_500)
    const pressed = structuredClone(desk.slack.workspace.messages.find(({ ts }) => ts === card(desk).ts))
    ok(await desk.app.eraseMember(ADA, staff))
    await desk.settled()
    expect(card(desk).reads).toContain('Cancelled before anybody decided: the member was erased')
    expect(card(desk).reads).not.toContain('Ada')
    const live = desk.slack.workspace.messages.find(({ ts }) => ts === card(desk).ts)
    Object.assign(live ?? {}, pressed)
    await desk.press('ana', 'Approve', card(desk))
    expect(whispered(desk, 'ana').join()).toContain(
      'This does not wait any more: it was cancelled, the member was erased',
    )
    expect(card(desk).reads).not.toContain('Ada')
    expect(told(desk, 'sam')[0]).toContain('the member was erased')
  })

  test('a member erased afterwards is forgotten by the card and by what whoever asked was told', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'big-off')
    await desk.press('ana', 'Approve', card(desk))
    await desk.flush()
    const { code } = ok(await desk.app.getRedemption(asked.id))
    await askForPoints(desk, 1_500)
    await desk.press('ana', 'Reject', cards(desk).at(-1))
    await desk.submit('ana', { Why: 'She moved to Gondar' })
    ok(await desk.app.eraseMember(ADA, staff))
    await desk.settled()
    const all = JSON.stringify([...cards(desk), ...desk.toldAlone('sam').filter(({ isEphemeral }) => !isEphemeral)])
    expect(told(desk, 'sam')).toHaveLength(2)
    for (const kept of ['Ada', 'ada@', 'Gondar', 'parcel', code ?? 'no code']) expect(all).not.toContain(kept)
    const changes = desk.slack.callsTo('chat.update').length
    await deliverAgain(desk, asked.id)
    expect(desk.slack.callsTo('chat.update')).toHaveLength(changes)
  })

  test('of what was theirs before, and needed nobody, nobody is told when a member is erased', async () => {
    const desk = await deskWith()
    await askFor(desk, 'tote')
    ok(await desk.app.redeem(ADA, { reward: 'tote', charge: 'house' }, SAM, null))
    const cancelled = await askFor(desk, 'tote')
    ok(await desk.app.moveRedemption(cancelled.id, 'cancel', {}, SAM, null))
    await desk.flush()
    ok(await desk.app.eraseMember(ADA, staff))
    await desk.flush(MINUTE)
    expect(told(desk, 'sam')).toEqual([])
    expect((await desk.app.listOutbox({ limit: 10 })).items).toEqual([])
  })

  test('of two cards, one posted before a crash, either may be pressed: both are put right', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    await desk.app.forgetPosted([`approval:${asked.id}`])
    await deliverAgain(desk, asked.id)
    expect(cards(desk)).toHaveLength(2)
    await desk.press('ana', 'Approve', cards(desk)[0])
    expect(cards(desk).map(({ reads }) => reads.includes('Approved by'))).toEqual([true, true])
  })

  test('a member who left meanwhile is given nothing, and the approver hears what to do', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    ok(await desk.app.updateMember(ADA, { status: 'left' }, staff))
    await desk.press('ana', 'Approve', card(desk))
    expect(whispered(desk, 'ana').join()).toContain('is not an active member now')
    expect(ok(await desk.app.getRedemption(asked.id)).state).toBe('awaiting_approval')
  })

  test('a reward that is given out meanwhile waits in the stock for those who asked first', async () => {
    const desk = await deskWith()
    const first = await askFor(desk, 'hamper')
    const second = await askFor(desk, 'hamper')
    expect(await desk.app.redeem(ADA, { reward: 'hamper', charge: 'house' }, SAM, null)).toMatchObject({
      code: 'out_of_stock',
    })
    for (const shown of cards(desk)) if (shown.reads.includes('[ Approve ]')) await desk.press('ana', 'Approve', shown)
    for (const { id } of [first, second]) expect(ok(await desk.app.getRedemption(id)).state).toBe('reserved')
  })
})

describe('where the card goes', () => {
  test('to the alert channel where the program names none', async () => {
    const desk = await deskWith({ program: { staff: { approvalsChannel: null } } })
    await askFor(desk, 'hamper')
    expect(desk.channel('alerts')).toHaveLength(1)
  })

  test('nowhere where there is no channel: it is parked in words, and the list shows what waits', async () => {
    const desk = await deskWith({ program: { staff: { approvalsChannel: null } }, settings: { alertChannel: null } })
    await askFor(desk, 'hamper')
    const [row] = (await desk.app.listOutbox({ limit: 10 })).items
    expect(row).toMatchObject({ kind: 'slack.redemption', state: 'parked' })
    expect(row?.reason).toContain('set staff.approvalsChannel in the program, or SLACK_ALERT_CHANNEL')
    await desk.command('ana', '/loyalty approvals')
    expect(desk.reads('ana')).toContain('Hamper')
  })

  test('into a channel that the app is not in once it is invited: until then it says so', async () => {
    const desk = await deskWith({ program: { staff: { approvalsChannel: CHANNELS.random } } })
    await askFor(desk, 'hamper')
    const [row] = (await desk.app.listOutbox({ limit: 10 })).items
    expect(row).toMatchObject({ state: 'waiting', tries: 0 })
    expect(row?.reason).toContain(`Invite @Regulars to ${CHANNELS.random}`)
    desk.slack.workspace.channels[CHANNELS.random]?.members.push(BOT_USER)
    await desk.flush(6 * MINUTE)
    expect(
      desk
        .channel('random')
        .map(({ reads }) => reads)
        .join(),
    ).toContain('Hamper')
    expect((await desk.app.listOutbox({ limit: 10 })).items).toEqual([])
  })

  test.each([
    ['nonsense', 'Slack finds no channel #nonsense', () => {}],
    [
      'approvals',
      '#approvals is archived',
      (desk: LoyaltyDesk) => {
        const channel = desk.slack.workspace.channels[CHANNELS.approvals]
        if (channel !== undefined) channel.isArchived = true
      },
    ],
  ])('says what to do about #%s: %s', async (channel, said, arrange) => {
    const desk = await deskWith({ program: { staff: { approvalsChannel: `#${channel}` } } })
    arrange(desk)
    await askFor(desk, 'hamper')
    expect((await desk.app.listOutbox({ limit: 10 })).items[0]?.reason).toContain(said)
  })

  test('after Slack was down, or asked to wait, once', async () => {
    const desk = await deskWith()
    desk.slack.settings.down = 'broken'
    await askFor(desk, 'hamper')
    desk.slack.settings.down = null
    desk.slack.script({ method: 'chat.postMessage', kind: 'limit', retryAfterS: 20 })
    await desk.flush(MINUTE)
    expect(cards(desk)).toEqual([])
    await desk.flush(MINUTE)
    expect(cards(desk)).toHaveLength(1)
  })

  test('though Slack’s answer to the post is lost: a second card may come of it, and both are put right', async () => {
    const desk = await deskWith()
    desk.slack.script({ method: 'chat.postMessage', kind: 'broken', after: true })
    const asked = await askFor(desk, 'hamper')
    await desk.flush(MINUTE)
    expect(cards(desk)).toHaveLength(2)
    await desk.press('ana', 'Approve', cards(desk)[0])
    for (const { reads } of cards(desk)) expect(reads).toContain('Approved by')
    expect(ok(await desk.app.getRedemption(asked.id)).state).toBe('reserved')
    expect(told(desk, 'sam')).toHaveLength(1)
  })

  test('anew where somebody deleted it, unless it is decided by then', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    const { workspace } = desk.slack
    const remove = () => {
      workspace.messages = workspace.messages.filter(({ channel }) => channel !== CHANNELS.approvals)
    }
    remove()
    // Found out when it is to be changed: to what it shows already it is not.
    const [posted] = await desk.app.postedOf([`approval:${asked.id}`])
    await desk.app.notePosted(posted === undefined ? [] : [{ ...posted, shown: 'something else' }])
    await deliverAgain(desk, asked.id)
    expect(card(desk).reads).toContain('[ Approve ]')
    remove()
    ok(await desk.app.moveRedemption(asked.id, 'approve', {}, originOf('ana'), null))
    await desk.settled()
    expect(cards(desk)).toEqual([])
    expect(told(desk, 'sam')).toHaveLength(1)
  })

  test('is posted and told once though a delivery runs again', async () => {
    const desk = await deskWith()
    const asked = await askFor(desk, 'hamper')
    await deliverAgain(desk, asked.id)
    expect(cards(desk)).toHaveLength(1)
    await desk.press('ana', 'Approve', card(desk))
    await deliverAgain(desk, asked.id)
    await deliverAgain(desk, asked.id)
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(desk.slack.callsTo('chat.update')).toHaveLength(1)
  })
})

describe('whoever asked', () => {
  test.each(['user_disabled', 'user_not_found', 'channel_not_found'])(
    'and has left Slack meanwhile (%s) is told nothing; nothing is left waiting',
    async (error) => {
      const desk = await deskWith()
      await askFor(desk, 'hamper')
      desk.slack.script({ method: 'chat.postMessage', kind: 'error', error })
      await desk.press('ana', 'Approve', card(desk))
      expect(desk.slack.isScriptOver()).toBe(true)
      expect(told(desk, 'sam')).toEqual([])
      expect(card(desk).reads).toContain('Approved by')
      expect((await desk.app.listOutbox({ limit: 10 })).items).toEqual([])
    },
  )

  test('cannot be written to while the app has no Messages tab: it says what to turn on, and comes then', async () => {
    const desk = await deskWith()
    await askFor(desk, 'hamper')
    const at = { method: 'chat.postMessage', kind: 'error', error: 'messages_tab_disabled' } as const
    desk.slack.script(at)
    await desk.press('ana', 'Approve', card(desk))
    expect((await desk.app.listOutbox({ limit: 10 })).items[0]?.reason).toContain('Messages tab')
    await desk.flush(6 * MINUTE)
    expect(told(desk, 'sam')).toHaveLength(1)
  })
})

describe('what Stripe would not make', () => {
  test('is told to whoever asked, also where nobody had to approve', async () => {
    const desk = await deskWith()
    desk.vendor.refusing = 'No such coupon'
    await askFor(desk, 'tote')
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain('No such coupon. Points and stock are back.')
    expect(cards(desk)).toEqual([])
  })

  test('that nobody in Slack asked for is told to the channel, in one message a day', async () => {
    const desk = await deskWith({ members: ['ada', 'bob', 'cy'] })
    desk.vendor.refusing = 'No such coupon'
    for (const who of ['ada', 'bob', 'cy']) {
      ok(await desk.app.adjustPoints(`email:${who}@example.org`, { points: 600, reason: 'hello' }, staff, null))
      ok(await desk.app.redeem(`email:${who}@example.org`, { reward: 'tote' }, staff, null))
      await desk.settled()
    }
    const said = desk.channel('alerts').map(({ reads }) => reads)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(
      'Stripe would not make *Free tote*: No such coupon. *Cy* and 2 others went without it today.',
    )
  })

  test('a code that came late is sent to whoever asked; one that came at once is not', async () => {
    const desk = await deskWith()
    await askFor(desk, 'tote')
    expect(told(desk, 'sam')).toEqual([])
    desk.vendor.isDown = true
    const late = await askFor(desk, 'tote')
    desk.vendor.isDown = false
    await desk.flush(2 * MINUTE)
    const { code } = ok(await desk.app.getRedemption(late.id))
    expect(told(desk, 'sam')).toHaveLength(1)
    expect(told(desk, 'sam')[0]).toContain(code ?? 'no code')
  })
})

describe('/loyalty approvals', () => {
  test('shows what waits, is decided there, and is shown again', async () => {
    const desk = await deskWith()
    await desk.command('ana', '/loyalty approvals')
    expect(desk.reads('ana')).toContain('Nothing waits for approval.')
    await askFor(desk, 'hamper')
    desk.clock.at += MINUTE
    await askForPoints(desk, 1_200)
    await desk.command('ana', '/loyalty approvals')
    expect(desk.reads('ana')).toContain('1,200 points')
    expect(desk.reads('ana')).toContain('Hamper')
    await desk.press('ana', 'Approve', undefined, { nth: 0 })
    expect(desk.reads('ana')).toContain('Approved: 1,200 points for Ada')
    expect((await desk.member('ada')).points.available).toBe(1_200)
    await desk.press('ana', 'Approve')
    expect(desk.reads('ana')).toContain('Nothing waits for approval.')
  })

  test('is for approvers', async () => {
    const desk = await deskWith()
    await desk.command('sam', '/loyalty approvals')
    expect(desk.reads('sam')).toContain('Only approvers decide this')
  })

  test('shows one’s own without buttons', async () => {
    const desk = await deskWith()
    await askFor(desk, 'hamper', originOf('ada'))
    await desk.command('ada', '/loyalty approvals')
    expect(desk.reads('ada')).toContain('somebody else decides')
    expect(desk.reads('ada')).not.toContain('[ Approve ]')
  })
})

describe('App Home', () => {
  test('is shown again when something is decided there, and so is the card', async () => {
    const desk = await deskWith()
    await askFor(desk, 'hamper')
    desk.clock.at += MINUTE
    await askForPoints(desk, 1_500)
    await desk.openHome('ana')
    await desk.press('ana', 'Approve', 'home', { nth: 0 })
    expect(desk.home('ana')?.reads).toContain('Approved: 1,500 points for Ada.')
    await desk.press('ana', 'Reject', 'home')
    await desk.submit('ana', { Why: 'Not now' })
    expect(desk.home('ana')?.reads).not.toContain('[ Reject ]')
    expect(cards(desk).map(({ reads }) => reads.split('\n')[1]?.slice(0, 10))).toEqual(['Rejected b', '✅ Approved'])
  })
})

describe('user groups', () => {
  const byGroup = { staff: { approver: ['slack:S0APPROVERS'], issuer: ['slack:U0SAM'] } }
  const withGroup = async (): Promise<LoyaltyDesk> => {
    const desk = await deskWith({ program: byGroup })
    desk.slack.workspace.groups.S0APPROVERS = {
      id: 'S0APPROVERS',
      handle: 'approvers',
      name: 'Approvers',
      users: [PEOPLE.vic],
      isDisabled: false,
    }
    return desk
  }

  test('allow those in them, who lose it minutes after they leave', async () => {
    const desk = await withGroup()
    await desk.command('vic', '/loyalty approvals')
    expect(desk.reads('vic')).toContain('Nothing waits')
    const group = desk.slack.workspace.groups.S0APPROVERS
    if (group !== undefined) group.users = []
    await desk.flush(3 * MINUTE)
    await desk.command('vic', '/loyalty approvals')
    expect(desk.reads('vic')).toContain('Only approvers decide this')
  })

  test('that cannot be asked for allow nobody: those listed themselves go on, and the log says why once', async () => {
    const desk = await withGroup()
    desk.slack.settings.scopes = desk.slack.settings.scopes.filter((scope) => scope !== 'usergroups:read')
    await desk.command('vic', '/loyalty approvals')
    expect(desk.reads('vic')).toContain('Slack could not be asked whether you are in the group')
    await desk.flush(MINUTE)
    await desk.command('vic', '/loyalty approvals')
    await desk.command('ada', '/loyalty approvals')
    expect(desk.reads('ada')).toContain('Nothing waits')
    const said = desk.logs.filter(({ message }) => message.includes('user group'))
    expect(said).toHaveLength(1)
    expect(said[0]?.fields).toMatchObject({ reason: 'missing_scope' })
  })

  test.each(['gus', 'eve'] as const)('%s is from outside, whatever the lists say', async (person) => {
    const desk = await deskWith({
      program: { staff: { approver: ['*', `slack:${PEOPLE[person]}`], issuer: ['*'], viewer: ['*'] } },
    })
    await desk.command(person, '/loyalty approvals')
    expect(desk.reads(person)).toContain('Guests and people of other workspaces cannot use this.')
  })

  test('an empty list means nobody', async () => {
    const desk = await deskWith({ program: { staff: { approver: [], admin: [] } } })
    await desk.command('ana', '/loyalty approvals')
    expect(desk.reads('ana')).toContain('Only approvers decide this')
  })
})
