// What the tests of the page rely on: whatever a visitor must never meet is noticed.
import { describe, expect, test } from 'vitest'
import { isWithoutBrowser, useSandbox } from '../support/browser.ts'

describe.skipIf(isWithoutBrowser)('a visit of the sandbox’s page', () => {
  const { visit } = useSandbox()

  test.each([
    ['an error in the console', "console.error('something broke')", 'something broke'],
    ['an error that nobody caught', "setTimeout(() => { throw new Error('nobody caught it') })", 'nobody caught it'],
    ['a request to another host', "fetch('http://elsewhere.invalid/').catch(() => {})", 'elsewhere.invalid'],
    ['a style that was slipped in', "document.head.innerHTML += '<style>p { color: red }</style>'", 'style-src'],
    [
      'a script that was slipped in',
      "document.body.append(Object.assign(document.createElement('script'), { text: '1' }))",
      'script-src',
    ],
  ])('fails by %s', async (_, script, trouble) => {
    const visiting = visit(async ({ page, shop }) => {
      await shop.waitFor()
      await page.evaluate(script)
      await page.waitForTimeout(200)
    })
    await expect(visiting).rejects.toThrow(trouble)
  })
})
