// Where staff look a customer up by hand: at Stripe, and in HubSpot, whose addresses begin with the account's number. Asked for
// once and remembered; while it is not known there is no link, and nothing waits for it.
import { z } from 'zod'
import type { HubspotClient } from '../../integrations/hubspot/client.ts'
import type { App, Clock } from '../app/ports.ts'
import type { Config } from '../config.ts'

export interface SlackLinks {
  hubspotUrl: (record: string) => Promise<string | null>
  stripeUrl: (customer: string) => Promise<string | null>
}

interface LinkParts {
  config: { stripe: Pick<Config['stripe'], 'secretKey' | 'webhookSecrets'> }
  clock: Clock
  app: () => Pick<App, 'stripeMode'>
  /** Null where HubSpot is not connected. */
  hubspot: () => Promise<Pick<HubspotClient, 'call'>> | null
}

const STRIPE = 'https://dashboard.stripe.com'
/** The type of contacts: https://developers.hubspot.com/docs/guides/api/crm/using-object-apis */
const CONTACTS = '0-1'
const ACCOUNT = '/account-info/2026-09/details'
const CUSTOMER = /^cus_[A-Za-z0-9]{1,100}$/
const RECORD = /^\d{1,20}$/
/** A card does not wait longer for a link. */
const WITHIN_MS = 800
const AGAIN_AFTER_MS = 300_000

/** https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details */
const account = z.object({
  portalId: z.int().positive(),
  uiDomain: z
    .string()
    .regex(/^[a-z0-9-]{1,60}\.hubspot\.com$/)
    .catch('app.hubspot.com'),
})

export function createSlackLinks({ config, clock, app, hubspot }: LinkParts): SlackLinks {
  const contacts = createContactsUrl(hubspot, clock)
  return {
    hubspotUrl: async (record) => {
      if (!RECORD.test(record)) return null
      const base = await contacts()
      return base === null ? null : `${base}/record/${CONTACTS}/${record}`
    },
    stripeUrl: async (customer) => {
      const { secretKey, webhookSecrets } = config.stripe
      // The sandbox's customers are made up.
      if (!CUSTOMER.test(customer) || (secretKey === null && webhookSecrets.length === 0)) return null
      const isTest = secretKey === null ? (await app().stripeMode()) === 'test' : /^[sr]k_test_/.test(secretKey)
      return `${STRIPE}${isTest ? '/test' : ''}/customers/${customer}`
    },
  }
}

/** Null while HubSpot has not said which account it is. */
function createContactsUrl(hubspot: LinkParts['hubspot'], clock: Clock): () => Promise<string | null> {
  let known: string | null = null
  let asking: Promise<string | null> | null = null
  let failedAt = Number.NEGATIVE_INFINITY
  const ask = async (): Promise<string | null> => {
    const answer = await (await hubspot())?.call('GET', ACCOUNT)
    const read = answer?.kind === 'ok' ? account.safeParse(answer.body) : null
    if (read?.success !== true) {
      failedAt = clock.now()
      return null
    }
    const { uiDomain, portalId } = read.data
    known = `https://${uiDomain}/contacts/${portalId}`
    return known
  }
  return async () => {
    if (known !== null || clock.now() - failedAt < AGAIN_AFTER_MS) return known
    asking ??= ask()
      .catch(() => {
        failedAt = clock.now()
        return null
      })
      .finally(() => {
        asking = null
      })
    return soonOr(asking)
  }
}

async function soonOr(answer: Promise<string | null>): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), WITHIN_MS)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
