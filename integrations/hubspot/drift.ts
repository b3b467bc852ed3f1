/**
 * What stands in HubSpot beside what should: somebody may have edited it by hand, or an import may have. What is not written
 * yet is not drift.
 */
import type { ContactState, Contacts } from '../../src/app/ports/contacts.ts'
import type { Program } from '../../src/program/schema.ts'
import type { Answer } from './answers.ts'
import { CONTACTS, type FoundContact, sendAll } from './batches.ts'
import type { HubspotClient } from './client.ts'
import { PROPERTIES, type PropertyRow, propertiesOf } from './properties.ts'
import { changedSince } from './written.ts'

export interface Drift {
  member: string
  record: string
  /** Names of the properties that were edited. */
  properties: string[]
}

export interface DriftReport {
  /** Contacts that were compared. */
  checked: number
  drifted: Drift[]
  /** Members whose contact is there no more. */
  gone: string[]
  /** Not now: the same again later. Those compared before it are in the report. */
  later: Extract<Answer, { kind: 'wait' | 'down' }> | null
}

export interface DriftOptions {
  client: Pick<HubspotClient, 'call'>
  program: Program
  contacts: Pick<Contacts, 'contactsOf'>
}

/** Of contacts that are linked; others are left out. */
export async function readDrift(options: DriftOptions, contacts: readonly ContactState[]): Promise<DriftReport> {
  const report = await compare(options, contacts)
  const seen = new Map(contacts.map((contact) => [contact.member, contact.written]))
  // Written while it was read: that is no drift.
  const now = await options.contacts.contactsOf(report.drifted.map(({ member }) => member))
  const written = new Set(
    now.filter((contact) => !isSameHashes(contact.written, seen.get(contact.member) ?? {})).map(({ member }) => member),
  )
  return { ...report, drifted: report.drifted.filter(({ member }) => !written.has(member)) }
}

const isSameHashes = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value)

async function compare({ client, program }: DriftOptions, contacts: readonly ContactState[]): Promise<DriftReport> {
  const report: DriftReport = { checked: 0, drifted: [], gone: [], later: null }
  const linked = contacts.filter(isComparable)
  if (linked.length === 0) return report
  const properties = PROPERTIES.map(({ name }) => `${program.hubspot.prefix}${name}`)
  const fates = await sendAll(
    { client, path: `${CONTACTS}/batch/read`, extra: { properties }, keysOf: ({ record }) => [record] },
    linked.map(({ record }) => ({ key: record, body: { id: record } })),
  )
  for (const contact of linked) {
    const fate = fates.get(contact.record)
    if (fate?.kind === 'later') report.later = fate.answer
    if (fate?.kind !== 'ok' && fate?.kind !== 'missing') continue
    report.checked++
    if (fate.kind === 'missing') report.gone.push(contact.member)
    else {
      const names = editedIn(contact, fate.contact, program)
      if (names.length > 0) report.drifted.push({ member: contact.member, record: contact.record, properties: names })
    }
  }
  return report
}

type Linked = ContactState & { record: string }

/** Whoever is refused differs for that reason. */
export const isComparable = (contact: ContactState): contact is Linked =>
  contact.record !== null && contact.standing !== null && contact.isRefused !== true

function editedIn(contact: ContactState, { properties: there }: FoundContact, program: Program): string[] {
  const { prefix } = program.hubspot
  const wanted = propertiesOf(contact, program)
  const notYetWritten = changedSince(contact.written, wanted, prefix)
  return PROPERTIES.flatMap((row) => {
    const name = `${prefix}${row.name}`
    if (Object.hasOwn(notYetWritten, name)) return []
    return isSame(row, wanted[name] ?? '', there[name] ?? '') ? [] : [name]
  })
}

/** As HubSpot keeps it: it may write a number or a day in another way, and put choices in another order. */
function isSame({ kind }: PropertyRow, wanted: string, there: string): boolean {
  if (wanted === there) return true
  if (wanted === '' || there === '') return false
  switch (kind) {
    case 'number':
      return Number(wanted) === Number(there)
    case 'date':
      return dayOf(wanted) === dayOf(there)
    case 'choices':
      return sorted(wanted) === sorted(there)
    default:
      return plain(wanted) === plain(there)
  }
}

/** A day is given as such, or as midnight of it in UTC, in ms. */
const dayOf = (value: string): string =>
  /^\d{9,}$/.test(value) ? new Date(Number(value)).toISOString().slice(0, 10) : value.slice(0, 10)
const sorted = (value: string): string => value.split(';').sort().join(';')
const plain = (value: string): string => value.replaceAll('\r\n', '\n').trim()
