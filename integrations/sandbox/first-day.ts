/** What a new world begins with: a shop's shelf, a few customers, and the people who work there. */
import { addChannel, addUser, BOT_USER, type Workspace } from './doubles/slack/workspace.ts'
import type { Shop } from './doubles/stripe/shop.ts'

export const CHANNELS = { desk: 'C0LOYALTY', approvals: 'C0APPROVALS' } as const

/** Who one can be in the sandbox's Slack. */
export const STAFF = [
  { id: 'U0SAM', name: 'sam', realName: 'Sam Okello', role: 'issuer', about: 'serves customers' },
  { id: 'U0ANA', name: 'ana', realName: 'Ana Petrosyan', role: 'approver', about: 'approves what is above the limit' },
  { id: 'U0ILHAM', name: 'ilham', realName: 'İlham Əliyev', role: 'admin', about: 'runs the program' },
  { id: 'U0VIC', name: 'vic', realName: 'Vic Nobody', role: 'nobody', about: 'works in the warehouse' },
] as const
export type StaffRole = (typeof STAFF)[number]['role']

export const MARKETER = 'marketing@shop.test'

const CUSTOMERS = [
  { email: 'ada@example.org', name: 'Ada Lovelace', language: 'en-GB' },
  { email: 'abebe@example.org', name: 'አበበ ቢቂላ', language: 'am-ET' },
  { email: 'anahit@example.org', name: 'Անահիտ Սարգսյան', language: 'hy-AM' },
  { email: 'leyla@example.org', name: 'Leyla Məmmədova', language: 'az-AZ' },
  { email: 'amani@example.org', name: 'Amani Mwangi', language: 'sw-KE' },
] as const

/** Prices in minor units by what they would be in a currency with cents. */
const SHELF = [
  { name: 'Coffee', cents: 450 },
  { name: 'Bag of beans', cents: 1_800 },
  { name: 'Teapot', cents: 4_200 },
  { name: 'Espresso machine', cents: 24_900 },
  { name: 'Coffee every month', cents: 2_200, interval: 'month' },
] as const

export function furnishSlack(workspace: Workspace): void {
  for (const { id, name, realName } of STAFF) addUser(workspace, { id, name, realName })
  const everyone = [BOT_USER, ...STAFF.map(({ id }) => id)]
  addChannel(workspace, { id: CHANNELS.desk, name: 'loyalty', members: everyone })
  addChannel(workspace, { id: CHANNELS.approvals, name: 'loyalty-approvals', members: [BOT_USER, 'U0ANA', 'U0ILHAM'] })
}

/** @param minorPerCent how many minor units a cent is: 1, but 0.01 in yen, 10 in dinars */
export function furnishShop(shop: Shop, currency: string, minorPerCent: number): void {
  for (const { cents, name, ...rest } of SHELF)
    shop.addProduct({ name, amount: Math.max(1, Math.round(cents * minorPerCent)), currency, ...rest })
  for (const customer of CUSTOMERS) shop.addCustomer(customer)
}

/** Those of the sandbox may do what their role says, whatever the program's own lists are. */
export function staffOfSandbox<Section extends { admin: string[]; approver: string[]; issuer: string[] }>(
  section: Section,
): Section {
  const named = (role: StaffRole): string[] => STAFF.filter((one) => one.role === role).map(({ id }) => `slack:${id}`)
  return {
    ...section,
    admin: [...section.admin, ...named('admin')],
    approver: [...section.approver, ...named('approver')],
    issuer: [...section.issuer, ...named('issuer'), `hubspot:${MARKETER}`],
    approvalsChannel: CHANNELS.approvals,
  }
}
