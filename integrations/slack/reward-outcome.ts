/**
 * What became of a reward, shown where it was asked for: at once what is known, and once Stripe has answered what came of it.
 */
import type { MemberView, RedemptionView } from '../../src/app/ports.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Words } from '../../src/words/words.ts'
import type { Asking, Reply, Tools } from './desk.ts'
import { tellIn } from './form.ts'
import { rewardMessage } from './member-messages.ts'
import { isPending, resultBlocks, resultText } from './views/reward-result.ts'
import { knownMember } from './who.ts'

/** Stripe usually answers within a second; whoever waits is told so after twenty. */
const LOOKS_AFTER_MS = [0, 300, 500, 700, 1_000, 1_500, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000]
const DELIVERY_WAIT_MS = 1_000

export type InWindow = 'open' | 'update'

interface OutcomeOptions {
  /** `replace`: in place of the message whose button was pressed. */
  how: InWindow | 'replace'
  /** For the customer, as it was typed. */
  note?: string | null
  /** mrkdwn, on top. */
  banner?: string | null
  /** This is what somebody else did: what was wanted here may be wanted all the same. */
  isAnotherOffered?: boolean
}

export async function outcome(
  redemption: RedemptionView,
  options: OutcomeOptions,
  asking: Asking,
  tools: Tools,
): Promise<Reply> {
  const shown = await show(redemption, options, asking, tools)
  if (!isPending(redemption)) return shown
  const after = async (): Promise<Reply> => {
    const known = await followed(redemption, tools)
    const how = options.how === 'replace' ? 'replace' : 'update'
    return show(known, { ...options, how, isLate: isPending(known) }, asking, tools)
  }
  return { ...shown, after }
}

export async function show(
  redemption: RedemptionView,
  { how, note = null, banner = null, isLate = false, isAnotherOffered = false }: OutcomeOptions & { isLate?: boolean },
  asking: Asking,
  { app, clock, settings }: Tools,
): Promise<Reply> {
  const { words, program } = asking
  const found = await knownMember(app, redemption.member, words)
  if (!found.ok) return tellIn(how, found.message, outcomeWindow(words))
  const { member } = found
  const message = textFor(redemption, member, program, clock.now(), note)
  const { alertChannel } = settings
  const data = { redemption, member, message, banner, isLate, isAnotherOffered, alertChannel }
  return tellIn(how, { text: resultText(data, asking), blocks: resultBlocks(data, asking) }, outcomeWindow(words))
}

export const outcomeWindow = (words: Words) => ({
  callback: 'reward.done',
  title: words.say('staff.reward.title'),
  close: words.say('staff.common.close'),
})

/** What is there for the customer to read, once they can use it. */
function textFor(
  redemption: RedemptionView,
  member: MemberView,
  program: Program,
  now: number,
  note: string | null,
): string | null {
  const { state, kind, isEnding } = redemption
  if (state !== 'issued' || isEnding || kind === 'manual') return null
  const message = rewardMessage(redemption, member, program, now)
  return note === null ? message : `${message}\n\n${note}`
}

/** Has Stripe told at once, and looks again and again what came of it. */
async function followed(redemption: RedemptionView, { app, rest, logger }: Tools): Promise<RedemptionView> {
  let known = redemption
  for (const ms of LOOKS_AFTER_MS) {
    if (ms > 0) await rest(ms)
    const delivered = app.drainOutbox('stripe').catch((error: unknown) => {
      logger.warn('the outbox could not be asked to go on', { error: error instanceof Error ? error.name : 'unknown' })
      return 0
    })
    await Promise.race([delivered, rest(DELIVERY_WAIT_MS)])
    const found = await app.getRedemption(redemption.id)
    if (!found.ok) return known
    known = found.value
    if (!isPending(known)) return known
  }
  return known
}
