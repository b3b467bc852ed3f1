/** Points that staff want to give and may not give alone: they wait for a second pair of eyes. */
import type { Decision } from './reward-state.ts'

export interface AdjustmentRequest {
  /** `adr_…`. */
  id: string
  /** 0 while not stored yet. */
  version: number
  member: string
  points: number
  state: 'waiting' | 'approved' | 'rejected' | 'cancelled'
  createdAt: number
  /** When it was decided or cancelled. */
  endedAt: number | null
  /** Who asked, and who approved or rejected. */
  requestedBy: string
  decidedBy: string | null
  decision: Decision | null
  /** Why the points are to be given, as it was typed; erasable. */
  note: string | null
  /** Why it was cancelled, in words of ours. */
  reason: string | null
  /** The adjustment that came of it, as entries have it; null while none did. */
  adjustment: string | null
}
