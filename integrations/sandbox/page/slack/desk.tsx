/** What every part of the Slack pane needs: who looks on, what can be done, and where what went wrong is said. */
import { createContext, useContext, useState } from 'react'
import type { Json } from '../../doubles/slack/json.ts'
import type { Outcome } from '../../shown.ts'
import type { DateWords } from './slack-date.ts'

export interface Notice {
  tone: 'trouble' | 'note'
  text: string
}

/** A question that has to be answered before something is done. */
export interface Asked {
  confirm: Json
  onAnswer: (isYes: boolean) => void
}

export interface Desk {
  me: string
  people: Readonly<Record<string, string>>
  /** Names by id. */
  channels: Readonly<Record<string, string>>
  words: DateWords
  isDark: boolean
  /** `press` and the like, in the name of who looks on. What went wrong is said. */
  act(what: string, given: object): Promise<Outcome>
  tell(notice: Notice | null): void
  ask(asked: Asked): void
}

const DeskContext = createContext<Desk | null>(null)

export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === null) throw new Error('there is no desk around this')
  return desk
}

/** Where something is pressed. */
export type Place = { message: string } | { view: string }

/** One thing at a time: what is pressed twice is done once. */
export function useAct(): { isBusy: boolean; act: Desk['act'] } {
  const desk = useDesk()
  const [isBusy, setBusy] = useState(false)
  return {
    isBusy,
    act: async (what, given) => {
      if (isBusy) return { ok: false, why: 'One moment: the last press is still under way' }
      setBusy(true)
      const outcome = await desk.act(what, given)
      setBusy(false)
      return outcome
    },
  }
}
