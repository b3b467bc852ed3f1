// The JSON Schema by which editors complete and check program.json, made from the same zod schema that parses it.
// A test holds the file to it; `node src/program/json-schema.ts > program.schema.json` writes it anew.
import * as z from 'zod'
import { programSchema } from './schema.ts'

/** The text of program.schema.json. Draft 7, because that is what editors know best. */
export function programJsonSchema(): string {
  const schema = z.toJSONSchema(programSchema, { target: 'draft-7', io: 'input' })
  return `${layOut({ title: 'Regulars: a loyalty program', ...schema })}\n`
}

const LINE_WIDTH = 120

/** JSON laid out as the formatter does: a list stands on one line where it fits. */
function layOut(value: unknown, indent = '', before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent}  `
  if (!Array.isArray(value)) {
    const fields = Object.entries(value).map(([key, field]) => {
      const name = `${deeper}${JSON.stringify(key)}: `
      return name + layOut(field, deeper, name.length)
    })
    return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`
  }
  const items = value.map((item) => layOut(item, deeper))
  const line = `[${items.join(', ')}]`
  if (!line.includes('\n') && before + line.length <= LINE_WIDTH) return line
  return `[\n${items.map((item) => deeper + item).join(',\n')}\n${indent}]`
}

// The program knows nothing of files, so what is written goes to the standard output.
if (import.meta.main) process.stdout.write(programJsonSchema())
