/** Which program this is, that nothing here is real, and what time it is. */
import type { ShownState } from '../../shown.ts'
import type { Api } from '../api.ts'
import { Presets } from './presets.tsx'
import { StartOver } from './start-over.tsx'
import { TimeMachine } from './time-machine.tsx'
import { Year } from './year.tsx'

export interface HeaderProps {
  state: ShownState
  api: Api
  isTourHidden: boolean
  onTour: () => void
}

export function Header({ state, api, isTourHidden, onTour }: HeaderProps) {
  const isAtWork = state.work !== null
  return (
    <header className="top">
      <div className="top-name">
        <img src="/sandbox/assets/icon.svg" alt="" width="28" height="28" />
        <h1>{state.program.name}</h1>
        <p className="sandbox-sign">
          <strong>Sandbox</strong>
          <span> nothing here is real</span>
        </p>
      </div>
      <div className="top-tools">
        <Presets state={state} api={api} isAtWork={isAtWork} />
        <TimeMachine now={state.now} isAhead={state.isAhead} isAtWork={isAtWork} api={api} />
        <Year isAtWork={isAtWork} api={api} />
        {isTourHidden && (
          <button type="button" className="quiet" onClick={onTour}>
            Tour
          </button>
        )}
        <StartOver isAtWork={isAtWork} api={api} />
      </div>
      {state.work !== null && <AtWork work={state.work} />}
    </header>
  )
}

const AtWork = ({ work: { what, share } }: { work: NonNullable<ShownState['work']> }) => (
  <div className="at-work">
    <progress aria-label={what} max={1} value={share} />
    <span>
      {what}: {Math.round(share * 100)} %
    </span>
  </div>
)
