/** The form that a field stands in: what was typed stays, however often the page hears of the rest. */
import { createContext, useContext } from 'react'
import type { Json } from '../../doubles/slack/json.ts'
import type { Field, Put, Values } from './form.ts'

export interface Form {
  values: Values
  put(field: Field, put: Put, offered?: readonly Json[]): void
  /** By block, for what is sent along. */
  sent(): Record<string, Put>
  errors: Readonly<Record<string, string>>
  isBusy: boolean
}

const FormContext = createContext<Form | null>(null)

export const FormProvider = FormContext.Provider

/** null in messages. */
export const useForm = (): Form | null => useContext(FormContext)
