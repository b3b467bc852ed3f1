/** All blocks of a message, a window or Home: words by the library, what is pressed or filled in and figures by us. */
import { memo } from 'react'
import { isRecord, type Json, listOf, textIn } from '../../doubles/slack/json.ts'
import { ChartBlock } from './chart.tsx'
import { CopyButton } from './copy-button.tsx'
import type { Place } from './desk.tsx'
import { Drawn } from './drawn.tsx'
import { ElementOf } from './elements.tsx'
import { InputBlock } from './input-block.tsx'
import { TableBlock } from './table.tsx'

interface BlocksProps {
  blocks: readonly Json[]
  place: Place
}

export const Blocks = memo(function Blocks({ blocks, place }: BlocksProps) {
  return (
    <>
      {runsOf(blocks).map(({ key, run }) => {
        const [block = {}] = run
        return isWords(block) ? <Drawn key={key} blocks={run} /> : <OwnBlock key={key} block={block} place={place} />
      })}
    </>
  )
})

function OwnBlock({ block, place }: { block: Json; place: Place }) {
  switch (block.type) {
    case 'actions':
      return (
        <div className="sl-actions">
          {listOf(block.elements).map((element) => (
            <ElementOf key={textIn(element.action_id)} element={element} block={block} place={place} />
          ))}
        </div>
      )
    case 'section':
      return (
        <div className="sl-section">
          <Drawn blocks={[withoutAccessory(block)]} />
          {isRecord(block.accessory) && <ElementOf element={block.accessory} block={block} place={place} />}
        </div>
      )
    case 'input':
      return <InputBlock block={block} place={place} />
    case 'data_visualization':
      return <ChartBlock block={block} />
    case 'rich_text':
      return (
        <div className="sl-code">
          <pre dir="auto">{preformattedIn(block)}</pre>
          <CopyButton text={preformattedIn(block)} />
        </div>
      )
    default:
      return <TableBlock block={block} />
  }
}

const OWN = ['actions', 'input', 'data_visualization', 'table', 'data_table']

function isWords(block: Json): boolean {
  if (block.type === 'section') return !(isRecord(block.accessory) && block.accessory.type !== 'image')
  if (block.type === 'rich_text') return preformattedIn(block) === ''
  return !OWN.includes(textIn(block.type))
}

const withoutAccessory = ({ accessory: _, ...block }: Json): Json => block

/** What is there to be taken elsewhere; empty where the block has more than that. */
function preformattedIn(block: Json): string {
  const parts = listOf(block.elements)
  if (parts.some(({ type }) => type !== 'rich_text_preformatted')) return ''
  return parts.flatMap(({ elements }) => listOf(elements).map(({ text }) => textIn(text))).join('')
}

/** Words that follow each other are drawn as one. */
function runsOf(blocks: readonly Json[]): { key: string; run: Json[] }[] {
  const runs: { key: string; run: Json[] }[] = []
  for (const [n, block] of blocks.entries()) {
    const last = runs.at(-1)
    if (last !== undefined && isWords(block) && isWords(last.run[0] ?? {})) last.run.push(block)
    else runs.push({ key: textIn(block.block_id) || `${textIn(block.type)}-${n}`, run: [block] })
  }
  return runs
}
