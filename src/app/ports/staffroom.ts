/** What a channel of staff's needs kept: where things were posted, and what each person likes. Nothing here names a vendor's call. */

/** One subject may have one message; one message may tell of many subjects. */
export interface PostedMessage {
  /** `alert:<id>`, `approval:<id>`, `told:<id>`, … */
  subject: string
  channel: string
  message: string
  /** A short mark of what it shows. */
  shown: string
  /** ms, when it was first posted. */
  at: number
}

export interface Staffroom {
  /** What was posted of these subjects; unknown ones are left out. */
  postedOf(subjects: readonly string[]): Promise<PostedMessage[]>
  /** Every subject that one message tells of. */
  postedIn(channel: string, message: string): Promise<PostedMessage[]>
  /** What was first posted at or after an instant, of subjects that begin so; the oldest first. */
  postedSince(prefix: string, since: number): Promise<PostedMessage[]>
  /** Remembers what is posted now; a subject's later message takes the earlier one's place. */
  notePosted(messages: readonly PostedMessage[]): Promise<void>
  forgetPosted(subjects: readonly string[]): Promise<void>
  /** Queues the day's digest unless that day's was queued before; answers whether it is queued now. */
  queueDigest(date: string): Promise<boolean>
  /** Whether whoever asks is to post that day's digest now: nobody else is told so for a minute. */
  claimDigest(date: string): Promise<boolean>
  /** It could not be posted: whoever asks next may. */
  releaseDigest(date: string): Promise<void>
  /** The language that somebody of staff chose, by `slack:U…`; null while they have not. */
  staffLanguage(actor: string): Promise<string | null>
  putStaffLanguage(actor: string, language: string | null): Promise<void>
}
