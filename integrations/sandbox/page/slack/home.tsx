/** The app's Home, which it fills when somebody opens it. */
import { useEffect, useMemo, useState } from 'react'
import type { SeenView } from '../../doubles/slack/sight.ts'
import { Blocks } from './blocks.tsx'
import { useDesk } from './desk.tsx'
import { standing, type Values, withPut } from './form.ts'
import { FormProvider } from './use-form.tsx'

export function Home({ view }: { view: SeenView | null }) {
  const { me, act } = useDesk()
  const [isOpening, setOpening] = useState(true)
  // Once for each who opens it.
  useEffect(() => {
    let isOver = false
    setOpening(true)
    void act('home', { me }).then(() => {
      if (!isOver) setOpening(false)
    })
    return () => {
      isOver = true
    }
  }, [me, act])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by the keyboard
    <section className="sl-home" aria-label="Home of Regulars" tabIndex={0} aria-busy={isOpening}>
      {view === null ? (
        <p className="sl-empty">{isOpening ? 'Opening Home' : 'Regulars shows you no Home.'}</p>
      ) : (
        <HomeBlocks view={view} />
      )}
    </section>
  )
}

function HomeBlocks({ view: { viewId, blocks } }: { view: SeenView }) {
  const place = useMemo(() => ({ view: viewId }), [viewId])
  const [filled, setFilled] = useState<Values>({})
  return (
    <FormProvider
      value={{
        values: standing(blocks, filled),
        put: (field, put, offered) => setFilled((before) => withPut(before, field, put, offered)),
        sent: () => ({}),
        errors: {},
        isBusy: false,
      }}
    >
      <Blocks blocks={blocks} place={place} />
    </FormProvider>
  )
}
