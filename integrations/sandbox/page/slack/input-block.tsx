/** A field with its label, hint and what is wrong with it. */
import { useId } from 'react'
import { isRecord, type Json, recordOf, wordsOf } from '../../doubles/slack/json.ts'
import type { Place } from './desk.tsx'
import { usePress } from './elements.tsx'
import { FieldControl } from './field-control.tsx'
import { fieldIn } from './form.ts'
import { useForm } from './use-form.tsx'

/** They are several controls: their label names the group. */
const GROUPS = ['radio_buttons', 'checkboxes', 'multi_static_select']

export function InputBlock({ block, place }: { block: Json; place: Place }) {
  const element = recordOf(block.element)
  const form = useForm()
  const { press } = usePress({ element, block, place })
  const id = useId()
  const field = fieldIn(block, element)
  const error = form?.errors[field.blockId]
  const isGroup = GROUPS.includes(field.type)
  const described = [error !== undefined && `${id}-error`, isRecord(block.hint) && `${id}-hint`].filter(
    (one) => typeof one === 'string',
  )
  const label = (
    <>
      {wordsOf(block.label)}
      {block.optional === true && <span className="sl-optional"> (optional)</span>}
    </>
  )
  return (
    <div className="sl-field" data-invalid={error !== undefined || undefined}>
      {isGroup ? (
        <span className="sl-label" id={`${id}-label`}>
          {label}
        </span>
      ) : (
        <label className="sl-label" htmlFor={id}>
          {label}
        </label>
      )}
      <FieldControl
        field={field}
        state={form?.values[field.blockId]?.[field.actionId]}
        place={place}
        isBusy={form?.isBusy ?? false}
        isInvalid={error !== undefined}
        describedBy={described.length > 0 ? described.join(' ') : undefined}
        {...(isGroup ? { labelledBy: `${id}-label` } : { id })}
        onPut={(put, offered) => {
          form?.put(field, put, offered)
          if (block.dispatch_action === true && put !== null && field.type.includes('select'))
            void press({ option: put })
        }}
      />
      {error !== undefined && (
        <p className="sl-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      {isRecord(block.hint) && (
        <p className="sl-hint" id={`${id}-hint`}>
          {wordsOf(block.hint)}
        </p>
      )}
    </div>
  )
}
