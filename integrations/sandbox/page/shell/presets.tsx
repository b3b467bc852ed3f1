/** Which program is in force: the merchant's own, or one of the presets. */
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { useDoing } from '../parts/use-doing.ts'

export function Presets({ state, api, isAtWork }: { state: ShownState; api: Api; isAtWork: boolean }) {
  const { isBusy, outcome, run } = useDoing()
  const choose = (chosen: string): void => {
    void run(() => api.post('preset', { preset: chosen === '' ? null : chosen }))
  }
  return (
    <div className="tool">
      <label className="inline">
        <span>Program</span>
        <select
          value={state.program.preset ?? ''}
          disabled={isBusy || isAtWork}
          onChange={({ target }) => choose(target.value)}
        >
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
