/** Fills the world with a year of a shop. */
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { READ_FOR_MS, useDoing } from '../parts/use-doing.ts'

export function Year({ isAtWork, api }: { isAtWork: boolean; api: Api }) {
  const { isBusy, outcome, run } = useDoing(READ_FOR_MS)
  return (
    <div className="tool">
      <button type="button" disabled={isBusy || isAtWork} onClick={() => void run(() => api.post('year', {}))}>
        A year in a minute
      </button>
      <Said outcome={outcome} good={outcome?.ok === true ? (outcome.said ?? 'A year has gone by.') : null} />
    </div>
  )
}
