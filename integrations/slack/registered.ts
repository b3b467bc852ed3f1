/** Everything that staff can type, press, send in or open: one table, which the manifest is held against. */
import type { Buttons, Commands, OptionSources, Shortcuts, Submissions } from './desk.ts'

export const COMMAND = '/loyalty'

/** What the app is told of by Slack. */
export const EVENTS = ['app_home_opened'] as const

/** Each with the calls that need it. */
export const SCOPES = {
  commands: ['/loyalty', 'shortcuts'],
  'chat:write': ['chat.postMessage', 'chat.update', 'chat.postEphemeral'],
  'channels:read': ['conversations.info'],
  'groups:read': ['conversations.info'],
  'usergroups:read': ['usergroups.users.list'],
  'users:read': ['users.info'],
  'users:read.email': ['users.lookupByEmail'],
} as const

export const commands: Commands = {}

export const buttons: Buttons = {
  // Opens an address in the browser: there is nothing to do.
  link: { needs: null, answer: async () => ({ do: 'nothing' }) },
}

export const submissions: Submissions = {}

export const shortcuts: Shortcuts = {}

export const optionSources: OptionSources = {}
