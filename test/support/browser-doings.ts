// What a visitor of the sandbox's page does, by what is read there and heard by a screen reader.
import type { Locator } from 'playwright-core'
import type { Visit } from './browser.ts'

type Things = Record<string, number>

const exactly = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))

/** A radio button or a switch; by the keyboard, since what is drawn may lie over it. */
export const choose = (control: Locator): Promise<void> => control.press(' ')

/** Chooses who buys, and what; answers the button that says the price. */
export async function fillBasket({ shop }: Visit, who: string, things: Things): Promise<Locator> {
  const other = shop.getByRole('button', { name: 'Somebody else' })
  const wanted = shop.getByRole('list', { name: 'Customers' }).getByRole('button', { name: who })
  // Who was served last is still served, once the page knows who there is.
  await other.or(wanted).first().waitFor()
  if (await other.isVisible()) await other.click()
  await wanted.click()
  // Then the list folds up, and what is below it moves.
  await other.waitFor()
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

/** Something that somebody did, and what came of it: the rows below that are not opened. */
export const journey = ({ happened }: Visit, text: string): Locator =>
  happened.getByRole('button', { name: exactly(text), expanded: false })

/** Types it in the channel that is open; answers the newest message to them alone that says this. */
export async function command({ slack }: Visit, line: string, answer: string | RegExp): Promise<Locator> {
  const composer = slack.getByRole('combobox', { name: /^Message #/ })
  await composer.fill(line)
  await composer.press('Enter')
  const told = slack.getByRole('article', { name: /only visible to you/ })
  const answered = told.filter({ hasText: answer }).last()
  await answered.waitFor()
  return answered
}

/** Somebody of the shop's team, by the whole name. */
export async function become({ slack }: Visit, name: string): Promise<void> {
  const who = slack.getByRole('group', { name: 'Who you are in Slack' })
  const first = name.split(' ')[0] ?? name
  await choose(who.getByRole('radio', { name: first }))
  // What is typed next is theirs only once they are chosen.
  await who.getByRole('radio', { name: first, checked: true }).waitFor()
  await who.getByText(name).waitFor()
}

export const goTo = ({ slack }: Visit, place: string): Promise<void> =>
  slack
    .getByRole('navigation')
    .getByRole('button', { name: exactly(place) })
    .last()
    .click()

/** The contact's record, with the loyalty card. */
export async function openContact({ hubspot }: Visit, name: string): Promise<Locator> {
  await hubspot.getByRole('region', { name: 'Contacts' }).getByRole('button', { name, exact: true }).click()
  const record = hubspot.getByRole('region', { name: 'Contact', exact: true })
  await record.getByRole('heading', { name, level: 3 }).waitFor()
  return record
}

/** Goes on in time, and waits until it is over. */
export async function later({ page }: Visit, by: '+1 day' | '+1 month'): Promise<void> {
  const button = page.getByRole('button', { name: by })
  const today = page.getByText(/^Today is/)
  const before = await today.textContent()
  await button.click()
  await page.getByRole('button', { name: by, disabled: false }).waitFor()
  await today.filter({ hasNotText: before ?? '' }).waitFor()
}
