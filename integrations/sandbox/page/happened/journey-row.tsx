/** One journey in a row: what was done, how far it has come, and what the ledger says of it. */
import { memo } from 'react'
import type { Api } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { useWords } from '../use-words.ts'
import { JourneyDetail } from './journey-detail.tsx'
import { type Journey, type Lit, vendorName } from './journeys.ts'
import { signed } from './signed.ts'

export interface JourneyRowProps {
  journey: Journey
  api: Api
  isOpen: boolean
  onOpen: (key: string | null) => void
}

const SENTENCES_SHOWN = 2

export const JourneyRow = memo(({ journey, api, isOpen, onOpen }: JourneyRowProps) => {
  const words = useWords()
  const { key, title, vendor, at, isTrouble, sentences, stages } = journey
  const more = sentences.reduce((sum, one) => sum + 1 + one.more, 0) - Math.min(SENTENCES_SHOWN, sentences.length)
  return (
    <li className={isOpen ? 'journey open' : 'journey'}>
      <button type="button" className="journey-head" aria-expanded={isOpen} onClick={() => onOpen(isOpen ? null : key)}>
        <span className="journey-time muted" title={words.moment(at)}>
          {words.time(at)}
        </span>
        <span className={`mark mark-${vendor}`}>{vendorName(vendor)}</span>
        <span className="journey-words">
          <span className="journey-title" dir="auto">
            {title}
            {isTrouble && (
              <span className="tag bad">
                <Icon name="trouble" /> Trouble
              </span>
            )}
          </span>
          {sentences.slice(0, SENTENCES_SHOWN).map(({ id, points, text }) => (
            <span key={id} className="journey-sentence" dir="auto">
              {points !== null && points !== 0 && (
                <b className={points > 0 ? 'plus' : 'minus'}>{signed(points, words)}</b>
              )}{' '}
              {text}
            </span>
          ))}
          {more > 0 && <span className="journey-sentence muted">and {words.number(more)} more</span>}
        </span>
        <Stages stages={stages} />
      </button>
      {isOpen && <JourneyDetail journey={journey} api={api} />}
    </li>
  )
}, isSame)

/** Journeys are made anew of their steps: they are the same when those are. */
function isSame(before: JourneyRowProps, after: JourneyRowProps): boolean {
  const [a, b] = [before.journey.steps, after.journey.steps]
  const isLike = a.length === b.length && a.every((step, n) => step.id === b[n]?.id && step.more === b[n]?.more)
  return isLike && before.isOpen === after.isOpen && before.api === after.api && before.onOpen === after.onOpen
}

const Stages = ({ stages }: { stages: readonly Lit[] }) => (
  <span className="stages">
    {stages.map(({ stage, name, is, tookMs, about }) => (
      <Stage key={stage} name={name} is={is} tookMs={tookMs} about={about} />
    ))}
  </span>
)

function Stage({ name, is, tookMs, about }: Omit<Lit, 'stage'>) {
  const words = useWords()
  const heard = is === 'none' ? ': not yet' : is === 'trouble' ? ': trouble' : ''
  return (
    <span className={`stage ${is}`} title={about}>
      <span className="stage-light" aria-hidden="true" />
      <span className="stage-name">
        {name}
        <span className="only-heard">{heard}</span>
      </span>
      <span className="stage-took">{is === 'none' || tookMs === null ? '' : words.took(tookMs)}</span>
    </span>
  )
}
