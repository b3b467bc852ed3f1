// The guided tour as a newcomer takes it, from the first purchase to the first alert.
import { describe, expect, test } from 'vitest'
import { isWithoutBrowser, useSandbox } from '../support/browser.ts'
import { buy, command, fillBasket, journey, openContact, payment } from '../support/browser-doings.ts'

describe.skipIf(isWithoutBrowser)('the guided tour', () => {
  const { visit } = useSandbox({ env: { REGULARS_SANDBOX_YEAR: '40x300' } })

  test('leads from a purchase to an alert, each step done by what it asks for', { timeout: 120_000 }, () =>
    visit(async (visitor) => {
      const { page, shop, slack, hubspot, happened, tour } = visitor
      const isDone = (step: number) =>
        tour.getByRole('button', { name: new RegExp(`^Step ${step}: .*, done$`) }).waitFor()

      await tour.getByText('Sell something.').waitFor()
      await buy(visitor, 'Ada Lovelace', { 'Espresso machine': 2, Teapot: 1 })
      await isDone(1)

      await tour.getByText('See the points.').waitFor()
      await journey(visitor, '+540 1 point per $1 on $540.00').click()
      await happened.getByRole('region', { name: 'JSON' }).first().waitFor()
      await isDone(2)

      await tour.getByText('Find her in HubSpot.').waitFor()
      const record = await openContact(visitor, 'Ada Lovelace')
      await record.getByText('Silver · 540 points').waitFor()
      await isDone(3)

      await tour.getByText('Look her up in Slack.').waitFor()
      const card = await command(visitor, '/loyalty ada', '540 points')
      await isDone(4)

      await tour.getByText('Issue a reward.').waitFor()
      await card.getByRole('button', { name: /^Issue reward/ }).click()
      const issuing = slack.getByRole('dialog', { name: 'Issue reward' })
      await issuing.getByLabel('Reward').selectOption({ label: '$5 off · 500 points · leaves 40' })
      await issuing.getByRole('button', { name: 'Issue', exact: true }).click()
      await issuing.getByText('is ready: $5 off, once').waitFor()
      const [code = ''] = /[A-Z0-9]+-[A-Z0-9]{4,}/.exec((await issuing.textContent()) ?? '') ?? []
      expect(code).not.toBe('')
      await isDone(5)
      await issuing.getByRole('button', { name: 'Close' }).last().click()

      await tour.getByText('Use the code at checkout.').waitFor()
      await fillBasket(visitor, 'Ada Lovelace', { 'Bag of beans': 1 })
      await shop.getByRole('button', { name: code }).click()
      await shop.getByRole('button', { name: /^Buy for/ }).click()
      await payment(visitor, '$13.00').waitFor()
      await isDone(6)
      await record.getByText('Silver · 54 points').waitFor()

      await tour.getByText('Give money back.').waitFor()
      await payment(visitor, '$540.00').getByRole('button', { name: 'Refund' }).click()
      const refunding = page.getByRole('dialog', { name: /^Refund/ })
      await refunding.getByRole('button', { name: 'Refund $540.00' }).click()
      await payment(visitor, '$540.00').getByText('All given back').waitFor()
      await isDone(7)
      await journey(visitor, '−540').waitFor()
      await record.getByText(/Bronze · [-−]486 points/).waitFor()
      await command(visitor, '/loyalty ada', 'owes 486 points')

      await tour.getByText('Hear who may be leaving.').waitFor()
      await page.getByRole('button', { name: 'A year in a minute' }).click()
      await page
        .getByRole('banner')
        .getByText(/^40 customers and 300 purchases in/)
        .waitFor({ timeout: 60_000 })
      await slack.getByRole('article').filter({ hasText: 'may be leaving' }).first().waitFor()
      await isDone(8)
      await tour.getByText('That was the tour.').waitFor()
      await hubspot.getByRole('button', { name: 'All contacts' }).click()
    }),
  )
})
