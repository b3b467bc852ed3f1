/** What staff and the API do with alerts. */
import type { Context } from '../context.ts'
import type { App } from '../ports.ts'
import { getAlert, listAlerts } from './alert-views.ts'
import { moveAlert } from './move-alert.ts'

export const createAlerts = (context: Context): Pick<App, 'listAlerts' | 'getAlert' | 'moveAlert'> => ({
  listAlerts: (filter) => listAlerts(context, filter),
  getAlert: (id) => getAlert(context, id),
  moveAlert: (id, step, origin, key) => context.onDesk(origin, (desk) => moveAlert(desk, id, step, key)),
})
