/** The steps of one journey with their JSON, and its events, which can be delivered once more. */
import { useEffect, useState } from 'react'
import type { Outcome, ShownStep, Step } from '../../shown.ts'
import type { Api } from '../api.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'
import { type Journey, STAGES, stepWords } from './journeys.ts'
import { signed } from './signed.ts'

export function JourneyDetail({ journey, api }: { journey: Journey; api: Api }) {
  const details = useDetails(journey, api)
  const { steps } = journey
  const [looked, setLooked] = useState<number | null>(null)
  const { isBusy, outcome, run } = useDoing()
  const [pressed, setPressed] = useState<number | null>(null)
  const again = (id: number, event: string): void => {
    setPressed(id)
    void run(async () => toldOf(await api.do('shop/again', { event })))
  }
  // What the ledger wrote says the most; else what it began with.
  const shown = steps.find(({ id }) => id === looked) ?? steps.find(({ stage }) => stage === 'recorded') ?? steps[0]
  return (
    <div className="journey-detail">
      <ol className="steps">
        {steps.map((step) => (
          <StepRow
            key={step.id}
            step={step}
            isShown={step === shown}
            isBusy={isBusy}
            onLook={setLooked}
            outcome={step.id === pressed ? outcome : null}
            onAgain={step.stage === 'happened' && step.event !== null ? again : null}
          />
        ))}
      </ol>
      {shown !== undefined && <Json of={stepWords(shown)} value={details.get(shown.id)} isAsked={details.size > 0} />}
    </div>
  )
}

/** The JSON of each step, asked for when there are new ones. */
function useDetails({ journey, steps, key }: Journey, api: Api): ReadonlyMap<number, unknown> {
  const [details, setDetails] = useState<ReadonlyMap<number, unknown>>(new Map())
  const last = steps.at(-1)?.id
  useEffect(() => {
    let isOver = false
    const asked = journey === null ? { id: key.replace(/^step-/, '') } : { journey }
    void api.get<Step[]>(`steps?${new URLSearchParams(asked)}`).then((found) => {
      if (!isOver && found !== null) setDetails(new Map(found.map(({ id, detail }) => [id, detail])))
    })
    return () => {
      isOver = true
    }
  }, [api, journey, key, last])
  return details
}

/** What the server answered to an event that it had before. */
function toldOf(outcome: Outcome): Outcome {
  if (!outcome.ok) return outcome
  const isKnown = (outcome.said ?? '').includes('duplicate')
  const said = isKnown
    ? 'Delivered again. It was known already, so nothing changed: no line in the ledger, no points.'
    : 'Delivered again.'
  return { ok: true, said }
}

const NAMES: Partial<Record<ShownStep['stage'], string>> = Object.fromEntries(
  STAGES.map(({ stage, name }) => [stage, name]),
)

interface StepRowProps {
  step: ShownStep
  isShown: boolean
  isBusy: boolean
  onLook: (id: number) => void
  outcome: Outcome | null
  onAgain: ((id: number, event: string) => void) | null
}

function StepRow({ step, isShown, isBusy, onLook, outcome, onAgain }: StepRowProps) {
  const words = useWords()
  const { id, stage, tookMs, isTrouble, points, event } = step
  return (
    <li className={isTrouble ? 'step trouble' : 'step'}>
      <button type="button" className="step-head" aria-pressed={isShown} onClick={() => onLook(id)}>
        <span className="step-stage">{NAMES[stage] ?? 'Called'}</span>
        <span className="step-words" dir="auto">
          {points !== null && points !== 0 && <b>{signed(points, words)} </b>}
          {stepWords(step)}
        </span>
        <span className="figures muted">{tookMs === null ? '' : words.took(tookMs)}</span>
      </button>
      {onAgain !== null && event !== null && (
        <button type="button" className="small" disabled={isBusy} onClick={() => onAgain(id, event)}>
          <Icon name="again" /> Deliver again
        </button>
      )}
      <Said outcome={outcome} good={outcome?.ok === true ? outcome.said : null} />
    </li>
  )
}

function Json({ of, value, isAsked }: { of: string; value: unknown; isAsked: boolean }) {
  const missing = isAsked ? 'It is not kept any longer.' : ''
  const text = value === undefined ? missing : JSON.stringify(value, null, 2)
  return (
    <div className="json">
      <CopyButton label="Copy" text={() => text} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within the keyboard's reach */}
      <section tabIndex={0} aria-label={`JSON of: ${of}`}>
        <pre>{text}</pre>
      </section>
    </div>
  )
}
