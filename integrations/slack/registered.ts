/** Everything that staff can type, press, send in or open: one table, which the manifest is held against. */
import { actionButtons, actionCommand, actionSubmissions } from './commands/action.ts'
import { adjustButtons, adjustCommand, adjustSubmissions } from './commands/adjust.ts'
import { alertButtons, alertSubmissions } from './commands/alert-buttons.ts'
import { alerts, alertsButtons } from './commands/alerts.ts'
import { approvalButtons, approvalSubmissions, approvals } from './commands/approvals.ts'
import { enrolButtons, enrolCommand, enrolSubmissions } from './commands/enrol.ts'
import { help } from './commands/help.ts'
import { historyButtons } from './commands/history.ts'
import { homeButtons } from './commands/home.ts'
import { language, languageButtons } from './commands/language.ts'
import { lookup, lookupButtons } from './commands/lookup.ts'
import { report, reportButtons } from './commands/report.ts'
import { rewardButtons, rewardCommand, rewardSubmissions } from './commands/reward.ts'
import { rewardsCommand } from './commands/rewards.ts'
import { top, topButtons } from './commands/top.ts'
import type { Buttons, Commands, OptionSources, Shortcuts, Submissions } from './desk.ts'
import { customerShortcuts } from './shortcuts/lookup-customer.ts'
import { lookupOptions, lookupShortcuts, lookupSubmissions } from './shortcuts/lookup-member.ts'

export const COMMAND = '/loyalty'

/** What the app is told of by Slack. */
export const EVENTS = ['app_home_opened'] as const

/** Where each stands in Slack: in its own menu, or in that of a message. */
export const SHORTCUT_PLACES: Readonly<Record<string, 'global' | 'message'>> = {
  lookup_member: 'global',
  lookup_customer: 'message',
}

/** Each with the calls that need it: https://docs.slack.dev/reference/scopes. Views and App Home need none. */
export const SCOPES = {
  commands: ['/loyalty', 'shortcuts'],
  // A person's id in place of a channel's writes to them, without im:write.
  'chat:write': ['chat.postMessage', 'chat.update', 'chat.postEphemeral'],
  'channels:read': ['conversations.info', 'conversations.list'],
  'groups:read': ['conversations.info', 'conversations.list'],
  'usergroups:read': ['usergroups.users.list'],
  'users:read': ['users.info'],
  'users:read.email': ['users.lookupByEmail'],
} as const

export const commands: Commands = {
  action: actionCommand,
  adjust: adjustCommand,
  alerts,
  approvals,
  enrol: enrolCommand,
  help,
  language,
  lookup,
  report,
  top,
  reward: rewardCommand,
  rewards: rewardsCommand,
}

export const buttons: Buttons = {
  // Opens an address in the browser: there is nothing to do.
  link: { needs: null, answer: async () => ({ do: 'nothing' }) },
  ...actionButtons,
  ...adjustButtons,
  ...alertButtons,
  ...alertsButtons,
  ...approvalButtons,
  ...languageButtons,
  ...lookupButtons,
  ...historyButtons,
  ...homeButtons,
  ...reportButtons,
  ...topButtons,
  ...enrolButtons,
  ...rewardButtons,
}

export const submissions: Submissions = {
  ...actionSubmissions,
  ...adjustSubmissions,
  ...enrolSubmissions,
  ...rewardSubmissions,
  ...alertSubmissions,
  ...approvalSubmissions,
  ...lookupSubmissions,
}

export const shortcuts: Shortcuts = { ...lookupShortcuts, ...customerShortcuts }

export const optionSources: OptionSources = { ...lookupOptions }
