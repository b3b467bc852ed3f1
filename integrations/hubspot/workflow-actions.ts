/** The doors for custom workflow actions, and for the choices that their fields offer. */
import type { Context } from 'hono'
import { z } from 'zod'
import { FEEDBACK } from '../../src/core/feedback.ts'
import { asHeading } from '../../src/core/limits.ts'
import { count, pointsWord } from '../../src/core/sentences.ts'
import type { Program } from '../../src/program/schema.ts'
import { type ActionName, clean, readExecution } from './action-inputs.ts'
import { answer, problem, whyOf } from './problems.ts'
import { type ActionApp, type ActionOutputs, runAction } from './run-action.ts'
import { type DoorOptions, readSigned } from './signed-request.ts'
import { verifyV2OrV3 } from './verify-signature.ts'

export interface ActionDoorOptions extends DoorOptions {
  app: ActionApp
}

const SUCCESSES = new Set<ActionOutputs['outcome']>(['done', 'already_member'])
const ON_CONTACTS_ONLY = 'This works in workflows on contacts only'

/**
 * A handler for `POST /hubspot/actions/{action}`. What is refused for a reason is answered 200 too, in words that the workflow
 * can branch on and goes on with; 401 for a bad signature, 400 for no run of an action, 503 when it could not be stored:
 * HubSpot then asks again.
 */
export function createActionDoor(action: ActionName, options: ActionDoorOptions): (c: Context) => Promise<Response> {
  const route = `/hubspot/actions/${action}`
  return async (c) => {
    const signed = await readSigned(c, route, verifyV2OrV3, options)
    if (!signed.ok) return signed.response
    const body = signed.json()
    if (body === undefined) return problem(400, 'invalid_request', 'The body is not JSON.')
    const execution = readExecution(body)
    if (execution === null) return problem(400, 'invalid_request', 'The body is no run of a workflow’s action.')
    if (execution === 'not_a_contact') return answerOutputs({ outcome: 'invalid_request', message: ON_CONTACTS_ONLY })
    try {
      return answerOutputs(await runAction(options.app, action, execution))
    } catch (error) {
      options.logger.error('a workflow’s action could not be done', { action, error: whyOf(error) })
      return problem(503, 'unavailable', 'This could not be stored. Ask again later.')
    }
  }
}

/** `FAIL_CONTINUE`: HubSpot shows the failure in the contact's history, and the workflow goes on. */
const answerOutputs = (outputs: ActionOutputs): Response =>
  answer({
    outputFields: { ...outputs, hs_execution_state: SUCCESSES.has(outputs.outcome) ? 'SUCCESS' : 'FAIL_CONTINUE' },
  })

// ------------------------------------------------------------------------------------------------------------ choices

interface Choice {
  label: string
  description: string
  value: string
}

const CHOICES = { rewards: rewardChoices, actions: actionChoices } satisfies Record<
  string,
  (app: ActionApp) => Promise<Choice[]>
>
export type ChoiceName = keyof typeof CHOICES

const CHOICES_PAGE = 100

/** A handler for `POST /hubspot/actions/options/{rewards|actions}`: what a field offers, searched and a page at a time. */
export function createChoicesDoor(name: ChoiceName, options: ActionDoorOptions): (c: Context) => Promise<Response> {
  const route = `/hubspot/actions/options/${name}`
  return async (c) => {
    const signed = await readSigned(c, route, verifyV2OrV3, options)
    if (!signed.ok) return signed.response
    const { query, offset } = readFetch(signed.json())
    try {
      const all = await CHOICES[name](options.app)
      const found = all.filter(({ label, value }) => `${label} ${value}`.toLowerCase().includes(query))
      const next = offset + CHOICES_PAGE
      const more = found.length > next ? { after: String(next) } : {}
      return answer({ options: found.slice(offset, next), ...more, searchable: true })
    } catch (error) {
      options.logger.error('a field’s choices could not be read', { field: name, error: whyOf(error) })
      return problem(503, 'unavailable', 'The choices cannot be read now.')
    }
  }
}

const fetching = z.object({
  fetchOptions: z.object({ q: z.unknown().optional(), after: z.unknown().optional() }).nullish(),
})

/** Odd options are as good as none: there is still something to offer. */
function readFetch(body: unknown): { query: string; offset: number } {
  const asked = fetching.safeParse(body).data?.fetchOptions
  const after = clean(asked?.after)
  return { query: clean(asked?.q).toLowerCase(), offset: /^\d{1,6}$/.test(after) ? Number(after) : 0 }
}

async function rewardChoices(app: ActionApp): Promise<Choice[]> {
  const { program } = app.program()
  return (await app.listRewards()).map(({ id, name, cost, open }) => ({
    label: cost === 0 ? name : `${name} · ${count(cost, program.locale)} ${pointsWord(cost, program)}`,
    description: open ? 'Can be had now' : 'Cannot be had now',
    value: id,
  }))
}

async function actionChoices(app: ActionApp): Promise<Choice[]> {
  return actionsOf(app.program().program).map((action) => ({
    label: asHeading(action),
    description: action === FEEDBACK ? 'Needs a score from 0 to 10' : '',
    value: action,
  }))
}

/** What rules reward and challenges count, and what members say of the shop. */
function actionsOf({ earning, challenges }: Program): string[] {
  const rewarded = earning.flatMap((rule) => (rule.on === 'action' ? [rule.action] : []))
  const counted = challenges.flatMap(({ goal }) => (goal.of === 'action' ? goal.actions : []))
  return [...new Set([...rewarded, ...counted, FEEDBACK])]
}
