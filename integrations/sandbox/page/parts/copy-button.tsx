/** Copies a text, and says so. */
import { useState } from 'react'
import { Icon } from './icon.tsx'

const SAID_FOR_MS = 2_000

export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [said, setSaid] = useState('')
  const copy = async (): Promise<void> => {
    const isDone = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false,
    )
    setSaid(isDone ? 'Copied' : 'This browser does not let us copy')
    window.setTimeout(() => setSaid(''), SAID_FOR_MS)
  }
  return (
    <span className="copying">
      <button type="button" className="quiet small" onClick={() => void copy()}>
        <Icon name="copy" /> {label}
      </button>
      <span role="status" className="muted">
        {said}
      </span>
    </span>
  )
}
