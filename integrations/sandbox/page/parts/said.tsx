/** What became of something, in words, beside what was pressed. */
import type { ReactNode } from 'react'
import type { Outcome } from '../../shown.ts'

export function Said({ outcome, good }: { outcome: Outcome | null; good?: ReactNode }) {
  return (
    <div role="status" className="said">
      {outcome?.ok === false && <p className="note bad">{outcome.why}</p>}
      {outcome?.ok === true && good !== undefined && good !== null && <p className="note good">{good}</p>}
    </div>
  )
}
