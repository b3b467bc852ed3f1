// What vendors and people do to a program, seen in all panes: webhooks that come again, an outage, two who decide together.
import { describe, expect, test } from 'vitest'
import { isWithoutBrowser, useSandbox } from '../support/browser.ts'
import {
  become,
  buy,
  choose,
  command,
  fillBasket,
  goTo,
  journey,
  later,
  openContact,
  payment,
} from '../support/browser-doings.ts'

describe.skipIf(isWithoutBrowser)('the sandbox’s page', () => {
  const { visit } = useSandbox()

  test('shows that a redelivery changes nothing', () =>
    visit(async (visitor) => {
      const { shop, happened } = visitor
      await choose(shop.getByRole('switch', { name: 'Deliver twice' }))
      await shop.getByRole('switch', { name: 'Deliver twice', checked: true }).waitFor()
      await buy(visitor, 'Ada Lovelace', { Teapot: 1 })
      await journey(visitor, '+42 1 point per $1 on $42.00').click()
      const charge = happened.getByRole('listitem').filter({ hasText: 'charge.succeeded' }).last()
      await charge.getByRole('button', { name: 'Deliver again' }).click()
      await charge.getByText('It was known already, so nothing changed').waitFor()
      await (await openContact(visitor, 'Ada Lovelace')).getByText('Bronze · 42 points').waitFor()
      await command(visitor, '/loyalty ada', '42 points')
      const lines = happened.getByRole('button', { name: /\+42/, expanded: true })
      expect([await lines.count(), await journey(visitor, '+42').count()]).toEqual([1, 0])
    }))

  test('shows a partial refund in all panes, with its reason', () =>
    visit(async (visitor) => {
      await buy(visitor, 'Amani Mwangi', { 'Espresso machine': 1 })
      const record = await openContact(visitor, 'Amani Mwangi')
      await record.getByText('Bronze · 249 points').waitFor()
      await payment(visitor, '$249.00').getByRole('button', { name: 'Refund' }).click()
      const refunding = visitor.page.getByRole('dialog', { name: 'Refund Amani Mwangi' })
      await choose(refunding.getByRole('radio', { name: 'A part' }))
      await refunding.getByLabel('Amount in USD').fill('250')
      await refunding.getByText('Something between nothing and $249.00.').waitFor()
      await refunding.getByLabel('Amount in USD').fill('49')
      await refunding.getByRole('button', { name: 'Refund $49.00' }).click()
      await payment(visitor, '$249.00').getByText('$49.00 given back').waitFor()
      await journey(visitor, '−49').waitFor()
      await record.getByText('Bronze · 200 points').waitFor()
      await command(visitor, '/loyalty amani', 'refund −$49.00')
    }))

  test('lets HubSpot be away, and shows that it heals', () =>
    visit(async (visitor) => {
      const { hubspot } = visitor
      const waiting = hubspot.getByRole('list', { name: 'What waits for HubSpot' })
      await choose(hubspot.getByRole('radio', { name: 'Outage' }))
      await hubspot.getByRole('radio', { name: 'Outage', checked: true }).waitFor()
      await buy(visitor, 'Leyla Məmmədova', { Coffee: 2 })
      await waiting.getByRole('listitem').first().waitFor()
      await journey(visitor, 'Trouble').waitFor()
      await hubspot.getByText('Nobody is here yet.').waitFor()
      await choose(hubspot.getByRole('radio', { name: 'Works' }))
      // It is tried again by itself, in the sandbox's time.
      await later(visitor, '+1 day')
      const record = await openContact(visitor, 'Leyla Məmmədova')
      await record.getByText('Bronze · 9 points').waitFor()
      await waiting.waitFor({ state: 'detached' })
    }))

  test('has a large gift decided by a second person, once', () =>
    visit(async (visitor) => {
      const { slack } = visitor
      await buy(visitor, 'Անահիտ', { Teapot: 1 })
      const card = await command(visitor, '/loyalty anahit@example.org', '42 points')
      await card.getByRole('button', { name: /^Adjust points/ }).click()
      const adjusting = slack.getByRole('dialog', { name: 'Adjust points' })
      await adjusting.getByLabel('Points').fill('+5000')
      await adjusting.getByLabel('Why').fill('Stood in the rain for us')
      await adjusting.getByRole('button', { name: 'Adjust', exact: true }).click()
      await adjusting.getByText('5,000 points need a second pair of eyes.').waitFor()
      await adjusting.getByRole('button', { name: 'Close' }).last().click()
      await command(visitor, '/loyalty anahit@example.org', '42 points')

      await become(visitor, 'Ana Petrosyan')
      await goTo(visitor, 'loyalty-approvals')
      const asked = slack.getByRole('article').filter({ hasText: '5,000 points' })
      await asked.getByText('Why: Stood in the rain for us').waitFor()
      await asked.getByRole('button', { name: /^Approve/ }).click()
      await asked.getByText('Approved by @Ana Petrosyan').waitFor()
      expect(await asked.getByRole('button', { name: /^(Approve|Reject)/ }).count()).toBe(0)

      await become(visitor, 'Sam Okello')
      await command(visitor, '/loyalty anahit@example.org', '5,042 points')
      await journey(visitor, '+5,000').waitFor()
      await goTo(visitor, 'Regulars')
      const decided = slack.getByRole('article').filter({ hasText: 'approved what you asked for' })
      await decided.getByText('has 5,042 points now').waitFor()
      await decided.getByText('Հարգելի՛ Անահիտ Սարգսյան').waitFor()
    }))

  test('lets somebody whom no list names look, and do nothing', () =>
    visit(async (visitor) => {
      const { slack } = visitor
      await buy(visitor, 'Ada Lovelace', { 'Espresso machine': 1 })
      await become(visitor, 'Vic Nobody')
      const card = await command(visitor, '/loyalty ada', '249 points')
      await card.getByRole('button', { name: /^History/ }).waitFor()
      expect(await card.getByRole('button', { name: /^(Issue reward|Adjust points)/ }).count()).toBe(0)
      await command(visitor, '/loyalty reward ada', 'You may look members up, but not change anything.')
      await slack.getByRole('dialog').waitFor({ state: 'detached' })
    }))

  test('says in words what makes no sense at the checkout', () =>
    visit(async (visitor) => {
      const { shop } = visitor
      const buying = await fillBasket(visitor, 'Ada Lovelace', { Coffee: 1 })
      await shop.getByLabel('Promotion code').fill('NO-SUCH-CODE')
      await buying.click()
      await shop.getByText('There is no code NO-SUCH-CODE').waitFor()
      await shop.getByText('Nothing was bought yet.').waitFor()
    }))
})
