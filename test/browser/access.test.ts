// Whoever comes, however they look and whatever they hold: keyboard, phone, large letters, light and dark, by the rules of WCAG 2.2 AA.
import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { isWithoutBrowser, useSandbox, type Visit } from '../support/browser.ts'
import { buy, command, goTo, journey, openContact, payment } from '../support/browser-doings.ts'

const PHONE = { width: 375, height: 812 }
/** 1280 × 1024 at 400 %. */
const ENLARGED = { width: 320, height: 256 }
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const TABS_LIMIT = 120

interface Found {
  id: string
  help: string
  nodes: { target: unknown; failureSummary?: string }[]
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async (rules): Promise<Found[]> => {
    const { axe: run } = globalThis as unknown as { axe: typeof axe }
    return (await run.run({ runOnly: { type: 'tag', values: rules } })).violations as Found[]
  }, RULES)
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${JSON.stringify(target)} ${failureSummary ?? ''}`),
  )
}

interface InPage {
  contains(other: unknown): boolean
  ownerDocument: { activeElement: unknown }
}
/** It, or something in it. */
const hasFocus = (there: Locator): Promise<boolean> =>
  there.evaluate((element) => {
    const { contains, ownerDocument } = element as unknown as InPage
    return contains.call(element, ownerDocument.activeElement)
  })

/** As somebody without a mouse comes there. */
async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  await wanted.waitFor()
  for (let n = 0; n < TABS_LIMIT; n++) {
    if (await hasFocus(wanted)) return
    await page.keyboard.press(key)
  }
  throw new Error(`The keyboard does not come to ${wanted}`)
}

/** What one would have to scroll sideways for, or can never see: the page itself, words and controls. Runs in the page. */
const OFF_THE_SIDE = `(() => {
  const root = document.documentElement
  const scrolls = (element) =>
    element.scrollWidth > element.clientWidth && /auto|scroll/.test(getComputedStyle(element).overflowX)
  const isInScroller = (element) =>
    element !== null && element !== root && (scrolls(element) || isInScroller(element.parentElement))
  const isWord = (element) =>
    element.matches('button, input, select') ||
    [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim() !== '')
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect()
    return element.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1
  }
  const isOff = (element) => {
    const { left, right } = element.getBoundingClientRect()
    return right > root.clientWidth + 1 || left < -1
  }
  const off = [...document.body.querySelectorAll('*')].filter(
    (element) => isWord(element) && isSeen(element) && isOff(element) && !isInScroller(element),
  )
  const page = root.scrollWidth > root.clientWidth ? ['the page'] : []
  return [...page, ...off.map((element) => element.tagName + ': ' + element.textContent)]
})()`
const offTheSide = (page: Page): Promise<string[]> => page.evaluate<string[]>(OFF_THE_SIDE)

describe.skipIf(isWithoutBrowser)('the sandbox’s page', () => {
  const { visit } = useSandbox()

  test('can be used by the keyboard alone', () =>
    visit(async ({ page, shop, slack }) => {
      const press = async (wanted: Locator, key: string): Promise<void> => {
        await tabTo(page, wanted)
        await page.keyboard.press(key)
      }
      await press(shop.getByRole('button', { name: 'Ada Lovelace' }), 'Enter')
      await press(shop.getByRole('button', { name: 'One Teapot more' }), 'Space')
      await press(shop.getByRole('button', { name: 'Buy for $42.00' }), 'Enter')
      await shop.getByText('Bought. Watch it travel').waitFor()
      const composer = slack.getByRole('combobox', { name: /^Message #/ })
      await tabTo(page, composer)
      await page.keyboard.type('/loy')
      await slack.getByRole('listbox', { name: 'Commands' }).waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.type('ada')
      await page.keyboard.press('Enter')
      const adjust = slack.getByRole('button', { name: /^Adjust points/ })
      await adjust.waitFor()
      await tabTo(page, adjust, 'Shift+Tab')
      await page.keyboard.press('Enter')
      const adjusting = slack.getByRole('dialog', { name: 'Adjust points' })
      await adjusting.waitFor()
      for (let n = 0; n < 12; n++) {
        await page.keyboard.press('Tab')
        expect(await hasFocus(adjusting)).toBe(true)
      }
      await page.keyboard.press('Escape')
      await adjusting.waitFor({ state: 'detached' })
      expect(await hasFocus(adjust)).toBe(true)
    }))

  test.each([
    ['on a phone', PHONE],
    ['enlarged to 400 %', ENLARGED],
  ])('shows one part at a time %s, and nothing off the side', (_, viewport) =>
    visit(
      async (visitor) => {
        const { page, shop, slack, hubspot, happened } = visitor
        const open = async (name: string, pane: Locator): Promise<void> => {
          await page.getByRole('tab', { name, exact: true }).click()
          await pane.waitFor()
          expect(await offTheSide(page)).toEqual([])
        }
        await shop.waitFor()
        expect(await offTheSide(page)).toEqual([])
        expect(await slack.isVisible()).toBe(false)
        await buy(visitor, 'Ada Lovelace', { 'Espresso machine': 1 })
        await open('Slack', slack)
        const card = await command(visitor, '/loyalty ada', '249 points')
        expect(await offTheSide(page)).toEqual([])
        await card.getByRole('button', { name: /^Issue reward/ }).click()
        await slack.getByRole('dialog', { name: 'Issue reward' }).waitFor()
        expect(await offTheSide(page)).toEqual([])
        await slack.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
        await open('HubSpot', hubspot)
        await (await openContact(visitor, 'Ada Lovelace')).getByText('Bronze · 249 points').waitFor()
        await open('What happened', happened)
        await journey(visitor, '+249').click()
        expect(await offTheSide(page)).toEqual([])
        await page.getByRole('tab', { name: 'What happened' }).press('ArrowRight')
        await shop.waitFor()
      },
      { viewport },
    ),
  )

  /** What is looked at, and how one comes there. */
  const states: Record<string, (visitor: Visit) => Promise<void>> = {
    'an empty world': async () => {},
    'a purchase': async (visitor) => {
      await buy(visitor, 'Ada Lovelace', { 'Espresso machine': 1 })
      await journey(visitor, '+249').click()
      await openContact(visitor, 'Ada Lovelace')
      await command(visitor, '/loyalty ada', '249 points')
    },
    'a window in Slack': async (visitor) => {
      await visitor.slack.getByRole('button', { name: /^Issue reward/ }).click()
      await visitor.slack.getByRole('dialog', { name: 'Issue reward' }).waitFor()
    },
    'Slack’s Home': async (visitor) => {
      await visitor.slack.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
      await goTo(visitor, 'Home')
      await visitor.slack.getByRole('region', { name: 'Home of Regulars' }).getByRole('heading').first().waitFor()
    },
    'a window of the shop': async (visitor) => {
      await payment(visitor, '$249.00').getByRole('button', { name: 'Refund' }).click()
      await visitor.page.getByRole('dialog', { name: /^Refund/ }).waitFor()
    },
  }

  test.each(['light', 'dark'] as const)(
    'keeps the rules of WCAG 2.2 AA in the %s',
    { timeout: 120_000 },
    (colorScheme) =>
      visit(
        async (visitor) => {
          const found: Record<string, string[]> = {}
          for (const [name, come] of Object.entries(states)) {
            await come(visitor)
            expect(await offTheSide(visitor.page)).toEqual([])
            found[name] = await violations(visitor.page)
          }
          expect(found).toEqual(Object.fromEntries(Object.keys(states).map((name) => [name, []])))
        },
        { colorScheme },
      ),
  )

  test.each(['light', 'dark'] as const)('keeps them on a phone in the %s', { timeout: 120_000 }, (colorScheme) =>
    visit(
      async (visitor) => {
        const { page } = visitor
        await buy(visitor, 'Ada Lovelace', { 'Espresso machine': 1 })
        const found: Record<string, string[]> = {}
        for (const name of ['Shop', 'Slack', 'HubSpot', 'What happened']) {
          await page.getByRole('tab', { name, exact: true }).click()
          await page.getByRole('tab', { name, exact: true, selected: true }).waitFor()
          found[name] = await violations(page)
        }
        expect(found).toEqual({ Shop: [], Slack: [], HubSpot: [], 'What happened': [] })
      },
      { colorScheme, viewport: PHONE },
    ),
  )
})
