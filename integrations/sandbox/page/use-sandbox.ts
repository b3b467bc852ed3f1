/** The state of the sandbox as the server has it: asked for again whenever something changed, not more often than one can look. */
import { startTransition, useEffect, useMemo, useRef, useState } from 'react'
import type { ShownState, ShownStep, Told } from '../shown.ts'
import { type Api, createApi, type Looking } from './api.ts'
import { withSteps } from './happened/journeys.ts'
import { share } from './share.ts'

export interface Live {
  state: ShownState | null
  /** The server tells of changes; else it is tried again. */
  isConnected: boolean
  api: Api
}

const NOBODY: Looking = { me: '', customers: '', contacts: '', list: '', customer: '' }
const LOOK_EVERY_MS = 150
/** While time goes on, or a year is filled, everything changes all the time. */
const LOOK_EVERY_AT_WORK_MS = 1_000
const STEPS_EVERY_MS = 60
const WORK_EVERY_MS = 250
const AGAIN_AFTER_MS = 1_000

export function useSandbox(): Live {
  const [state, setState] = useState<ShownState | null>(null)
  const [isConnected, setConnected] = useState(true)
  const watcher = useRef<Watcher | null>(null)
  const api = useMemo(() => createApi((over) => watcher.current?.look(over)), [])
  useEffect(() => {
    const watching = watch(setState, setConnected)
    watcher.current = watching
    return () => watching.stop()
  }, [])
  return { state, isConnected, api }
}

interface Watcher {
  look(over: Partial<Looking>): void
  stop(): void
}

type Change<Value> = (change: (before: Value) => Value) => void

function watch(setState: Change<ShownState | null>, setConnected: (isConnected: boolean) => void): Watcher {
  let looking = NOBODY
  let isAsking = false
  let isStale = false
  let isAtWork = false
  let isOver = false
  let timer: number | undefined
  let steps: ShownStep[] = []
  let stepsTimer: number | undefined

  async function ask(): Promise<void> {
    if (isAsking || isOver) {
      isStale = true
      return
    }
    isAsking = true
    isStale = false
    const asked = looking
    const given = await fetchState(asked)
    isAsking = false
    if (isOver) return
    if (given !== null) {
      isAtWork = given.work !== null
      // Drawn bit by bit: what somebody does meanwhile comes first.
      startTransition(() => setState((before) => share(before, given)))
    }
    if (asked !== looking) void ask()
    else if (given === null) soon(AGAIN_AFTER_MS)
    else if (isStale) soon()
  }

  function soon(wait = isAtWork ? LOOK_EVERY_AT_WORK_MS : LOOK_EVERY_MS): void {
    if (timer !== undefined) return
    timer = window.setTimeout(() => {
      timer = undefined
      void ask()
    }, wait)
  }

  /** Steps light up as they come; the whole state follows. */
  function noteStep(step: ShownStep): void {
    steps.push(step)
    stepsTimer ??= window.setTimeout(() => {
      const news = steps
      steps = []
      stepsTimer = undefined
      setState((before) => before && { ...before, steps: withSteps(before.steps, news) })
    }, STEPS_EVERY_MS)
  }

  let work: ShownState['work'] = null
  let workTimer: number | undefined
  /** How far it has come is told more often than one can read. */
  function noteWork(told: ShownState['work']): void {
    work = told
    if (isAtWork && told === null) soon(0)
    isAtWork = told !== null
    workTimer ??= window.setTimeout(() => {
      workTimer = undefined
      startTransition(() => setState((before) => before && { ...before, work }))
    }, WORK_EVERY_MS)
  }

  let events: EventSource | null = null
  let connecting: number | undefined
  function connect(): void {
    events = new EventSource('/sandbox/events')
    const on = <Name extends keyof Told>(name: Name, does: (told: Told[Name]) => void): void =>
      events?.addEventListener(name, ({ data }: MessageEvent<string>) => does(JSON.parse(data)))
    on('changed', () => soon())
    on('step', noteStep)
    on('work', noteWork)
    events.onopen = () => {
      setConnected(true)
      void ask()
    }
    events.onerror = () => {
      setConnected(false)
      // The browser tries again by itself, but not after an answer that was no stream.
      if (events?.readyState === EventSource.CLOSED) connecting = window.setTimeout(connect, AGAIN_AFTER_MS)
    }
  }
  connect()
  void ask()

  return {
    look: (over) => {
      looking = { ...looking, ...over }
      void ask()
    },
    stop: () => {
      isOver = true
      events?.close()
      window.clearTimeout(connecting)
      window.clearTimeout(timer)
      window.clearTimeout(stepsTimer)
      window.clearTimeout(workTimer)
    },
  }
}

async function fetchState(looking: Looking): Promise<ShownState | null> {
  try {
    const response = await fetch(`/sandbox/state?${new URLSearchParams({ ...looking })}`)
    return response.ok ? await response.json() : null
  } catch {
    return null
  }
}
