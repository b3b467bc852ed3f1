/** Takes a text along, for the customer or the shop's till. */
import { useEffect, useState } from 'react'
import { Icon } from './icons.tsx'

const SAID_FOR_MS = 2_000

export function CopyButton({ text }: { text: string }) {
  const [said, setSaid] = useState<'Copied' | 'Copy it by hand' | null>(null)
  useEffect(() => {
    if (said === null) return
    const timer = window.setTimeout(() => setSaid(null), SAID_FOR_MS)
    return () => window.clearTimeout(timer)
  }, [said])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      setSaid('Copy it by hand')
    }
  }
  return (
    <button type="button" className="sl-button sl-small" onClick={() => void copy()}>
      <Icon name={said === 'Copied' ? 'check' : 'copy'} />
      <span aria-live="polite">{said ?? 'Copy'}</span>
    </button>
  )
}
