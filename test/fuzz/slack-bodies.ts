// What the fuzz of Slack's door sends: everything that is registered, asked for by everybody, with what nobody would type.
import { newTrigger, type Workspace } from '../../integrations/sandbox/doubles/slack/workspace.ts'
import { buttons, commands, optionSources, shortcuts, submissions } from '../../integrations/slack/registered.ts'
import type { Chance } from '../support/load.ts'
import { CHANNELS, PEOPLE } from '../support/slack.ts'
import { FORM, JSON_TYPE } from '../support/slack-door.ts'
import { misprint, oddValue, spoil } from './mutations.ts'

export interface FuzzScene {
  workspace: Workspace
  now: number
  /** Ids of what there is: members, alerts, redemptions. */
  ids: readonly string[]
}

const WORDS = [
  'ada',
  'ada@example.org',
  'አበ',
  'İlham',
  '+50',
  '-50',
  '1e9',
  '0',
  '1e400',
  '7',
  'gift',
  'five-off',
  'review',
  'all',
]
const ODD_WORDS = [
  '<!channel>',
  '<@U0ADA|ada>',
  '*_~`',
  '\u0000',
  '\ud800',
  '\u202e',
  "'; --",
  '{',
  '&lt;',
  '👩‍👩‍👧‍👦',
  '__proto__',
]

function textOf(chance: Chance): string {
  const first = chance.pick([...Object.keys(commands), 'rewrd', 'best', '', 'x'.repeat(chance.below(4_000))])
  const rest = Array.from({ length: chance.below(4) }, () => chance.pick([...WORDS, ...ODD_WORDS]))
  return [first, ...rest].join(' ')
}

/** Nothing that only a bug of the fuzz's own would say. */
const textIn = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** What a button or a window may carry, right and wrong. */
function carried({ ids }: FuzzScene, chance: Chance): string {
  const id = chance.pick([...ids, 'mem_nobody', ''])
  const kind = chance.below(5)
  if (kind === 0) return id
  if (kind === 1) return JSON.stringify({ member: id, reward: 'gift', alert: chance.pick([...ids]) })
  if (kind === 2) return JSON.stringify(oddValue(chance) ?? null)
  if (kind === 3) return textIn(oddValue(chance))
  return chance.pick([...WORDS, ...ODD_WORDS])
}

const FIELDS = [
  'reward',
  'charge',
  'note',
  'why',
  'points',
  'reason',
  'email',
  'name',
  'phone',
  'birthday',
  'member',
  'typed',
]

const fieldsOf = (scene: FuzzScene, chance: Chance): object =>
  Object.fromEntries(
    [...FIELDS, ...ODD_WORDS.slice(0, 2)]
      .filter(() => chance.below(3) > 0)
      .map((block) => {
        const value = carried(scene, chance)
        const field = chance.pick([
          { type: 'plain_text_input', value },
          { type: 'static_select', selected_option: { value } },
          { type: 'checkboxes', selected_options: [{ value }] },
          { type: 'datepicker', selected_date: value },
          { type: 'plain_text_input', value: null },
        ])
        return [block, { x: field }]
      }),
  )

function soundPayload(scene: FuzzScene, chance: Chance): object {
  const { workspace, now } = scene
  const id = chance.pick(Object.values(PEOPLE))
  const user = { id, team_id: 'T0REGULARS' }
  const trigger_id = newTrigger(workspace, id, now)
  const message = { ts: '1.1', text: chance.pick([...WORDS, ...ODD_WORDS]), blocks: [{ type: 'section' }] }
  const view = {
    id: 'V1',
    type: chance.pick(['modal', 'home']),
    callback_id: chance.pick(Object.keys(submissions)),
    private_metadata: carried(scene, chance),
    hash: String(chance.below(5)),
    state: { values: fieldsOf(scene, chance) },
  }
  const place = { channel: { id: CHANNELS.loyalty }, response_url: 'http://slack.test:4003/response/none' }
  switch (chance.below(6)) {
    case 0:
    case 1:
      return {
        ...{ type: 'block_actions', user, trigger_id, ...place, message },
        ...(chance.below(2) === 0 && { view }),
        actions: [{ action_id: chance.pick([...Object.keys(buttons), 'command.run']), value: carried(scene, chance) }],
      }
    case 2:
      return { type: 'view_submission', user, trigger_id, view: { ...view, type: 'modal' } }
    case 3:
      return { type: 'shortcut', user, trigger_id, callback_id: chance.pick(Object.keys(shortcuts)), ...place, message }
    case 4:
      return {
        type: 'block_suggestion',
        user,
        action_id: chance.pick(Object.keys(optionSources)),
        value: chance.pick([...WORDS, ...ODD_WORDS]),
      }
    default:
      return { type: 'event_callback', event_id: trigger_id, event: { type: 'app_home_opened', user: id, tab: 'home' } }
  }
}

/** One in three is as Slack sends it; the others are spoilt in what they say or in how they are written. */
export function slackBody(scene: FuzzScene, chance: Chance): { body: string | Uint8Array; type: string } {
  if (chance.below(3) === 0) {
    const user_id = chance.pick(Object.values(PEOPLE))
    const trigger_id = newTrigger(scene.workspace, user_id, scene.now)
    const channel_id = chance.pick(Object.values(CHANNELS))
    const fields = {
      command: '/loyalty',
      text: textOf(chance),
      user_id,
      trigger_id,
      channel_id,
      response_url: 'http://slack.test:4003/response/none',
    }
    const body = new URLSearchParams(fields).toString()
    return { body: chance.below(6) === 0 ? misprint(body, chance) : body, type: FORM }
  }
  const sound = soundPayload(scene, chance)
  const payload = JSON.stringify(chance.below(3) === 0 ? spoil(sound, chance) : sound)
  const written = chance.below(8) === 0 ? misprint(payload, chance) : payload
  if ('event' in sound || typeof written !== 'string') return { body: written, type: JSON_TYPE }
  return { body: new URLSearchParams({ payload: written }).toString(), type: FORM }
}
