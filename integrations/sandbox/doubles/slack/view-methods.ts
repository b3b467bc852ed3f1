/** Modals and Home tabs: opened by a trigger, stacked, changed in place, and safe against late changes by their hash. */
import { checkView } from './block-limits.ts'
import { jsonArg, type Method, type MethodCall, neededArg, refused, textArg } from './calls.ts'
import { unknownIn, withBlockIds } from './chat-methods.ts'
import { isRecord, type Json, listOf, recordOf, textIn } from './json.ts'
import { nextNumber, type Trigger, type Values, type View, type Workspace } from './workspace.ts'

/** https://docs.slack.dev/interactivity/handling-user-interaction: a trigger lives for three seconds. */
const TRIGGER_MS = 3_000
/** https://docs.slack.dev/surfaces/modals: at most three views at a time. */
export const STACK_LIMIT = 3
const VIEW_BYTES = 250_000

/** @throws {Refused} where it was given too late, twice or never. */
export function exchange({ workspace, now }: MethodCall, id: string): Trigger {
  const trigger = workspace.triggers[id]
  if (trigger === undefined) throw refused('invalid_trigger_id')
  if (now - trigger.madeAt > TRIGGER_MS) throw refused('expired_trigger_id')
  if (trigger.isUsed) throw refused('exchanged_trigger_id')
  trigger.isUsed = true
  return trigger
}

/** @throws {Refused} */
export function viewGiven(workspace: Workspace, given: unknown, type: View['type'], except: string | null): Json {
  if (!isRecord(given)) throw refused('invalid_arguments', ['missing required field: view'])
  const problems =
    given.type === type
      ? [...checkView(given), ...unknownIn(workspace, listOf(given.blocks))]
      : [`a view of type ${type} is expected, not ${String(given.type)}`]
  if (problems.length > 0) throw refused('invalid_arguments', problems)
  if (JSON.stringify(given).length > VIEW_BYTES) throw refused('view_too_large')
  const external = textIn(given.external_id)
  const taken = Object.values(workspace.views).some((view) => view.externalId === external && view.id !== except)
  if (external !== '' && taken) throw refused('duplicate_external_id')
  return given
}

const hashOf = (workspace: Workspace, now: number): string =>
  `${Math.floor(now / 1000)}.${nextNumber(workspace).toString(36).padStart(8, '0')}`

export interface Maker {
  workspace: Workspace
  now: number
}

export function makeView({ workspace, now }: Maker, user: string, given: Json, under: View | null): View {
  const id = `V${nextNumber(workspace).toString(36).toUpperCase().padStart(8, '0')}`
  const view: View = {
    id,
    user,
    type: given.type === 'home' ? 'home' : 'modal',
    ...contentOf(workspace, given),
    hash: hashOf(workspace, now),
    rootViewId: under?.rootViewId ?? id,
    previousViewId: under?.id ?? null,
    values: {},
  }
  workspace.views[id] = view
  return view
}

function contentOf(workspace: Workspace, given: Json) {
  return {
    externalId: textIn(given.external_id),
    callbackId: textIn(given.callback_id),
    privateMetadata: textIn(given.private_metadata),
    title: isRecord(given.title) ? given.title : null,
    submit: isRecord(given.submit) ? given.submit : null,
    close: isRecord(given.close) ? given.close : null,
    blocks: withBlockIds(workspace, listOf(given.blocks)),
    clearOnClose: given.clear_on_close === true,
    notifyOnClose: given.notify_on_close === true,
  }
}

/** What was put into fields that are still there (same block, same action) stays. */
export function changeView({ workspace, now }: Maker, view: View, given: Json): void {
  Object.assign(view, contentOf(workspace, given), { hash: hashOf(workspace, now) })
  view.values = Object.fromEntries(
    Object.entries(view.values).flatMap(([blockId, fields]) => {
      const action = actionIdIn(view.blocks.find((block) => block.block_id === blockId))
      const kept = action === null ? undefined : fields[action]
      return action === null || kept === undefined ? [] : [[blockId, { [action]: kept }]]
    }),
  ) as Values
}

const actionIdIn = (block: Json | undefined): string | null =>
  textIn(recordOf(block?.element).action_id) || textIn(recordOf(block?.accessory).action_id) || null

export const stackOf = (workspace: Workspace, user: string): string[] => {
  workspace.stacks[user] ??= []
  return workspace.stacks[user]
}

export function putInFront(workspace: Workspace, view: View): void {
  stackOf(workspace, view.user).push(view.id)
}

/** Takes views off, the one in front first, down to `left`. */
export function closeDownTo(workspace: Workspace, user: string, left: number): void {
  for (const id of stackOf(workspace, user).splice(left)) delete workspace.views[id]
}

export const frontOf = (workspace: Workspace, user: string): View | null =>
  workspace.views[stackOf(workspace, user).at(-1) ?? ''] ?? null

/** The view as Slack shows it to apps; `values` are those of its state. */
export function viewJson(workspace: Workspace, view: View, values: Values = {}): Json {
  return {
    id: view.id,
    team_id: workspace.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values },
    hash: view.hash,
    title: view.title,
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close,
    submit: view.submit,
    previous_view_id: view.previousViewId,
    root_view_id: view.rootViewId,
    app_id: workspace.appId,
    external_id: view.externalId,
    app_installed_team_id: workspace.team.id,
    bot_id: workspace.bot.botId,
  }
}

/**
 * Out of a window another one is pushed. One that is opened instead is accepted, and most clients never show it
 * (https://github.com/slackapi/bolt-js/issues/1072).
 */
const isShown = ({ homes }: Workspace, { viewId, user }: Trigger): boolean => viewId === null || viewId === homes[user]

const open: Method = (call) => {
  const trigger = exchange(call, neededArg(call, 'trigger_id'))
  const given = viewGiven(call.workspace, jsonArg(call, 'view'), 'modal', null)
  const view = makeView(call, trigger.user, given, null)
  if (isShown(call.workspace, trigger)) {
    closeDownTo(call.workspace, trigger.user, 0)
    putInFront(call.workspace, view)
  }
  return { view: viewJson(call.workspace, view) }
}

const push: Method = (call) => {
  const trigger = exchange(call, neededArg(call, 'trigger_id'))
  const stack = stackOf(call.workspace, trigger.user)
  const under = frontOf(call.workspace, trigger.user)
  if (trigger.viewId === null || under === null || !stack.includes(trigger.viewId)) throw refused('not_found')
  if (stack.length >= STACK_LIMIT) throw refused('push_limit_reached')
  const given = viewGiven(call.workspace, jsonArg(call, 'view'), 'modal', null)
  const view = makeView(call, trigger.user, given, under)
  putInFront(call.workspace, view)
  return { view: viewJson(call.workspace, view) }
}

const update: Method = (call) => {
  const { workspace } = call
  const [id, external, hash] = [textArg(call, 'view_id'), textArg(call, 'external_id'), textArg(call, 'hash')]
  if (id === '' && external === '') throw refused('invalid_arguments', ['view_id or external_id is required'])
  const view =
    id === '' ? Object.values(workspace.views).find(({ externalId }) => externalId === external) : workspace.views[id]
  if (view === undefined) throw refused('not_found')
  const given = viewGiven(workspace, jsonArg(call, 'view'), view.type, view.id)
  if (hash !== '' && hash !== view.hash) throw refused('hash_conflict')
  changeView(call, view, given)
  return { view: viewJson(workspace, view, view.values) }
}

const publish: Method = (call) => {
  const { workspace } = call
  if (!call.isHomeEnabled) throw refused('not_enabled')
  const user = neededArg(call, 'user_id')
  if (workspace.users[user] === undefined)
    throw refused('invalid_arguments', ['user_id is not a user of this workspace'])
  const known = workspace.views[workspace.homes[user] ?? '']
  const given = viewGiven(workspace, jsonArg(call, 'view'), 'home', known?.id ?? null)
  const hash = textArg(call, 'hash')
  if (hash !== '' && hash !== known?.hash) throw refused('hash_conflict')
  if (known !== undefined) {
    changeView(call, known, given)
    return { view: viewJson(workspace, known, known.values) }
  }
  const view = makeView(call, user, given, null)
  workspace.homes[user] = view.id
  return { view: viewJson(workspace, view) }
}

export const VIEW_METHODS: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
}
