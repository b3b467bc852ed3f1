/** The words for what a change of the program means, by where it is: what becomes of what members hold. */
import type { Program } from '../../program/schema.ts'
import type { Held } from './shapes.ts'

/** Lists whose entries go by an id (`autoRedeem` by its reward): what one entry is called, and what going means. */
export type Named = { id: string; name?: string }
export type Section =
  | 'earning'
  | 'limits'
  | 'campaigns'
  | 'rewards'
  | 'autoRedeem'
  | 'challenges'
  | 'badges'
  | 'partners'
  | 'causes'

export interface Going {
  before: Program
  after: Program
  held: Held | null
}

interface Gone {
  holders: number | null
  means: string
}

export const SECTIONS: Record<
  Section,
  { word: string; gone: (id: string, going: Going) => Gone; changed: string; added: string }
> = {
  earning: {
    word: 'Earning rule',
    gone: () => ({ holders: null, means: 'It earns nothing from then on; what it earned stays.' }),
    changed: 'From then on: purchases that were decided before keep their rate.',
    added: 'It earns from then on.',
  },
  limits: {
    word: 'Limit',
    gone: () => ({ holders: null, means: 'Its rules are no longer limited together.' }),
    changed: 'From then on: what was earned before stays.',
    added: 'What its rules earned in the present period counts towards it.',
  },
  campaigns: {
    word: 'Campaign',
    gone: () => ({ holders: null, means: 'It ends at once; what it brought stays.' }),
    changed: 'From then on: purchases that were decided before keep what it brought them.',
    added: 'It holds for purchases from then on.',
  },
  rewards: {
    word: 'Reward',
    gone: (id, { held }) => {
      const reward = held?.rewards.find((one) => one.id === id)
      const chosen = reward?.chosen ?? 0
      const falls = chosen === 0 ? '' : ` ${people(chosen)} chose it to be issued by itself: that choice falls away.`
      return {
        holders: held && (reward?.open ?? 0) + chosen,
        means: `${openOnes(reward?.open ?? 0)} Nobody can ask for it any more.${falls}`,
      }
    },
    changed: 'From then on: rewards that were asked for before keep their terms.',
    added: 'It can be had from then on.',
  },
  autoRedeem: {
    word: 'Reward issued by itself',
    gone: () => ({ holders: null, means: 'It is no longer issued by itself; those that were stay valid.' }),
    changed: 'From then on.',
    added: 'Members who have the points for it already get it too.',
  },
  challenges: {
    word: 'Challenge',
    gone: (id, { held }) => {
      const members = held?.challenges.find((one) => one.id === id)?.members ?? 0
      return {
        holders: held && members,
        means:
          members === 0
            ? 'Nobody is on the way.'
            : `${people(members)} met it or ${members === 1 ? 'is' : 'are'} on the way. What they were given stays; what is not met by then is not given.`,
      }
    },
    changed: 'From then on by the new terms; what was given stays.',
    added: 'It can be met from then on.',
  },
  badges: {
    word: 'Badge',
    gone: (id, { held }) => {
      const members = held?.badges.find((one) => one.id === id)?.members ?? 0
      return {
        holders: held && members,
        means:
          members === 0
            ? 'Nobody has it.'
            : `${people(members)} ${haveOrHas(members)} it and keep${members === 1 ? 's' : ''} it: it is shown as "${id}".`,
      }
    },
    changed: 'Those who have it see the new one.',
    added: 'It can be given from then on.',
  },
  partners: {
    word: 'Partner',
    gone: (id, { held }) => {
      const points = held?.partners.find((one) => one.id === id)?.points ?? 0
      const open =
        points === 0
          ? 'No open points came from there.'
          : `${pointsOf(points)} that came from there stay with their members.`
      return {
        holders: held && points,
        means: `Payments there earn nothing from then on. ${open} The partners report has no prices for it any more: settle first.`,
      }
    },
    changed: 'From then on; the partners report settles at the new prices, earlier months too.',
    added: 'Payments there earn from then on.',
  },
  causes: {
    word: 'Cause',
    gone: (id, { held }) => {
      const points = held?.causes.find((one) => one.id === id)?.points ?? 0
      return {
        holders: held && points,
        means: `Nothing is given to it from then on. ${points === 0 ? 'No points were given to it' : `The ${pointsOf(points).toLowerCase()} given to it stay in its account`}, and the causes report keeps it as "${id}".`,
      }
    },
    changed: 'From then on: purchases made before keep what they gave.',
    added: 'It can be given to from then on.',
  },
}

export const people = (members: number): string => (members === 1 ? '1 member' : `${number(members)} members`)
const pointsOf = (points: number): string => (points === 1 ? '1 point' : `${number(points)} points`)
const haveOrHas = (members: number): string => (members === 1 ? 'has' : 'have')
const openOnes = (open: number): string =>
  open === 0
    ? 'None is open.'
    : open === 1
      ? '1 is open and stays valid on its terms.'
      : `${number(open)} are open and stay valid on their terms.`
const number = (value: number): string => new Intl.NumberFormat('en').format(value)

export const LEVELS_MEAN =
  'Who holds a tier keeps it for as long as it was promised, and what was bought before is judged once by the new rules.'

/** What other settings mean when they change, by what their path begins with; the longest fits. */
export const MEANINGS: readonly [path: string, means: string, warns?: true][] = [
  ['', 'From then on.'],
  ['currency', 'Points and spend already counted are not converted: start a new program instead.', true],
  [
    'timezone',
    'Days, months and years begin at other instants from then on; closed months in reports move with them.',
    true,
  ],
  ['points.value', 'Reports value all points by it, earlier ones too.', true],
  ['points.expiry', 'Points already earned keep their end where the new one would be sooner.'],
  ['points.holdDays', 'Points already earned keep their day.'],
  ['points.shortfall', 'Purchases that were decided before keep the old rule.'],
  ['points.rounding', 'Purchases that were decided before keep the old rule.'],
  ['enrolment', 'For those who join from then on.'],
  ['tiers', LEVELS_MEAN],
  ['stacking', 'Purchases that were decided before keep the old rule.'],
  ['campaignStacking', 'Purchases that were decided before keep the old rule.'],
  ['redeeming', 'Rewards that were issued before stay valid.'],
  ['referral', 'Friends who come from then on.'],
  ['goals', 'Nothing changes for members.'],
  ['name', 'Members see the new one.'],
  ['purpose', 'Members see the new one.'],
  ['staff', 'From then on, for staff.'],
  ['hubspot', 'At the next sync.'],
  ['retention', 'Alerts from then on.'],
]
