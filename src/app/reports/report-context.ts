/** What every report works with: one store, one program, one moment. */
import type { Program } from '../../program/schema.ts'
import type { Knowledge } from '../../retention/types.ts'
import type { Store, StoredProgram } from '../store-port.ts'

export interface ReportContext {
  store: Store
  program: Program
  zone: string
  now: number
  /** That was asked for, else the program's; lower case. */
  currency: string
  /** What was learnt from the whole shop, as stored now. */
  knowledge(): Promise<Knowledge>
  /** Every program that was in force, oldest first. */
  history: readonly StoredProgram[]
  /** @throws when the version was never stored. */
  programOf(version: string): Program
}
