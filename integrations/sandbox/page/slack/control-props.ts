/** What every control of a field is given. */
import type { Json } from '../../doubles/slack/json.ts'
import type { Place } from './desk.tsx'
import type { Field, Put } from './form.ts'

export interface ControlProps {
  field: Field
  state: Json | undefined
  place: Place
  onPut: (put: Put, offered?: readonly Json[]) => void
  isBusy?: boolean
  /** Of what names and describes it, by id. */
  id?: string
  labelledBy?: string
  describedBy?: string | undefined
  isInvalid?: boolean
}

export const described = ({ describedBy, isInvalid = false }: ControlProps) => ({
  'aria-describedby': describedBy,
  'aria-invalid': isInvalid || undefined,
})
