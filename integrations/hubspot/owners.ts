/**
 * Who looks after a member in HubSpot: the e-mail address of their contact's owner. Asked when an alert is to be told to that
 * person alone; whatever HubSpot does not say or cannot be asked, nobody is the owner, and everybody is told.
 * Source: https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide (scope `crm.objects.owners.read`)
 */
import type { Contacts } from '../../src/app/ports/contacts.ts'
import type { Clock } from '../../src/app/ports.ts'
import { textOf } from './answers.ts'
import { API_DATE, CONTACTS, sendAll } from './batches.ts'
import type { HubspotClient } from './client.ts'

export const OWNERS = `/crm/owners/${API_DATE}`
const OWNER = 'hubspot_owner_id'
/** People move on seldom: what HubSpot said is used so long. */
const FRESH_MS = 600_000
const OWNERS_KEPT = 1_000
const OWNER_ID = /^\d{1,20}$/

export interface OwnersOptions {
  client: Pick<HubspotClient, 'call'>
  contacts: Pick<Contacts, 'contactsOf'>
  clock: Clock
}

export interface Owners {
  /** Those who are asked about at the same moment are looked up together. Never throws. */
  ownerOf(member: string): Promise<string | null>
}

export function createOwners({ client, contacts, clock }: OwnersOptions): Owners {
  const people = new Map<string, { at: number; email: string | null }>()
  let together: { members: Set<string>; emails: Promise<ReadonlyMap<string, string>> } | null = null

  async function emailOf(owner: string): Promise<string | null> {
    const known = people.get(owner)
    if (known !== undefined && Math.abs(clock.now() - known.at) < FRESH_MS) return known.email
    const answer = await client.call('GET', `${OWNERS}/${owner}`)
    // Not now: the next one may be told.
    if (answer.kind === 'wait' || answer.kind === 'down') return known?.email ?? null
    const isThere = answer.kind === 'ok' && answer.body.archived !== true
    const email = (isThere && textOf(answer.body.email)?.trim().toLowerCase()) || null
    if (people.size >= OWNERS_KEPT) people.clear()
    people.set(owner, { at: clock.now(), email })
    return email
  }

  async function look(members: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = await contacts.contactsOf(members)
    const records = known.flatMap(({ member, record }) => (record === null ? [] : [{ member, record }]))
    const owners = await ownersIn(client, [...new Set(records.map(({ record }) => record))])
    const emails = new Map<string, string>()
    for (const owner of new Set(owners.values())) {
      const email = await emailOf(owner)
      if (email !== null) emails.set(owner, email)
    }
    return new Map(
      records.flatMap(({ member, record }) => {
        const email = emails.get(owners.get(record) ?? '')
        return email === undefined ? [] : [[member, email] as const]
      }),
    )
  }

  return {
    ownerOf: async (member) => {
      if (together === null) {
        const members = new Set<string>()
        const begin = async () => {
          together = null
          return look([...members])
        }
        together = { members, emails: Promise.resolve().then(begin) }
      }
      together.members.add(member)
      const emails = await together.emails.catch(() => null)
      return emails?.get(member) ?? null
    },
  }
}

/** Of contacts' records, those that somebody owns. */
async function ownersIn(
  client: Pick<HubspotClient, 'call'>,
  records: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (records.length === 0) return new Map()
  const path = `${CONTACTS}/batch/read`
  const read = { client, path, extra: { properties: [OWNER] }, keysOf: ({ record }: { record: string }) => [record] }
  const fates = await sendAll(
    read,
    records.map((record) => ({ key: record, body: { id: record } })),
  )
  return new Map(
    [...fates].flatMap(([record, fate]) => {
      const owner = fate.kind === 'ok' ? (fate.contact.properties[OWNER] ?? '') : ''
      return OWNER_ID.test(owner) ? [[record, owner] as const] : []
    }),
  )
}
