/** Why HubSpot refuses contacts: whom, and in its own words. */
import type { App } from '../../../src/app/ports.ts'
import type { Words } from '../../../src/words/words.ts'
import { actions, bold, button, context, esc, section } from '../blocks.ts'
import type { Block, DeskSettings, Message } from '../desk.ts'
import { CONTACT_KIND } from '../health.ts'
import { nameOf } from '../naming.ts'

const SHOWN = 8
const COUNTED = 100

/** Null where nobody is refused. */
export async function whyRefused(
  app: Pick<App, 'refusedContacts' | 'getMember'>,
  { hubspotUrl }: Pick<DeskSettings, 'hubspotUrl'>,
  words: Words,
): Promise<Message | null> {
  const { items } = await app.refusedContacts({ limit: COUNTED })
  if (items.length === 0) return null
  const shown = await Promise.all(
    items.slice(0, SHOWN).map(async ({ member, record, reason }, n): Promise<Block> => {
      const [found, url] = await Promise.all([
        app.getMember(member),
        record === null ? null : hubspotUrl(record).catch(() => null),
      ])
      const name = esc(nameOf(found.ok ? found.value : { name: null, email: null }, words), 80)
      const line = words.say('staff.health.whyLine', { name, reason: esc(reason, 400) || '–' })
      if (url === null) return section(line)
      return section(line, button({ text: words.say('staff.health.open'), action: `link:${n}`, url }))
    }),
  )
  const title = words.say('staff.health.whyTitle')
  const more = items.length - shown.length
  return {
    text: title,
    blocks: [
      section(bold(title)),
      ...shown,
      ...(more > 0 ? [context(words.say('staff.health.whyMore', { count: more }))] : []),
      ...actions(
        button({
          text: words.say('staff.health.retry'),
          action: 'health.retry',
          value: JSON.stringify({ kind: CONTACT_KIND }),
        }),
      ),
    ],
  }
}
