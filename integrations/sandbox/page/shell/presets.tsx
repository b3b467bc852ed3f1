/** Which program is in force: the merchant's own, or one of the presets. */
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { useAhead } from '../parts/use-ahead.ts'
import { READ_FOR_MS, useDoing } from '../parts/use-doing.ts'

export function Presets({ state, api, isAtWork }: { state: ShownState; api: Api; isAtWork: boolean }) {
  const { isBusy, outcome, run } = useDoing(READ_FOR_MS)
  const [shown, setShown] = useAhead(state.program.preset ?? '')
  const choose = (chosen: string): void => {
    setShown(chosen)
    void run(() => api.post('preset', { preset: chosen === '' ? null : chosen }))
  }
  return (
    <div className="tool">
      <label className="inline">
        <span>Program</span>
        <select value={shown} disabled={isBusy || isAtWork} onChange={({ target }) => choose(target.value)}>
          {state.presets.map(({ id, name }) => (
            <option key={id ?? ''} value={id ?? ''}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Said outcome={outcome} />
    </div>
  )
}
