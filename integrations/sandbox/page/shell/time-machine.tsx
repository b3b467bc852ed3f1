/** What day it is, and on to a later one. Everything that falls due on the way happens. */
import type { Api } from '../api.ts'
import { Said } from '../parts/said.tsx'
import { READ_FOR_MS, useDoing } from '../parts/use-doing.ts'
import { useWords } from '../use-words.ts'

export interface TimeMachineProps {
  now: number
  isAhead: boolean
  isAtWork: boolean
  api: Api
}

const STEPS = [
  { name: '+1 day', by: { days: 1 } },
  { name: '+1 month', by: { months: 1 } },
] as const

export function TimeMachine({ now, isAhead, isAtWork, api }: TimeMachineProps) {
  const words = useWords()
  const { isBusy, outcome, run } = useDoing(READ_FOR_MS)
  return (
    <div className="tool time">
      <p className="today">
        Today is <strong>{words.date(now)}</strong>
        {isAhead && <span className="only-heard"> in the sandbox</span>}
      </p>
      {STEPS.map(({ name, by }) => (
        <button
          key={name}
          type="button"
          disabled={isBusy || isAtWork}
          onClick={() => void run(() => api.post('time', by))}
        >
          {name}
        </button>
      ))}
      <Said outcome={outcome} />
    </div>
  )
}
