/**
 * What is pressed on an alert: it is taken, put off, ended, opened again, or a reward is issued for it. The card that was pressed
 * is changed at once; the outbox, which brings all cards of it up to date, comes some seconds later and has the last word.
 */
import type { AlertStepInput, AlertView, App, Refusal } from '../../../src/app/ports.ts'
import { createWords, type Words } from '../../../src/words/words.ts'
import { alertSubject } from '../alert-marks.ts'
import { readMeasured } from '../alert-measured.ts'
import {
  type Asking,
  type Buttons,
  type Handler,
  type Message,
  onceFor,
  type Pressed,
  type Reply,
  type Submissions,
  type Submitted,
  type Tools,
} from '../desk.ts'
import { noticeView, say } from '../dispatch.ts'
import { parseJson } from '../form.ts'
import { refusalSentence } from '../refusals.ts'
import { alertCard, OUTCOMES, SNOOZE_DAYS, WITH_NOTE } from '../views/alert-card.ts'
import { headlineOf, whoOf } from '../views/alert-words.ts'
import { RESOLVE, resolveAbout, resolvedIn, resolveView } from '../views/resolve-alert.ts'
import { openReward } from './reward.ts'

/** "7 alr_…": what was chosen, and of which alert. */
function choiceIn(value: string): { chosen: string; id: string } {
  const [chosen = '', id = ''] = value.split(' ')
  return { chosen, id }
}

const step =
  (stepOf: (value: string) => { id: string; step: AlertStepInput } | null): Handler<Pressed>['answer'] =>
  async (pressed, asking, tools) => {
    const wish = stepOf(pressed.value)
    return wish === null ? { do: 'nothing' } : move(pressed, wish, asking, tools)
  }

interface Wish {
  id: string
  step: AlertStepInput
}

async function move(pressed: Pressed, wish: Wish, asking: Asking, tools: Tools): Promise<Reply> {
  const { app } = tools
  const key = onceFor(asking, `alert ${wish.step.do}`, pressed.once, wish)
  const moved = await app.moveAlert(wish.id, wish.step, asking.origin, key)
  if (moved.ok) return shown(pressed, moved.value, asking, app)
  const found = await app.getAlert(wish.id)
  const alert = found.ok ? found.value : null
  const told = say(whyNot(moved, alert, wish.step, asking.words))
  // The card showed something that is no longer so.
  return {
    do: 'say',
    message: told,
    ...(alert !== null && pressed.view === null && { after: () => shown(pressed, alert, asking, app) }),
  }
}

/** In mrkdwn: what others did meanwhile is the reason, and is named. */
function whyNot(refusal: Refusal, alert: AlertView | null, { do: wanted }: AlertStepInput, words: Words): string {
  if (refusal.code === 'not_found' || alert === null) return words.say('staff.alert.refused.gone')
  if (refusal.code !== 'conflict') return refusalSentence(words, refusal, 'other')
  if (wanted === 'reopen') return words.say(`staff.alert.refused.${alert.state === 'resolved' ? 'inactive' : 'open'}`)
  if (alert.state === 'resolved')
    return words.say('staff.alert.refused.resolved', { headline: headlineOf(alert, words) })
  const { assignee } = alert
  if (wanted === 'assign' && assignee !== null)
    return words.say('staff.alert.refused.taken', { who: whoOf(assignee, words) })
  return refusalSentence(words, refusal, 'other')
}

/** As it is now, where it was pressed. */
async function shown(pressed: Pressed, alert: AlertView, asking: Asking, app: App): Promise<Reply> {
  const { words, program } = asking
  if (pressed.view !== null && !pressed.view.isHome)
    return { do: 'update', view: noticeView(words, program, alertCard(alert, words)) }
  if (pressed.message === null) return { do: 'say', message: alertCard(alert, words) }
  return { do: 'replace', message: await cardIn(pressed.message, alert, asking, app) }
}

/** What stands in a channel is read by many, in English; what one alone sees is theirs. */
async function cardIn(
  { channel, ts }: NonNullable<Pressed['message']>,
  alert: AlertView,
  { words, program, now }: Asking,
  app: App,
): Promise<Message> {
  const [posted] = await app.postedOf([alertSubject(alert.id)])
  const isShared = posted?.channel === channel && posted.message === ts
  const own = isShared ? createWords({ language: 'en', program, now }) : words
  return alertCard(alert, own, { measured: await readMeasured(app) })
}

const show: Handler<Pressed> = {
  needs: 'view',
  answer: async ({ value, view }, { words, program }, { app }) => {
    const found = await app.getAlert(value)
    if (!found.ok) return { do: 'say', message: say(words.say('staff.alert.refused.gone')) }
    const card = alertCard(found.value, words, { measured: await readMeasured(app) })
    return view === null ? { do: 'say', message: card } : { do: 'open', view: noticeView(words, program, card) }
  },
}

/** The window in which any reward is issued, with what is suggested chosen. */
const issue: Handler<Pressed> = {
  needs: 'issue',
  opens: true,
  answer: async (pressed, asking, tools) => {
    const found = await tools.app.getAlert(pressed.value)
    if (!found.ok) return { do: 'say', message: say(asking.words.say('staff.alert.refused.gone')) }
    const { id, member, suggestion } = found.value
    return openReward({ member: member.id, alert: id, reward: suggestion?.reward }, 'open', asking, tools)
  },
}

const resolve: Handler<Pressed> = {
  needs: 'issue',
  answer: async (pressed, asking, tools) => {
    const { chosen, id } = choiceIn(pressed.value)
    if (chosen === WITH_NOTE) return openNote(id, asking, tools)
    const outcome = OUTCOMES.find((one) => one === chosen)
    return outcome === undefined
      ? { do: 'nothing' }
      : move(pressed, { id, step: { do: 'resolve', outcome } }, asking, tools)
  },
}

async function openNote(id: string, { words }: Asking, { app }: Tools): Promise<Reply> {
  const found = await app.getAlert(id)
  if (!found.ok) return { do: 'say', message: say(words.say('staff.alert.refused.gone')) }
  const alert = found.value
  if (alert.state === 'resolved')
    return {
      do: 'say',
      message: say(words.say('staff.alert.refused.resolved', { headline: headlineOf(alert, words) })),
    }
  return { do: 'open', view: resolveView(alert, words) }
}

const resolveSent: Handler<Submitted> = {
  needs: 'issue',
  answer: async ({ once, view, values }, asking, { app }) => {
    const { words, program } = asking
    const about = resolveAbout.safeParse(parseJson(view.about))
    const resolved = resolvedIn(values)
    if (!about.success || resolved === null) return { do: 'nothing' }
    const wish: Wish = { id: about.data.alert, step: { do: 'resolve', ...resolved } }
    const moved = await app.moveAlert(wish.id, wish.step, asking.origin, onceFor(asking, 'alert resolve', once, wish))
    if (moved.ok) return { do: 'update', view: noticeView(words, program, alertCard(moved.value, words)) }
    const found = await app.getAlert(wish.id)
    return { do: 'say', message: say(whyNot(moved, found.ok ? found.value : null, wish.step, words)) }
  },
}

export const alertButtons: Buttons = {
  'alert.show': show,
  'alert.take': { needs: 'issue', answer: step((id) => ({ id, step: { do: 'assign', ifFree: true } })) },
  'alert.issue': issue,
  'alert.snooze': {
    needs: 'issue',
    answer: step((value) => {
      const { chosen, id } = choiceIn(value)
      const days = SNOOZE_DAYS.find((one) => String(one) === chosen)
      return days === undefined ? null : { id, step: { do: 'snooze', days } }
    }),
  },
  'alert.resolve': resolve,
  'alert.reopen': { needs: 'issue', answer: step((id) => ({ id, step: { do: 'reopen' } })) },
}

export const alertSubmissions: Submissions = { [RESOLVE]: resolveSent }
