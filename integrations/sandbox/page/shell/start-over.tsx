/** Forgets everything, when one is sure. */
import { useState } from 'react'
import type { Api } from '../api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'

export function StartOver({ isAtWork, api }: { isAtWork: boolean; api: Api }) {
  const [isAsking, setAsking] = useState(false)
  const { isBusy, outcome, run } = useDoing()
  const startOver = async (): Promise<void> => {
    if (!(await run(() => api.post('start-over', {})))) return
    // Nobody who was looked at is there any more.
    api.look({ customers: '', contacts: '', list: '', customer: '' })
    setAsking(false)
  }
  return (
    <div className="tool">
      <button type="button" className="quiet" disabled={isAtWork} onClick={() => setAsking(true)}>
        Start over
      </button>
      {isAsking && (
        <Dialog title="Start over?" onClose={() => setAsking(false)}>
          <p>
            Everything that happened in this sandbox is forgotten: customers, payments, points, contacts and messages.
            The date is today’s again.
          </p>
          <Said outcome={outcome} />
          <div className="dialog-buttons">
            <button type="button" onClick={() => setAsking(false)} disabled={isBusy}>
              Keep everything
            </button>
            <button type="button" className="danger" onClick={() => void startOver()} disabled={isBusy}>
              {isBusy ? 'Starting over' : 'Start over'}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  )
}
