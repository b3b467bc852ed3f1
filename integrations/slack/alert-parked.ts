/**
 * Alerts that Slack refused because of the channel wait, parked, for somebody to set it right. As soon as one goes through, the
 * others are sent as well: nobody has to do so one by one.
 */
import type { App } from '../../src/app/ports.ts'
import { SLACK_ALERT } from './deliver.ts'

const SETTING = 'slack_alerts_parked'
const PAGE = 200
/** Pages looked through at the most. */
const PAGES = 100

type Outbox = Pick<App, 'getSetting' | 'putSetting' | 'listOutbox' | 'retryOutbox'>

/** Whether any of these deliveries was refused, and whether any message was posted by them. */
export async function notePassage(app: Outbox, { isRefused, isPosted }: { isRefused: boolean; isPosted: boolean }) {
  if (!isRefused && !isPosted) return
  const isWaiting = (await app.getSetting(SETTING)) === 'yes'
  if (isRefused && !isWaiting) await app.putSetting(SETTING, 'yes')
  // Another channel than the one that refuses may have taken it.
  if (!isPosted || isRefused || !isWaiting) return
  await app.putSetting(SETTING, '')
  await reviveAll(app)
}

async function reviveAll(app: Outbox): Promise<void> {
  let cursor: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const { items, next } = await app.listOutbox({ limit: PAGE, ...(cursor !== undefined && { cursor }) })
    for (const { id, kind, state } of items) if (kind === SLACK_ALERT && state === 'parked') await app.retryOutbox(id)
    if (next === null) return
    cursor = next
  }
}
