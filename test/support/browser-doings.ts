// What a visitor of the sandbox's page does, by what is read there and heard by a screen reader.
import type { Locator } from 'playwright-core'
import type { Visit } from './browser.ts'

type Things = Record<string, number>

const escaped = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))

/** Chooses who buys, and what; ends where the button says the price. */
export async function fillBasket({ shop }: Visit, who: string, things: Things): Promise<Locator> {
  const other = shop.getByRole('button', { name: 'Somebody else' })
  if (await other.isVisible()) await other.click()
  await shop.getByRole('list', { name: 'Customers' }).getByRole('button', { name: who }).click()
  for (const [thing, count] of Object.entries(things))
    for (let n = 0; n < count; n++) await shop.getByRole('button', { name: `One ${thing} more` }).click()
  return shop.getByRole('button', { name: /^Buy for/ })
}

export async function buy(visit: Visit, who: string, things: Things): Promise<void> {
  await (await fillBasket(visit, who, things)).click()
  await visit.shop.getByText('Bought. Watch it travel').waitFor()
}

/** What was paid, by its price. */
export const payment = ({ shop }: Visit, price: string): Locator =>
  shop.getByRole('region', { name: 'Payments' }).getByRole('listitem').filter({ hasText: price })

/** One of the rows below: something that somebody did, and what came of it. */
export const journey = ({ happened }: Visit, text: string | RegExp): Locator =>
  happened.getByRole('button', { name: typeof text === 'string' ? escaped(text) : text })

/** Types it in the channel that is open; ends with the newest answer that says this. */
export async function command({ slack }: Visit, line: string, answer: string | RegExp): Promise<Locator> {
  const composer = slack.getByRole('combobox', { name: /^Message #/ })
  await composer.fill(line)
  await composer.press('Enter')
  const answered = slack.getByRole('article', { name: /only visible to you/ }).filter({ hasText: answer }).last()
  await answered.waitFor()
  return answered
}

export async function become({ slack }: Visit, name: string): Promise<void> {
  await slack.getByRole('radio', { name: new RegExp(`^${name}`) }).check({ force: true })
  await slack.getByText(`You are ${name}`).waitFor()
}

/** The contact's record, with the loyalty card. */
export async function openContact({ hubspot }: Visit, name: string): Promise<Locator> {
  await hubspot.getByRole('region', { name: 'Contacts' }).getByRole('button', { name, exact: true }).click()
  const record = hubspot.getByRole('region', { name: 'Contact', exact: true })
  await record.getByRole('heading', { name, level: 3 }).waitFor()
  return record
}

/** The one window over the page. */
export const dialogIn = (within: Locator | Visit['page'], name: string | RegExp): Locator =>
  within.getByRole('dialog', { name })
