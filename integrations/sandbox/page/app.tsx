/** The page: what the server has, once it is there. */
import { useMemo } from 'react'
import { Shell } from './shell/shell.tsx'
import { useSandbox } from './use-sandbox.ts'
import { WordsContext } from './use-words.ts'
import { createWords } from './words.ts'

export function App() {
  const { state, isConnected, api } = useSandbox()
  const { locale = 'en', timezone = 'UTC', currencies = NONE } = state ?? {}
  const words = useMemo(() => createWords({ locale, timezone, currencies }), [locale, timezone, currencies])
  if (state === null)
    return (
      <p className="starting" role="status">
        {isConnected ? 'Opening the sandbox' : 'The sandbox does not answer. Trying again.'}
      </p>
    )
  return (
    <WordsContext.Provider value={words}>
      <Shell state={state} api={api} isConnected={isConnected} />
    </WordsContext.Provider>
  )
}

const NONE: Record<string, number> = {}
