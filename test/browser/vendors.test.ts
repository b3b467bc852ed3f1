// What vendors and people do to a program, seen in all panes: webhooks that come again, an outage, two who decide together.
import { describe, expect, test } from 'vitest'
import { isWithoutBrowser, useSandbox } from '../support/browser.ts'
import { become, buy, command, dialogIn, journey, openContact, payment } from '../support/browser-doings.ts'

describe.skipIf(isWithoutBrowser)('the sandbox’s page', () => {
  const { visit } = useSandbox()

  test('shows that a redelivery changes nothing', () =>
    visit(async (visitor) => {
      const { shop, happened } = visitor
      await shop.getByRole('switch', { name: 'Deliver twice' }).check({ force: true })
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await journey(visitor, '+42 1 point per $1 on $42.00').click()
      const again = happened.getByRole('button', { name: /Deliver again/ })
      const count = await again.count()
      expect(count).toBeGreaterThan(1)
      for (let n = 0; n < count; n++) {
        await again.nth(n).click()
        await happened.getByText(/known already/).first().waitFor()
      }
      const record = await openContact(visitor, 'Ada Lovelace')
      await record.getByText('Bronze · 42 points').waitFor()
      await command(visitor, '/loyalty ada', '42 points')
      expect(await happened.getByText('1 point per $1 on $42.00').count()).toBeGreaterThan(0)
      expect(await happened.getByRole('button', { name: /\+42/ }).count()).toBe(1)
    }))

  test('shows a partial refund in all panes, with its reason', () =>
    visit(async (visitor) => {
      const { page } = visitor
      await buy(visitor, 'Amani Mwangi', { 'Espresso machine': 1 })
      const record = await openContact(visitor, 'Amani Mwangi')
      await record.getByText('Bronze · 249 points').waitFor()
      await payment(visitor, '$249.00').getByRole('button', { name: 'Refund' }).click()
      const refunding = dialogIn(page, 'Refund Amani Mwangi')
      await refunding.getByText('A part').click()
      await refunding.getByLabel('Amount in USD').fill('250')
      await refunding.getByText('Something between nothing and $249.00.').waitFor()
      await refunding.getByLabel('Amount in USD').fill('49')
      await refunding.getByRole('button', { name: 'Refund $49.00' }).click()
      await payment(visitor, '$249.00').getByText('$49.00 given back').waitFor()
      await journey(visitor, '−49').waitFor()
      await record.getByText('Bronze · 200 points').waitFor()
      await command(visitor, '/loyalty amani', /\$49\.00/)
    }))

  test('lets HubSpot be away, and shows that it heals', () =>
    visit(async (visitor) => {
      const { hubspot, happened } = visitor
      await hubspot.getByText('Outage', { exact: true }).click()
      await buy(visitor, 'Leyla Məmmədova', { Coffee: 2 })
      await hubspot.getByRole('list', { name: 'What waits for HubSpot' }).getByRole('listitem').first().waitFor()
      await happened.getByText('Trouble').first().waitFor()
      await hubspot.getByText('Nobody is here yet.').waitFor()
      await hubspot.getByText('Works', { exact: true }).click()
      // The next try comes by itself; time can be helped along.
      await visitor.page.getByRole('button', { name: 'Go one day on' }).click()
      const record = await openContact(visitor, 'Leyla Məmmədova')
      await record.getByText('Bronze · 9 points').waitFor()
      await hubspot.getByRole('list', { name: 'What waits for HubSpot' }).waitFor({ state: 'detached' })
    }))

  test('has a large gift decided by a second person, once', () =>
    visit(async (visitor) => {
      const { slack } = visitor
      await buy(visitor, 'Անահիտ', { Teapot: 1 })
      const card = await command(visitor, '/loyalty anahit@example.org', '42 points')
      await card.getByRole('button', { name: /^Adjust points/ }).click()
      console.log(await slack.getByRole('dialog').ariaSnapshot())
      await become(visitor, 'Ana')
      console.log(await slack.ariaSnapshot())
    }))
})
