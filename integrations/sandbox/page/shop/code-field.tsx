/** The field for a promotion code, which offers those of the customer's rewards. */
import type { ShownCustomer } from '../../shown.ts'
import { useWords } from '../use-words.ts'

export interface CodeFieldProps {
  codes: ShownCustomer['codes']
  value: string
  onChange: (code: string) => void
}

export function CodeField({ codes, value, onChange }: CodeFieldProps) {
  const words = useWords()
  return (
    <div className="code">
      <label className="field">
        <span>Promotion code</span>
        <input
          value={value}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          placeholder={codes.length > 0 ? 'Type one, or take one below' : 'From a reward'}
          onChange={({ target }) => onChange(target.value)}
        />
      </label>
      {codes.length > 0 && (
        <ul className="chips" aria-label="Codes of their rewards">
          {codes.map(({ code, takesOff, until }) => (
            <li key={code}>
              <button
                type="button"
                className="chip"
                aria-pressed={value.trim().toUpperCase() === code}
                onClick={() => onChange(value === code ? '' : code)}
              >
                <code>{code}</code> {takesOff}
                {until !== null && <span className="muted"> until {words.date(until)}</span>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
