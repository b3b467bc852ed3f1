// Slack's part in the whole: what staff do there, and what is told them. Loaded when there is something to say or answer.
import type { Context } from 'hono'
import type { App, Clock, Deliverer, EventOutcome, Logger } from '../app/ports.ts'
import type { Config } from '../config.ts'
import type { WebhookHandler } from '../http/create-app.ts'
import type { Metrics } from '../metrics.ts'
import type { Program } from '../program/schema.ts'
import { hubspotClient } from './hubspot-client.ts'
import { createSlackLinks } from './slack-links.ts'

export const SLACK_KINDS = ['slack.alert', 'slack.redemption', 'slack.adjustment', 'slack.digest'] as const
const ALERT = SLACK_KINDS[0]
/** As the deliverer says itself, which is loaded late. */
const MOST = 100
const EVERY_MS = 5_000

interface SlackParts {
  config: Pick<Config, 'slack' | 'hubspot' | 'stripe'>
  clock: Clock
  logger: Logger
  /** Asked for when something is delivered: the use cases are put together with their deliverers. */
  app: () => App
  program: Program
}

/** Null without a token to call Slack with. */
export function createSlackDeliverer(parts: SlackParts): Deliverer | null {
  if (parts.config.slack.botToken === null) return null
  let loaded: Promise<Deliverer> | undefined
  const get = (): Promise<Deliverer> => {
    loaded ??= load(parts)
    return loaded
  }
  return {
    vendor: 'slack',
    kinds: SLACK_KINDS,
    deliver: async (row) => (await get()).deliver(row),
    isOneAtATime: true,
    together: {
      kind: ALERT,
      most: MOST,
      everyMs: EVERY_MS,
      deliver: async (rows) => (await (await get()).together?.deliver(rows)) ?? [],
    },
  }
}

async function load({ config, clock, logger, app, program }: SlackParts): Promise<Deliverer> {
  const [{ createSlackCalls }, { createSlackDeliverer: create }] = await Promise.all([
    import('../../integrations/slack/calls.ts'),
    import('../../integrations/slack/deliverer.ts'),
  ])
  const { botToken, apiUrl } = config.slack
  const slack = createSlackCalls({ token: botToken ?? '', apiUrl })
  const ownerOf = await ownersOf({ config, clock, app, program })
  const settings = settingsOf({ config, clock, app, program })
  return create({ app: app(), clock, logger, slack, settings, program: () => program, ownerOf })
}

/** Who looks after a member in HubSpot; nobody where that is not connected, or not asked for. */
async function ownersOf({ config, clock, app, program }: Pick<SlackParts, 'config' | 'clock' | 'app' | 'program'>) {
  const nobody = async (): Promise<string | null> => null
  if (program.retention.route !== 'owner') return nobody
  const client = await hubspotClient({ config, clock, quotaShare: program.hubspot.quotaShare })
  if (client === null) return nobody
  const { createOwners } = await import('../../integrations/hubspot/owners.ts')
  return createOwners({ client, contacts: app(), clock }).ownerOf
}

const settingsOf = ({ config, clock, app, program }: Omit<SlackParts, 'logger'>) => ({
  alertChannel: config.slack.alertChannel,
  isHubspotConnected: config.hubspot.accessToken !== null,
  ...createSlackLinks({
    config,
    clock,
    app,
    hubspot: () => hubspotClient({ config, clock, quotaShare: program.hubspot.quotaShare }),
  }),
})

export interface SlackHandlerParts extends Pick<SlackParts, 'config' | 'clock' | 'logger'> {
  app: App
  metrics: Pick<Metrics, 'webhookOutcome'>
  /** Waits for what goes on after an answer. */
  waitUntil: (c: Context) => (work: Promise<unknown>) => void
}

/** What Slack calls; nothing without both a secret to check its signatures with and a token to answer by. */
export async function createSlackHandler(parts: SlackHandlerParts): Promise<{ slack?: WebhookHandler }> {
  const { config, app, clock, logger, metrics, waitUntil } = parts
  const { signingSecret, botToken, apiUrl } = config.slack
  if (signingSecret === null || botToken === null) return {}
  let door: Promise<WebhookHandler> | undefined
  const open = async (): Promise<WebhookHandler> => {
    const { createSlackDoor } = await import('../../integrations/slack/doors.ts')
    const secrets = signingSecret.split(',').map((secret) => secret.trim())
    const settings = settingsOf({ config, clock, app: () => app, program: app.program().program })
    const onOutcome = (outcome: EventOutcome): void => metrics.webhookOutcome('slack', outcome)
    return createSlackDoor({ app, clock, logger, secrets, token: botToken, apiUrl, settings, waitUntil, onOutcome })
  }
  return {
    slack: async (c) => {
      // One that could not be opened is tried again.
      door ??= open().catch((error: unknown) => {
        door = undefined
        throw error
      })
      return (await door)(c)
    },
  }
}
