/** Asks for something once at a time, and names each attempt, so that the same one sent again is done once. */
import { useRef, useState } from 'react'
import type { Answer } from './server.ts'

export interface Attempts<Value> {
  isBusy: boolean
  /** Why it was refused; null when it was not. */
  problem: string | null
  attempt(): void
  done: Value | null
}

/** @param ticket what the card was given when it looked: a look's attempts are numbered. */
export function useAttempts<Value>(
  ticket: string,
  ask: (key: string) => Promise<Answer<Value>>,
  onDone: (value: Value) => void,
): Attempts<Value> {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [done, setDone] = useState<Value | null>(null)
  const number = useRef(0)
  const running = useRef(false)

  const attempt = async () => {
    // Two clicks come before the button is drawn anew.
    if (running.current) return
    running.current = true
    setBusy(true)
    setProblem(null)
    const answer = await ask(`${ticket}-${number.current}`)
    running.current = false
    setBusy(false)
    if (answer.ok || answer.isAnswered) number.current++
    if (!answer.ok) return setProblem(answer.message)
    setDone(answer.value)
    onDone(answer.value)
  }
  return { isBusy, problem, done, attempt: () => void attempt() }
}
