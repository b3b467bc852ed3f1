/** What the page's buttons do. What makes no sense now is answered in words; nothing that is sent in is trusted. */
import { z } from 'zod'
import { openingOf } from './doing-words.ts'
import { messageShown } from './doubles/slack/places.ts'
import { asWritten } from './doubles/slack/written.ts'
import { NotPossible } from './doubles/stripe/shop.ts'
import type { Sandbox } from './sandbox.ts'
import type { Outcome } from './shown.ts'

const id = z.string().min(1).max(100)
const minor = z.int().positive().max(1_000_000_000)
/** By block. */
const fields = z.record(z.string(), z.union([z.string().max(4_000), z.array(z.string()).max(100), z.null()]))
const line = z.object({ price: id, quantity: z.int().positive().max(99) })

/** Something to say, or what a menu offers. */
type Answer = string | { options: NonNullable<Outcome['options']> } | undefined

/** By name: what it takes, and what it does. */
interface Doing<S extends z.ZodType = z.ZodType> {
  takes: S
  does: (sandbox: Sandbox, given: z.output<S>) => Promise<Answer> | Answer
}
const doing = <S extends z.ZodType>(takes: S, does: Doing<S>['does']): Doing => ({ takes, does: does as Doing['does'] })

const shopOf = ({ vendors }: Sandbox) => vendors.stripe.shop

export const DOINGS: Record<string, Doing> = {
  // ------------------------------------------------------------------------------------------------ the shop
  'shop/buy': doing(
    z.object({
      customer: id.nullable(),
      email: z.email().nullish(),
      lines: z.array(line).min(1).max(20),
      code: z.string().max(100).nullish(),
    }),
    (sandbox, { customer, email, lines, code }) => {
      if (customer === null && !email) throw new NotPossible('A guest needs an e-mail address for the receipt')
      shopOf(sandbox).buy({ customer, email: email ?? null, lines, code: code || null })
      return undefined
    },
  ),
  'shop/customer': doing(
    z.object({
      email: z.email(),
      name: z.string().trim().max(200).nullish(),
      language: z.string().max(20).nullish(),
    }),
    (sandbox, { email, name, language }) => {
      shopOf(sandbox).addCustomer({ email, name: name || null, language: language || null })
      return undefined
    },
  ),
  'shop/subscribe': doing(z.object({ customer: id, price: id }), (sandbox, given) => {
    shopOf(sandbox).subscribe(given)
    return undefined
  }),
  'shop/cancel-subscription': doing(z.object({ subscription: id }), (sandbox, { subscription }) => {
    shopOf(sandbox).cancelSubscription(subscription)
    return undefined
  }),
  'shop/keep-subscription': doing(z.object({ subscription: id }), (sandbox, { subscription }) => {
    shopOf(sandbox).keepSubscription(subscription)
    return undefined
  }),
  'shop/fail-payment': doing(z.object({ subscription: id }), (sandbox, { subscription }) => {
    shopOf(sandbox).failPayment(subscription)
    return undefined
  }),
  'shop/pay-invoice': doing(z.object({ subscription: id }), (sandbox, { subscription }) => {
    shopOf(sandbox).payOpenInvoice(subscription)
    return undefined
  }),
  'shop/refund': doing(z.object({ charge: id, amount: minor.nullish() }), (sandbox, { charge, amount }) => {
    shopOf(sandbox).refund(charge, amount ?? undefined)
    return undefined
  }),
  'shop/fail-refund': doing(z.object({ refund: id }), (sandbox, { refund }) => {
    shopOf(sandbox).failRefund(refund)
    return undefined
  }),
  'shop/dispute': doing(z.object({ charge: id }), (sandbox, { charge }) => {
    shopOf(sandbox).dispute(charge)
    return undefined
  }),
  'shop/close-dispute': doing(
    z.object({ dispute: id, outcome: z.enum(['won', 'lost']) }),
    (sandbox, { dispute, outcome }) => {
      shopOf(sandbox).closeDispute(dispute, outcome)
      return undefined
    },
  ),
  'shop/again': doing(z.object({ event: id }), async ({ vendors }, { event }) => {
    const delivery = await vendors.stripe.deliveries.again(event)
    if (delivery === null) throw new NotPossible('Stripe keeps this event no longer')
    return delivery.answer
  }),
  'shop/habits': doing(
    z.object({ twice: z.boolean(), shuffled: z.boolean(), lateMs: z.int().min(0).max(3_600_000) }),
    ({ vendors }, habits) => {
      Object.assign(vendors.stripe.habits, habits)
      return undefined
    },
  ),
  'shop/trouble': doing(z.object({ isDown: z.boolean() }), ({ vendors }, { isDown }) => {
    vendors.stripe.trouble.isDown = isDown
    return undefined
  }),

  // ------------------------------------------------------------------------------------------------ Slack
  'slack/command': doing(
    z.object({ me: id, channel: id, line: z.string().min(1).max(3_500) }),
    async ({ vendors: { slack } }, { me, channel, line }) => {
      if (line.startsWith('/')) await slack.command(me, channel, line)
      else slack.write(me, channel, asWritten(line))
      return undefined
    },
  ),
  'slack/press': doing(
    z.object({
      me: id,
      message: z.string().max(40).nullish(),
      view: id.nullish(),
      action: z.string().max(255),
      block: z.string().max(255).nullish(),
      value: z.string().max(2_000).nullish(),
      option: z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(100)]).nullish(),
      /** What the fields of the window hold by now. */
      values: fields.optional(),
    }),
    async ({ vendors: { slack } }, { me, message, view, action, block, value, option, values }) => {
      const where = message ? { message } : view ? { view } : undefined
      const chosen = {
        ...(value && { value }),
        ...(block && { blockId: block }),
        ...(option && { selectedOption: option }),
      }
      if (view && values) slack.fill(me, view, values)
      await slack.press(me, where, action, chosen)
      return undefined
    },
  ),
  'slack/submit': doing(
    z.object({
      me: id,
      view: id,
      values: fields,
    }),
    async ({ vendors: { slack } }, { me, view, values }) => {
      // What was there from the start and was cleared is empty now.
      const { errors } = await slack.submit(me, view, values)
      if (errors !== null) throw new FieldErrors(errors)
      return undefined
    },
  ),
  'slack/type': doing(
    z.object({
      me: id,
      /** Left out: the window in front. */
      message: z.string().max(40).nullish(),
      block: z.string().max(255),
      text: z.string().max(300),
    }),
    async ({ vendors: { slack } }, { me, message, block, text }) => {
      const of = message ? messageShown(slack.workspace, me, message) : null
      return { options: await slack.type(me, of, block, text) }
    },
  ),
  'slack/close': doing(z.object({ me: id }), async ({ vendors: { slack } }, { me }) => {
    await slack.closeView(me)
    return undefined
  }),
  'slack/home': doing(z.object({ me: id }), async ({ vendors: { slack } }, { me }) => {
    await slack.openHome(me)
    return undefined
  }),
  'slack/shortcut': doing(
    z.object({ me: id, callback: id, message: z.string().max(40).nullish() }),
    async ({ vendors: { slack } }, { me, callback, message }) => {
      const of = message ? messageShown(slack.workspace, me, message) : undefined
      await slack.shortcut(me, callback, of)
      return undefined
    },
  ),

  // ------------------------------------------------------------------------------------------------ HubSpot
  'hubspot/trouble': doing(z.object({ is: z.enum(['none', 'limited', 'down']) }), ({ vendors }, { is }) => {
    vendors.hubspotTrouble.is = is
    return undefined
  }),
  'hubspot/edit': doing(
    z.object({ contact: id, properties: z.record(z.string().max(100), z.string().max(1_000)) }),
    async ({ vendors: { hubspot } }, { contact, properties }) => {
      if (!Object.hasOwn(hubspot.portal.contacts, contact)) throw new NotPossible('There is no such contact')
      hubspot.people.edit(contact, properties)
      await hubspot.tellAll()
      return undefined
    },
  ),
}

/** What is wrong with which field of a window. */
export class FieldErrors extends Error {
  override name = 'FieldErrors'
  readonly errors: Record<string, string>

  constructor(errors: Record<string, string>) {
    super(Object.values(errors).join(' '))
    this.errors = errors
  }
}

/** Does it, and lets what follows from it happen. */
export async function doIt(sandbox: Sandbox, name: string, given: unknown): Promise<Outcome | null> {
  const known = Object.hasOwn(DOINGS, name) ? DOINGS[name] : undefined
  if (known === undefined) return null
  const read = known.takes.safeParse(given)
  if (!read.success) return { ok: false, why: wordsOf(read.error) }
  try {
    const opening = openingOf(sandbox, name, read.data)
    const work = async (): Promise<Answer> => {
      const said = await known.does(sandbox, read.data)
      await sandbox.settle()
      return said
    }
    const said = await (opening === null ? work() : sandbox.trace.asOne(opening, work))
    return { ok: true, ...(typeof said === 'string' ? { said } : said) }
  } catch (error) {
    if (error instanceof FieldErrors) return { ok: false, why: error.message, errors: error.errors }
    // The doubles say in words what cannot be done.
    if (error instanceof Error) return { ok: false, why: error.message }
    throw error
  }
}

const wordsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
