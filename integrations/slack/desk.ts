/**
 * What handlers are given and what they answer. They are functions from what was typed or pressed to what is shown: only
 * `dispatch.ts` talks to Slack.
 */
import { createHash } from 'node:crypto'
import type { HomeView, KnownBlock, ModalView, PlainTextOption } from '@slack/types'
import type { App, Clock, Idempotency, Logger, Origin } from '../../src/app/ports.ts'
import type { StaffTask } from '../../src/core/staff-policy.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Words } from '../../src/words/words.ts'
import type { SlackCalls } from './calls.ts'

/** Charts are younger than the types of blocks: of those only the name is known. */
export type Block = KnownBlock | ChartBlock
export interface ChartBlock {
  type: 'data_visualization'
  [field: string]: unknown
}

/** `text` is what notifications and screen readers say. */
export interface Message {
  text: string
  blocks: Block[]
}

export type Modal = Omit<ModalView, 'blocks'> & { blocks: Block[] }
export type Home = Omit<HomeView, 'blocks'> & { blocks: Block[] }

/** Who asks, and what they are answered in. */
export interface Asking {
  origin: Origin
  /** Their id at Slack, without a prefix. */
  user: string
  words: Words
  program: Program
  /** ms */
  now: number
  /** Where they are; null in App Home and in shortcuts. */
  channel: string | null
  /** Whether Slack said which of the program's user groups they are in. */
  groupsAreKnown: boolean
  /** Those of which it did not (`slack:S…`). */
  unknownGroups?: readonly string[]
}

export interface Tools {
  app: App
  clock: Clock
  logger: Logger
  slack: SlackCalls
  settings: DeskSettings
  /** Waits so many ms: to ask again whether something slow is done. */
  rest: (ms: number) => Promise<void>
}

export interface DeskSettings {
  alertChannel: string | null
  /** Left out: it is where contacts can be looked at. */
  isHubspotConnected?: boolean
  /** Where a contact or customer is looked at by hand; null where that vendor is not connected. */
  hubspotUrl: (record: string) => Promise<string | null>
  stripeUrl: (customer: string) => Promise<string | null>
}

/** What is to be shown. `after` is slow work that goes on when this is shown; what it answers takes its place. */
export type Reply = (
  | { do: 'nothing' }
  /** To them alone, beside what is there; in a modal, a notice on top of it. */
  | { do: 'say'; message: Message }
  /** In place of the message whose button was pressed; elsewhere as `say`. */
  | { do: 'replace'; message: Message }
  /** To everybody in the channel. */
  | { do: 'share'; message: Message }
  /** A window: on top, where there is one already. */
  | { do: 'open'; view: Modal }
  /** In place of the window. */
  | { do: 'update'; view: Modal }
  /** Beside the fields of a window that was sent in, by block id. */
  | { do: 'errors'; errors: Record<string, string> }
  /** Shuts all windows. */
  | { do: 'close' }
) & { after?: () => Promise<Reply> }

export interface Asked {
  /** Unique by interaction, and the same when it is delivered again. */
  once: string
}

export interface Commanded extends Asked {
  /** What was typed after the name of the command, trimmed. */
  args: string
}

export interface Pressed extends Asked {
  action: string
  /** The button's value, or the option chosen. */
  value: string
  /** The message it stands in; null in a window. */
  message: { channel: string; ts: string; blocks: readonly Block[] } | null
  view: OpenView | null
}

export interface OpenView {
  id: string
  isHome: boolean
  callbackId: string
  /** `private_metadata`. */
  about: string
  /** What the fields hold. */
  values: Fields
}

/** By block id: text typed, options chosen. */
export type Fields = Readonly<Record<string, string | readonly string[] | null>>

export interface Submitted extends Asked {
  view: OpenView
  values: Fields
}

export interface Shortcut extends Asked {
  /** Of a message: its text. */
  text: string | null
  message: { channel: string; ts: string } | null
}

export interface Handler<Input> {
  /** What one must be allowed to do; null: anybody of this workspace. */
  needs: StaffTask | null
  /** A window is what comes: where it takes long, an empty one is opened meanwhile. */
  opens?: true
  /** It may change something, although whoever looks may ask for it: where it fails, it may be done all the same. */
  mayChange?: boolean
  answer(input: Input, asking: Asking, tools: Tools): Promise<Reply>
}

/** By the first word typed after `/loyalty`. */
export type Commands = Record<string, Handler<Commanded>>
/** By `action_id`. Of several in one block, or in a list, what follows a colon tells them apart: `member.show:3`. */
export type Buttons = Record<string, Handler<Pressed>>
/** By `callback_id`. */
export type Submissions = Record<string, Handler<Submitted>>
/** By `callback_id`. */
export type Shortcuts = Record<string, Handler<Shortcut>>

/** What is offered while somebody types in a field, by `action_id`. */
export interface OptionsHandler {
  needs: StaffTask
  options(typed: string, asking: Asking, tools: Tools): Promise<PlainTextOption[]>
}
export type OptionSources = Record<string, OptionsHandler>

/** Of what a use case is asked in somebody's name, once per interaction and route. */
export const onceFor = (
  { origin }: Pick<Asking, 'origin'>,
  route: string,
  once: string,
  content: unknown,
): Idempotency => ({ holder: origin.actor, route: `slack ${route}`, key: once, hash: digest(JSON.stringify(content)) })

/** What was typed is kept nowhere but where it can be erased. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
