// The sandbox's world as a whole: time goes on in it, another program comes into force, it is kept, and it begins anew.
import { describe, expect, test } from 'vitest'
import { isWithoutBrowser, useSandbox } from '../support/browser.ts'
import { buy, choose, command, journey, later, openContact, payment } from '../support/browser-doings.ts'

describe.skipIf(isWithoutBrowser)('the sandbox’s world', () => {
  const { visit, trial, restart } = useSandbox()

  test('goes on in time: a subscription renews', () =>
    visit(async (visitor) => {
      const { shop } = visitor
      await shop.getByRole('button', { name: 'Ada Lovelace' }).click()
      const subscriptions = shop.getByRole('region', { name: 'Subscriptions' })
      await subscriptions.getByRole('button', { name: 'Subscribe' }).click()
      const paidUntil = subscriptions.getByText(/^paid until/)
      const until = await paidUntil.textContent()
      await (await openContact(visitor, 'Ada Lovelace')).getByText('Bronze · 22 points').waitFor()
      await later(visitor, '+1 month')
      await paidUntil.filter({ hasNotText: until ?? '' }).waitFor()
      await visitor.hubspot.getByText('Bronze · 44 points').waitFor()
      await journey(visitor, 'A month goes by').waitFor()
      expect(await payment(visitor, '$22.00').count()).toBe(2)
    }))

  test('takes another program, whose rules hold from then on', () =>
    visit(async (visitor) => {
      const { page, hubspot } = visitor
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await page.getByLabel('Program').selectOption({ label: 'Beauty VIP' })
      await page.getByRole('heading', { level: 1, name: 'Beauty VIP' }).waitFor()
      await page.getByRole('combobox', { name: 'Program', disabled: false }).waitFor()
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await journey(visitor, '+420').waitFor()
      await page.getByLabel('Program').selectOption({ label: 'program.json' })
      await page.getByRole('heading', { level: 1, name: 'Corner Club' }).waitFor()
      await hubspot.getByRole('button', { name: 'Ada Lovelace' }).waitFor()
    }))

  test('is kept when the page is loaded again', () =>
    visit(async (visitor) => {
      const { page, slack, hubspot, tour } = visitor
      await buy(visitor, 'አበበ ቢቂላ', { 'Bag of beans': 2 })
      await command(visitor, '/loyalty abebe', '36 points')
      const kept = async (): Promise<void> => {
        await payment(visitor, '$36.00').waitFor()
        await slack.getByRole('article').filter({ hasText: '36 points' }).waitFor()
        await hubspot.getByRole('button', { name: 'አበበ ቢቂላ' }).waitFor()
        await journey(visitor, '+36 1 point per $1 on $36.00').waitFor()
        await tour.getByRole('button', { name: 'Step 1: Sell something, done' }).waitFor()
      }
      await kept()
      await page.reload()
      await kept()
    }))

  test('is there again when the sandbox was stopped and started, and the page notices', () =>
    visit(async (visitor) => {
      const { page, hubspot, forgive } = visitor
      const lost = page.getByText('The sandbox does not answer. What you see may be old')
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await later(visitor, '+1 day')
      forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/)
      await restart(() => lost.waitFor())
      await lost.waitFor({ state: 'detached' })
      await page.getByText('in the sandbox', { exact: true }).waitFor({ state: 'attached' })
      await payment(visitor, '$42.00').waitFor()
      await hubspot.getByRole('button', { name: 'Ada Lovelace' }).waitFor()
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await command(visitor, '/loyalty ada', '84 points')
    }))

  test('begins anew, once somebody is sure', () =>
    visit(async (visitor) => {
      const { page, shop, slack, hubspot } = visitor
      await choose(shop.getByRole('switch', { name: 'Deliver twice' }))
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await later(visitor, '+1 day')
      await command(visitor, '/loyalty ada', '42 points')
      await choose(hubspot.getByRole('radio', { name: 'Outage' }))
      await page.getByRole('button', { name: 'Start over' }).click()
      const sure = page.getByRole('dialog', { name: 'Start over?' })
      await sure.getByRole('button', { name: 'Keep everything' }).click()
      await payment(visitor, '$42.00').waitFor()
      await page.getByRole('button', { name: 'Start over' }).click()
      await sure.getByRole('button', { name: 'Start over' }).click()
      await shop.getByText('Nothing was bought yet.').waitFor()
      await hubspot.getByText('Nobody is here yet.').waitFor()
      await slack.getByText('Nothing was said here yet.').waitFor()
      await page.getByText('in the sandbox', { exact: true }).waitFor({ state: 'detached' })
      await shop.getByRole('switch', { name: 'Deliver twice', checked: false }).waitFor()
      await hubspot.getByRole('radio', { name: 'Works', checked: true }).waitFor()
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await (await openContact(visitor, 'Ada Lovelace')).getByText('Bronze · 42 points').waitFor()
      expect(trial().logs()).not.toContain('"level":"error"')
    }))
})
