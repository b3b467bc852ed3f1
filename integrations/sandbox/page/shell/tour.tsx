/** The guided tour, as a quiet strip: what to do now, and what is done. */
import { useState } from 'react'
import type { TourStep } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Icon } from '../parts/icon.tsx'

export interface TourProps {
  steps: readonly TourStep[]
  api: Api
  onShow: (pane: TourStep['pane']) => void
  onHide: () => void
}

const PLACES: Record<TourStep['pane'], string> = {
  shop: 'Go to the shop',
  slack: 'Go to Slack',
  hubspot: 'Go to HubSpot',
  happened: 'Go to what happened',
}

export function Tour({ steps, api, onShow, onHide }: TourProps) {
  const [looked, setLooked] = useState<string | null>(null)
  const next = steps.find(({ isDone }) => !isDone)
  // One may look back and ahead; when the step is taken, the next one comes.
  const step = steps.find(({ id, isDone }) => id === looked && !isDone) ?? next
  const begin = (): void => {
    setLooked(null)
    void api.post('tour', { step: 'begin' })
  }
  return (
    <section className="tour" aria-label="Guided tour">
      <ol className="tour-steps">
        {steps.map(({ id, title, isDone }, n) => (
          <li key={id}>
            <button
              type="button"
              className={isDone ? 'tour-step done' : 'tour-step'}
              aria-label={`Step ${n + 1}: ${title}${isDone ? ', done' : ''}`}
              aria-current={id === step?.id ? 'step' : undefined}
              title={title}
              disabled={isDone}
              onClick={() => setLooked(id)}
            >
              {isDone ? <Icon name="check" /> : n + 1}
            </button>
          </li>
        ))}
      </ol>
      <div className="tour-text" aria-live="polite">
        {step === undefined ? (
          <p>
            <strong>That was the tour.</strong> Go on as you like: everything here can be pressed.
          </p>
        ) : (
          <p>
            <strong>{step.title}.</strong> {step.about}
          </p>
        )}
      </div>
      <div className="tour-buttons">
        {step === undefined ? (
          <button type="button" onClick={begin}>
            Begin anew
          </button>
        ) : (
          <>
            <button type="button" onClick={() => onShow(step.pane)}>
              {PLACES[step.pane]}
            </button>
            {step.id !== steps[0]?.id && (
              <button type="button" className="quiet" onClick={begin}>
                Begin anew
              </button>
            )}
          </>
        )}
        <button type="button" className="quiet" onClick={onHide}>
          Hide
        </button>
      </div>
    </section>
  )
}
