// The night's look at Stripe's lists: what no webhook brought in the last 35 days is learnt, and said. In slices, so that
// it may be cut off anywhere and goes on there, in this process or another.
import type { App, Clock, Logger } from '../app/ports.ts'
import {
  type HistoryPayment,
  learnMissing,
  type PaymentHistory,
  type PaymentSlice,
  type ReconcileReport,
} from '../app/reconcile.ts'
import type { Config } from '../config.ts'
import { programNeedsItems } from '../core/earning.ts'
import { createNightRound, type NightState } from './night-round.ts'

export const STRIPE_NIGHT = 'stripe_night'
const DAY_MS = 86_400_000
/** A little more than the longest month, and than Stripe keeps events. */
const DAYS_BACK = 35
/** What is newer may still be on its way to us. */
const HOUR_MS = 3_600_000
const LISTED = 20
/** Payments after which it may stop within a slice: were all of them missing, they are some seconds' work on D1. */
const BATCH = 50
/** A night that fails so often at one place is over. */
const TRIES = 3
/** While Stripe has us wait, it stays ours. */
const RENEW_EVERY_MS = 5_000

export interface StripeNightOptions {
  config: Pick<Config, 'stripe'>
  app: Pick<
    App,
    'program' | 'getSetting' | 'putSetting' | 'findPayments' | 'learnFacts' | 'holdPayments' | 'releasePayments'
  >
  clock: Clock
  logger: Logger
  /** Default: Stripe's lists, by the key that is configured. */
  openHistory?: (withItems: boolean) => Promise<Pick<PaymentHistory, 'slices'>>
}

interface Night extends NightState {
  /** The end of the span. */
  to: number
  /** Slices that are done, and payments of the next one. */
  slices: number
  within: number
  /** Of what follows. */
  tries: number
  payments: number
  matched: number
  differences: number
  remaining: number
  /** Ids of charges: the first of them. */
  missing: string[]
  otherAmount: string[]
}

const noSums = () => ({ payments: 0, matched: 0, differences: 0, remaining: 0, missing: [], otherAmount: [] })

/** A round to be called now and then, most of which do nothing. Does nothing without a key to ask Stripe with. */
export function createStripeNight(options: StripeNightOptions): (isStopped: () => boolean) => Promise<void> {
  const { config, app, clock } = options
  if (config.stripe.secretKey === null) return async () => {}
  return createNightRound<Night>({
    app,
    clock,
    setting: STRIPE_NIGHT,
    begin: (date) => ({ date, to: clock.now() - HOUR_MS, isDone: false, slices: 0, within: 0, tries: 0, ...noSums() }),
    hold: () => app.holdPayments(),
    release: () => app.releasePayments(),
    run: (night, isStopped) => new Comparing(options, night).run(isStopped),
  })
}

class Comparing {
  readonly #options: StripeNightOptions
  readonly #night: Night
  /** The setting as this process knows it. */
  #kept: string | null = null

  constructor(options: StripeNightOptions, night: Night) {
    this.#options = options
    this.#night = night
  }

  async run(isStopped: () => boolean): Promise<void> {
    if (isStopped()) return
    const { app } = this.#options
    const night = this.#night
    this.#kept = await app.getSetting(STRIPE_NIGHT)
    if (night.tries >= TRIES) return this.#giveUp()
    // Noted first: what brings the process down must not do so for ever.
    night.tries++
    if (!(await this.#keep())) return
    const renewing = setInterval(() => void app.holdPayments().catch(() => false), RENEW_EVERY_MS)
    try {
      await this.#goOn(isStopped)
    } finally {
      clearInterval(renewing)
    }
  }

  async #goOn(isStopped: () => boolean): Promise<void> {
    const { app, openHistory } = this.#options
    const night = this.#night
    const history = await (openHistory ?? this.#openStripe)(programNeedsItems(app.program().program))
    const slices = history.slices(night.to - DAYS_BACK * DAY_MS, night.to)
    for (const slice of slices.slice(night.slices)) {
      if (!(await this.#compare(slice, isStopped))) return
      night.slices++
      night.within = 0
      night.isDone = night.slices >= slices.length
      if (!(await this.#mayGoOn(isStopped))) return
    }
  }

  /** Whether it came to the slice's end: there nothing is kept yet. */
  async #compare(slice: PaymentSlice, isStopped: () => boolean): Promise<boolean> {
    const night = this.#night
    let toSkip = night.within
    let batch: HistoryPayment[] = []
    for await (const payment of slice.payments()) {
      if (toSkip-- > 0) continue
      batch.push(payment)
      if (batch.length < BATCH) continue
      await this.#learn(batch)
      batch = []
      if (!(await this.#mayGoOn(isStopped))) return false
    }
    if (batch.length > 0) await this.#learn(batch)
    return true
  }

  async #learn(batch: readonly HistoryPayment[]): Promise<void> {
    add(this.#night, await learnMissing(this.#options.app, batch))
    this.#night.within += batch.length
  }

  /** Keeps how far it came. What follows is tried for the first time, or left to a later round. */
  async #mayGoOn(isStopped: () => boolean): Promise<boolean> {
    const isOver = this.#night.isDone || isStopped()
    this.#night.tries = isOver ? 0 : 1
    if (!(await this.#keep())) return false
    if (this.#night.isDone) tell(this.#night, this.#options.logger)
    return !isOver
  }

  /** False when another process took over, as this one was thought dead: it may be further. */
  async #keep(): Promise<boolean> {
    const { app } = this.#options
    const isOurs = (await app.holdPayments()) && (await app.getSetting(STRIPE_NIGHT)) === this.#kept
    if (!isOurs) {
      this.#night.isDone = false
      return false
    }
    const next = JSON.stringify(this.#night)
    await app.putSetting(STRIPE_NIGHT, next)
    this.#kept = next
    return true
  }

  async #giveUp(): Promise<void> {
    this.#night.isDone = true
    if (!(await this.#keep())) return
    this.#options.logger.warn('the night’s look at Stripe is given up until tomorrow', told(this.#night))
  }

  // The SDK takes a tenth of a second to load.
  readonly #openStripe = async (withItems: boolean) => {
    const { config, clock } = this.#options
    const { secretKey, apiUrl } = config.stripe
    const { createStripeTools } = await import('./stripe-tools.ts')
    return createStripeTools({ secretKey: secretKey ?? '', apiUrl, clock }).history(withItems)
  }
}

function add(night: Night, { payments, matched, differences, unlisted, remaining }: ReconcileReport): void {
  const ids = (kind: 'missing' | 'other_amount') => differences.flatMap((one) => (one.kind === kind ? [one.id] : []))
  night.payments += payments
  night.matched += matched
  night.differences += differences.length + unlisted
  night.remaining += remaining
  night.missing = [...night.missing, ...ids('missing')].slice(0, LISTED)
  night.otherAmount = [...night.otherAmount, ...ids('other_amount')].slice(0, LISTED)
}

const told = ({ payments, matched, differences, remaining, missing, otherAmount }: Night) => ({
  payments,
  matched,
  differences,
  remaining,
  missing,
  otherAmount,
})

function tell(night: Night, logger: Logger): void {
  const { payments, differences } = night
  if (differences === 0) logger.info('the last 35 days agree with Stripe', { payments })
  else logger.warn('payments differed from Stripe, and what could be learnt was', told(night))
}
