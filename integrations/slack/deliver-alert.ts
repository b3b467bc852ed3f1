/**
 * Alerts to staff, as cards that stay true: posted once, changed in their place, a word in the thread when the customer is back.
 * More than ten in an hour become one summary. What is posted is looked at first, so a delivery may run twice; only a crash
 * between Slack's answer and our noting it makes a card twice: Slack takes no key by which it would know the second (its
 * `client_msg_id` is no documented argument), and reading the channel back would need the right to read what people write.
 */
import type { PostedMessage } from '../../src/app/ports/staffroom.ts'
import type { AlertView, DeliveryOutcome, OutboxRow } from '../../src/app/ports.ts'
import { alertSubject, comebackSubject, readMark } from './alert-marks.ts'
import { readMeasured, refreshMeasured } from './alert-measured.ts'
import { notePassage } from './alert-parked.ts'
import { type Posting, postFresh, stopped } from './alert-posting.ts'
import { followUp } from './alert-threads.ts'
import type { Delivering, DeliverMany } from './deliver.ts'

export const deliverAlerts: DeliverMany = async (rows, delivering) => {
  const { app, clock } = delivering
  const told = rows.map((row) => ({ row, id: alertIn(row) }))
  const ids = [...new Set(told.flatMap(({ id }) => id ?? []))]
  const alerts = await viewsOf(ids, delivering)
  const subjects = ids.flatMap((id) => [alertSubject(id), comebackSubject(id)])
  const posting: Posting = {
    delivering,
    words: delivering.words(),
    measured: await readMeasured(app),
    now: clock.now(),
    alerts,
    posted: new Map((await app.postedOf(subjects)).map((one) => [one.subject, one])),
    recent: new Map(),
    outcomes: new Map(),
    stop: null,
    hasPosted: false,
  }
  await postFresh(posting, freshOf(posting))
  for (const { row, id } of told) if (id !== null) await keepTrue(posting, id, row)
  const isRefused = [...posting.outcomes.values()].some(({ kind }) => kind === 'refused')
  await notePassage(app, { isRefused, isPosted: posting.hasPosted })
  if (posting.stop === null) await refreshMeasured(delivering, posting.now)
  return told.map(({ id }): DeliveryOutcome => {
    if (id === null) return { kind: 'refused', reason: 'It names no alert' }
    return posting.outcomes.get(id) ?? { kind: 'done' }
  })
}

const alertIn = ({ payload }: OutboxRow): string | null => {
  const { alert } = (payload ?? {}) as { alert?: unknown }
  return typeof alert === 'string' ? alert : null
}

/** Those that there are: one held out, or gone with its member, is told of nowhere. */
async function viewsOf(ids: readonly string[], { app }: Delivering): Promise<Map<string, AlertView>> {
  const found = await Promise.all(ids.map((id) => app.getAlert(id)))
  return new Map(found.flatMap((one) => (one.ok ? [[one.value.id, one.value] as const] : [])))
}

/** Nobody was told of them yet. What ended or was put off before anybody saw it is not news. */
const freshOf = ({ alerts, posted }: Posting): AlertView[] =>
  [...alerts.values()].filter(({ id, state }) => state === 'open' && !posted.has(alertSubject(id)))

async function keepTrue(posting: Posting, id: string, row: OutboxRow): Promise<void> {
  const alert = posting.alerts.get(id)
  const card: PostedMessage | undefined = posting.posted.get(alertSubject(id))
  if (alert === undefined || card === undefined || posting.outcomes.has(id)) return
  if (posting.stop !== null) return void posting.outcomes.set(id, posting.stop)
  if (readMark(card).gone === true) return
  const outcome = await followUp(posting, { alert, card, row })
  if (outcome.kind !== 'done') stopped(posting, id, outcome)
}
