// Which browser the browser tests use, and how long the sandbox's year is in them.
import { describe, expect, test } from 'vitest'
import { yearOf } from '../../integrations/sandbox/year.ts'
import { findChromium } from '../support/browser-setup.ts'

describe('the browser', () => {
  const all = () => true
  const none = () => false

  test.each([
    ['/opt/mine', all, '/opt/mine'],
    ['/opt/mine', none, null],
    ['/opt/mine', (path: string) => path === '/usr/bin/chromium', null],
    [undefined, all, '/usr/bin/chromium'],
    ['', all, '/usr/bin/chromium'],
    [undefined, (path: string) => path.endsWith('browser'), '/usr/bin/chromium-browser'],
    [undefined, (path: string) => path.endsWith('chrome'), '/usr/bin/google-chrome'],
    [undefined, none, null],
  ])('named %j is the one that is there', (named, exists, found) => {
    expect(findChromium(named, exists)).toBe(found)
  })
})

describe('the year', () => {
  test('is as long as the host says', () => {
    expect(yearOf('40x300')).toMatchObject({ customers: 40, purchases: 300 })
  })

  test.each([undefined, '', '40', 'x300', '40x', '-1x5', '40x300x1', '999999x1', '4e1x300'])(
    'is whole for %j',
    (said) => {
      expect(yearOf(said)).toMatchObject({ customers: 2_000, purchases: 30_000 })
    },
  )
})
