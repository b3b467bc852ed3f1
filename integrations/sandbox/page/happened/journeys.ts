/** What happened, told as journeys: what somebody did, and everything that came of it, stage by stage. Pure. */
import type { ShownStep } from '../../shown.ts'
import { counted } from '../words.ts'

export type Vendor = ShownStep['vendor']

export const STAGES = [
  { stage: 'happened', name: 'Happened' },
  { stage: 'delivered', name: 'Delivered' },
  { stage: 'recorded', name: 'Recorded' },
  { stage: 'queued', name: 'Queued' },
  { stage: 'sent', name: 'Sent' },
] as const
export type StageName = (typeof STAGES)[number]['stage']

export interface Lit {
  stage: StageName
  name: string
  /** `none`: nothing of that kind has happened. */
  is: 'lit' | 'trouble' | 'none'
  tookMs: number | null
  /** What it was, in words. */
  about: string
}

export interface Journey {
  key: string
  /** null: one step that belongs to nothing else. */
  journey: string | null
  title: string
  vendor: Vendor
  at: number
  isTrouble: boolean
  /** The ledger's, the newest last. */
  sentences: { id: number; points: number | null; text: string; more: number }[]
  stages: Lit[]
  vendors: Vendor[]
  steps: ShownStep[]
}

/** So many are shown at the most. */
const STEPS_LIMIT = 300
const WAIT_LIMIT_MS = 60_000

/** The newest last, each once. */
export function withSteps(before: readonly ShownStep[], news: readonly ShownStep[]): ShownStep[] {
  const last = before.at(-1)?.id ?? 0
  return [...before, ...news.filter(({ id }) => id > last)].slice(-STEPS_LIMIT)
}

/** The newest first. */
export function journeysOf(steps: readonly ShownStep[]): Journey[] {
  const groups = Map.groupBy(steps.filter(isTold), ({ id, journey }) => journey ?? `step-${id}`)
  return [...groups]
    .map(([key, group]) => journeyOf(key, group))
    .sort((a, b) => (b.steps[0]?.id ?? 0) - (a.steps[0]?.id ?? 0))
}

/** What belongs to nothing is only told where it says something. */
const isTold = ({ journey, stage, isTrouble }: ShownStep): boolean =>
  journey !== null || isTrouble || stage === 'recorded' || stage === 'happened'

function journeyOf(key: string, steps: ShownStep[]): Journey {
  const [first] = steps as [ShownStep]
  const stages = STAGES.map(({ stage, name }) => lit(stage, name, steps))
  return {
    key,
    journey: first.journey,
    title: titleOf(steps),
    vendor: first.vendor,
    at: first.at,
    isTrouble: stages.some(({ is }) => is === 'trouble'),
    sentences: steps
      .filter(({ stage }) => stage === 'recorded')
      .map(({ id, points, title, more }) => ({ id, points, text: title, more })),
    stages,
    vendors: [...new Set(steps.map(({ vendor }) => vendor))],
    steps,
  }
}

const VENDORS: Record<Vendor, string> = { stripe: 'Stripe', hubspot: 'HubSpot', slack: 'Slack', regulars: 'Regulars' }
export const vendorName = (vendor: Vendor): string => VENDORS[vendor]

/** What it began with; of what has no beginning any more, what the ledger says. */
function titleOf(steps: readonly ShownStep[]): string {
  const first = steps.find(({ stage }) => stage === 'happened') ?? steps.find(({ stage }) => stage === 'recorded')
  if (first === undefined) return steps[0] === undefined ? '' : stepWords(steps[0])
  return first.event !== null && first.stage === 'happened'
    ? `${vendorName(first.vendor)}: ${first.title}`
    : first.title
}

/** Calls stand for what was sent where nothing was queued, such as an answer in Slack. */
function stepsOf(stage: StageName, steps: readonly ShownStep[]): readonly ShownStep[] {
  const own = steps.filter((step) => step.stage === stage)
  if (stage !== 'sent' || own.length > 0) return own
  return steps.filter((step) => step.stage === 'called')
}

function lit(stage: StageName, name: string, steps: readonly ShownStep[]): Lit {
  const own = stepsOf(stage, steps)
  const last = own.at(-1)
  if (last === undefined) return { stage, name, is: 'none', tookMs: null, about: 'Nothing' }
  // What was tried again and went well is no trouble any more.
  const isTrouble = stage === 'sent' || stage === 'delivered' ? lastOfEach(own).some((one) => one.isTrouble) : false
  const tookMs = stage === 'happened' ? null : own.reduce((sum, step) => sum + tookOf(step, steps), 0)
  return { stage, name, is: isTrouble ? 'trouble' : 'lit', tookMs, about: aboutOf(stage, own) }
}

const lastOfEach = (steps: readonly ShownStep[]): ShownStep[] => [
  ...new Map(steps.map((step) => [step.stage === 'delivered' ? (step.event ?? step.id) : step.vendor, step])).values(),
]

/** As measured; else since the step before. */
function tookOf(step: ShownStep, steps: readonly ShownStep[]): number {
  if (step.tookMs !== null) return step.tookMs
  const before = steps[steps.indexOf(step) - 1]
  const since = before === undefined ? 0 : Math.max(0, step.at - before.at)
  // Somebody moved the clock meanwhile.
  return since > WAIT_LIMIT_MS ? 0 : since
}

const countOf = (steps: readonly ShownStep[]): number => steps.reduce((sum, { more }) => sum + 1 + more, 0)

function aboutOf(stage: StageName, own: readonly ShownStep[]): string {
  const vendors = [...new Set(own.map(({ vendor }) => vendorName(vendor)))].join(', ')
  switch (stage) {
    case 'happened': {
      const events = countOf(own.filter(({ event }) => event !== null))
      return events === 0 ? vendors : `${vendors}: ${counted(events, 'event')}`
    }
    case 'delivered':
      return counted(countOf(own), own.some(({ vendor }) => vendor === 'slack') ? 'request' : 'webhook')
    case 'recorded':
      return `${counted(countOf(own), 'line')} in the ledger`
    case 'queued':
      return `for ${vendors}`
    case 'sent':
      return vendors
  }
}

const OUTCOMES: Record<string, string> = {
  recorded: 'Taken in',
  duplicate: 'Known already: nothing changes',
  ignored: 'Of no concern to the program',
  acknowledged: 'Acknowledged',
  done: 'Done',
  learnt: 'Done',
  wait: 'It is to be tried later',
  down: 'No answer: it is tried again',
  refused: 'It would not take it',
  held: 'It waits for somebody',
}

/** A step in words. */
export const stepWords = (step: ShownStep): string =>
  step.more === 0 ? wordsOf(step) : `${wordsOf(step)}, and ${step.more} more like this`

function wordsOf({ stage, title, vendor }: ShownStep): string {
  if (stage === 'delivered') return OUTCOMES[title] ?? title
  if (stage === 'sent') return `${vendorName(vendor)}: ${OUTCOMES[title] ?? title}`
  if (stage === 'queued') return QUEUED[title] ?? `${vendorName(vendor)} is to be told`
  return title
}

const QUEUED: Record<string, string> = {
  'hubspot.contact': 'HubSpot is to be told of the member',
  'slack.alert': 'Slack is to be told of an alert',
  'slack.redemption': 'Slack is to be told of a reward',
  'slack.digest': 'Slack is to get the digest',
}
