/** Everything that HubSpot calls, by its route. */
import type { Context } from 'hono'
import type { App } from '../../src/app/ports.ts'
import { createCardDoor, createCardEnrolDoor, createCardRewardDoor } from './card.ts'
import type { DoorOptions } from './signed-request.ts'
import { createHubspotWebhook, type WebhookOptions } from './webhook.ts'
import { createActionDoor, createChoicesDoor } from './workflow-actions.ts'

export interface HubspotDoorOptions extends DoorOptions {
  app: App
  count: WebhookOptions['count']
}

export type Door = (c: Context) => Promise<Response>

export const createHubspotDoors = (options: HubspotDoorOptions) =>
  ({
    'POST /hubspot/webhook': createHubspotWebhook(options),
    'POST /hubspot/actions/award-points': createActionDoor('award-points', options),
    'POST /hubspot/actions/perform-action': createActionDoor('perform-action', options),
    'POST /hubspot/actions/issue-reward': createActionDoor('issue-reward', options),
    'POST /hubspot/actions/enrol-member': createActionDoor('enrol-member', options),
    'POST /hubspot/actions/options/rewards': createChoicesDoor('rewards', options),
    'POST /hubspot/actions/options/actions': createChoicesDoor('actions', options),
    'GET /hubspot/card': createCardDoor(options),
    'POST /hubspot/card/rewards': createCardRewardDoor(options),
    'POST /hubspot/card/enrol': createCardEnrolDoor(options),
  }) satisfies Record<string, Door>
