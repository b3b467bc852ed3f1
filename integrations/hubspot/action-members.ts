/** Who of our members a contact of HubSpot's is: by the link, else by the address. */
import type { App, Idempotency, MemberView, Origin, Result } from '../../src/app/ports.ts'

export interface ContactOf {
  /** HubSpot's record id. */
  record: string
  email: string | null
  name: string | null
}

/** Nobody that it may concern: candidates have not joined yet, and whoever was erased is nobody. */
const isMember = ({ status }: MemberView): boolean => status !== 'candidate' && status !== 'erased'

/** Null when the contact is no member. `candidate`: bought, but has not joined. */
export async function memberOf(
  app: Pick<App, 'getMember'>,
  { record, email }: Pick<ContactOf, 'record' | 'email'>,
): Promise<{ member: MemberView | null; candidate: MemberView | null }> {
  let candidate: MemberView | null = null
  for (const ref of [`hubspot:${record}`, ...(email === null ? [] : [`email:${email}`])]) {
    const found = await app.getMember(ref)
    if (found.ok && isMember(found.value)) return { member: found.value, candidate: null }
    if (found.ok && found.value.status === 'candidate') candidate ??= found.value
  }
  return { member: null, candidate }
}

export const NO_ADDRESS = 'This contact has no e-mail address that could be a member’s'

/** Makes the contact a member, by the address. */
export async function enrolContact(
  app: Pick<App, 'enrolMember'>,
  { email, name }: ContactOf,
  { origin, once, referredBy = null }: { origin: Origin; once: Idempotency; referredBy?: string | null },
): Promise<Result<MemberView>> {
  if (email === null) return { ok: false, code: 'invalid_request', message: NO_ADDRESS }
  return app.enrolMember({ email, name, ...(referredBy !== null && { referredBy }) }, origin, once)
}
