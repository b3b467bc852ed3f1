/** Looks up whoever is meant: one, several, or nobody, with those who may have been meant instead. */
import type { App, MemberView } from '../../src/app/ports.ts'
import type { Sought } from './sought.ts'

export type Lookup =
  | { kind: 'one'; id: string }
  | ({ kind: 'several' } & FoundPage)
  | { kind: 'none'; typed: string; similar: MemberView[] }

export interface FoundPage {
  typed: string
  /** How many come before these. */
  from: number
  items: MemberView[]
  /** At least, where there are more than are counted. */
  total: number
  isMore: boolean
}

export const PAGE = 10
const SUGGESTED = 3

/** What was erased is nobody any more. */
export const isSomebody = ({ status }: MemberView): boolean => status !== 'erased'

async function byReference(app: App, ref: string | null): Promise<MemberView[]> {
  const found = ref === null ? null : await app.getMember(ref)
  return found?.ok && isSomebody(found.value) ? [found.value] : []
}

export async function lookUp(app: App, sought: Sought, from = 0): Promise<Lookup> {
  const { refs, record, text } = sought
  const [sure] = (await Promise.all(refs.map((ref) => byReference(app, ref)))).flat()
  if (sure !== undefined) return { kind: 'one', id: sure.id }
  const [found, contacts] = await Promise.all([app.findMembers(text, { from, limit: PAGE }), byReference(app, record)])
  // Whoever typed a whole address means no other that has the same words in it.
  if (refs.length > 0) return { kind: 'none', typed: text, similar: await similarTo(app, text, found.items) }
  const others = contacts.filter(({ id }) => found.items.every((item) => item.id !== id))
  const total = found.total + others.length
  const items = from === 0 ? [...others, ...found.items].slice(0, PAGE) : found.items
  const [only] = items
  if (only !== undefined && total === 1) return { kind: 'one', id: only.id }
  if (only !== undefined) return { ...found, kind: 'several', typed: text, from, items, total }
  // Of pages that are no more, the first is shown.
  return from > 0 && total > 0
    ? lookUp(app, sought)
    : { kind: 'none', typed: text, similar: await similarTo(app, text, []) }
}

const similarTo = async (app: App, text: string, found: readonly MemberView[]): Promise<MemberView[]> =>
  found.length > 0 ? found.slice(0, SUGGESTED) : app.similarMembers(text, SUGGESTED)
