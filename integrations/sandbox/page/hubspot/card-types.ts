/** The card on a contact, as `GET /hubspot/card` answers it (integrations/hubspot/card-view.ts). */
export interface MemberCard {
  kind: 'member'
  program: string
  headline: string
  status: string | null
  progress: { percent: number; label: string } | null
  expiring: string | null
  risk: { level: 'low' | 'medium' | 'high'; text: string } | null
  badges: { id: string; name: string }[]
  history: { id: number; on: string; points: string; text: string }[]
  rewards: { id: string; label: string; byPoints: boolean }[]
  mayIssue: boolean
  ticket: string
}

export interface NoMemberCard {
  kind: 'none'
  message: string
  mayEnrol: boolean
  ticket: string
}

export type Card = MemberCard | NoMemberCard

export const isCard = (given: unknown): given is Card =>
  typeof given === 'object' && given !== null && 'kind' in given && (given.kind === 'member' || given.kind === 'none')
