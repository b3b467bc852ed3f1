/** The guided tour: eight steps from a purchase to an alert. Each is done when what it is about has happened. */
import type { TourStep } from './shown.ts'

const STEPS: readonly Omit<TourStep, 'isDone'>[] = [
  {
    id: 'buy',
    pane: 'shop',
    title: 'Sell something',
    about: 'In the shop, choose Ada Lovelace, put two espresso machines and a teapot in her basket, and press Buy.',
  },
  {
    id: 'points',
    pane: 'happened',
    title: 'See the points',
    about: 'Below, Stripe’s events came in and became one entry in the ledger, once. Press one to see the JSON.',
  },
  {
    id: 'hubspot',
    pane: 'hubspot',
    title: 'Find her in HubSpot',
    about: 'Open Ada’s contact: tier, points and the rest are in her properties, ready for lists and e-mails.',
  },
  {
    id: 'lookup',
    pane: 'slack',
    title: 'Look her up in Slack',
    about: 'You are Sam, who serves customers. In #loyalty, type /loyalty ada and press Enter.',
  },
  {
    id: 'reward',
    pane: 'slack',
    title: 'Issue a reward',
    about: 'On her card press Issue reward, choose $5 off, and issue it. Stripe makes the code.',
  },
  {
    id: 'checkout',
    pane: 'shop',
    title: 'Use the code at checkout',
    about: 'Back in the shop her code is offered at the basket: buy something with it.',
  },
  {
    id: 'refund',
    pane: 'shop',
    title: 'Give money back',
    about: 'Refund her first purchase, in part or all of it, and see the points go, with a reason.',
  },
  {
    id: 'alert',
    pane: 'slack',
    title: 'Hear who may be leaving',
    about: 'Press “A year in a minute”, then look at #loyalty: the first alerts have come.',
  },
]

export const TOUR_STEPS: readonly string[] = STEPS.map(({ id }) => id)

export const tourOf = (done: readonly string[]): TourStep[] =>
  STEPS.map((step) => ({ ...step, isDone: done.includes(step.id) }))
