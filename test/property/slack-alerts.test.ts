// Whatever staff, customers and Slack do, and in whatever order: in the end there is one card, and it says what is so.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { textOf } from '../../integrations/sandbox/doubles/slack/text-of.ts'
import { alertCard } from '../../integrations/slack/views/alert-card.ts'
import type { AlertStepInput } from '../../src/app/ports.ts'
import { createWords } from '../../src/words/words.ts'
import { startSlack } from '../support/slack.ts'
import { cards, createShop, DAY, replies, waiting } from '../support/slack-alerts.ts'

const slack = startSlack()

const sam = { source: 'slack:U0SAM', actor: 'slack:U0SAM' }
const moves: Record<string, AlertStepInput> = {
  take: { do: 'assign', ifFree: true },
  leave: { do: 'assign', to: null },
  snooze: { do: 'snooze', days: 1 },
  help: { do: 'resolve', outcome: 'helped', note: 'Called <!here>' },
  give: { do: 'resolve', outcome: 'gone' },
  reopen: { do: 'reopen' },
}
const doing = fc.constantFrom(...Object.keys(moves), 'buy', 'flush', 'day', 'down', 'limit', 'fail', 'up')

test('one card at the end, true; and never two words of one coming back', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(doing, { maxLength: 14 }), async (deeds) => {
      const { desk, open, alert } = await createShop(slack)
      const { id } = await open('grace')
      for (const deed of deeds) {
        const step = moves[deed]
        if (step !== undefined) await desk.app.moveAlert(id, step, sam, null)
        else if (deed === 'buy') await desk.buys('grace', 20)
        else if (deed === 'flush') await desk.flush()
        else if (deed === 'day') await desk.flush(DAY)
        else if (deed === 'down') desk.slack.settings.down = 'broken'
        else if (deed === 'up') desk.slack.settings.down = null
        else if (deed === 'limit') desk.slack.script({ kind: 'limit', retryAfterS: 5 })
        else desk.slack.script({ kind: 'status', status: 503 })
      }
      desk.slack.settings.down = null
      for (let n = 0; n < 20; n++) await desk.flush(310_000)
      const now = await alert(id)
      const words = createWords({ language: 'en', program: desk.program, now: desk.clock.now() })
      const shown = cards(desk)
      expect(shown.length).toBeLessThanOrEqual(1)
      if (now.state === 'open') expect(shown).toHaveLength(1)
      for (const { blocks } of shown) expect(textOf(blocks)).toBe(textOf(alertCard(now, words).blocks as never))
      expect(replies(desk).filter(({ reads }) => reads.includes('is back')).length).toBeLessThanOrEqual(1)
      expect((await waiting(desk)).filter(({ dueAt }) => dueAt <= desk.clock.now())).toEqual([])
    }),
    { numRuns: 60 },
  )
})
