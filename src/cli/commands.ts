// The commands by name, in the order in which one meets them. Each is loaded when it is asked for.
import type { Command } from './command.ts'

type Load = () => Promise<{ command: Command }>

export const COMMANDS: Readonly<Record<string, Load>> = {
  init: () => import('./init.ts'),
  'program check': () => import('./program-check.ts'),
  doctor: () => import('./doctor.ts'),
  'setup stripe': () => import('./setup-stripe.ts'),
  'setup hubspot': () => import('./setup-hubspot.ts'),
  'setup slack': () => import('./setup-slack.ts'),
  pay: () => import('./pay.ts'),
  action: () => import('./action.ts'),
  backfill: () => import('./backfill.ts'),
  'sync hubspot': () => import('./sync-hubspot.ts'),
  reconcile: () => import('./reconcile.ts'),
  import: () => import('./import.ts'),
  export: () => import('./export.ts'),
  replay: () => import('./replay.ts'),
  simulate: () => import('./simulate.ts'),
  report: () => import('./report.ts'),
  retention: () => import('./retention.ts'),
  'retention run': () => import('./retention-run.ts'),
  'retention fit': () => import('./retention-fit.ts'),
  deploy: () => import('./deploy.ts'),
  verify: () => import('./verify.ts'),
  backup: () => import('./backup.ts'),
}

export async function loadCommand(name: string): Promise<Command | null> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return load === undefined ? null : (await load()).command
}
