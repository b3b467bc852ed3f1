/** The account itself: https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details */
import type { Hono } from 'hono'
import { DATED, type Scene } from './scope.ts'

export function addAccountRoutes(app: Hono, { desk: open }: Scene): void {
  app.get(`/account-info/${DATED}/details`, (c) =>
    c.json({
      portalId: open().portal.id,
      accountType: 'STANDARD',
      timeZone: 'US/Eastern',
      companyCurrency: 'USD',
      additionalCurrencies: [],
      utcOffset: '-05:00',
      utcOffsetMilliseconds: -18_000_000,
      uiDomain: 'app.hubspot.com',
      dataHostingLocation: 'na1',
    }),
  )
}
