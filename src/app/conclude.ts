/**
 * What follows for a member once their books were touched: awards for a tier reached or a challenge met, for who brought
 * them, rewards issued by themselves. Each step brings what was given in line with what is due by now, so that it may
 * run as often as one likes and in whatever order facts come. Steps also say when they next have something to do
 * (`books.wakeAt`): settling forgets it.
 */
import { followAlerts } from './alerts/follow-alerts.ts'
import { autoRedeem } from './auto-redeem.ts'
import { concludeChallenges } from './challenges.ts'
import type { Desk } from './desk.ts'
import { expireRewards } from './expire-rewards.ts'
import { keepWelcome } from './joining.ts'
import { celebrate } from './occasions.ts'
import { concludeReferrals } from './referrals.ts'
import { keepSegment } from './segment.ts'
import { keepSubscriptionAlerts } from './subscription-alerts.ts'
import { concludeTiers } from './tier-entries.ts'

/** Steps in the order in which one may follow from another. A step costs nothing where the program does not ask for it. */
const STEPS: readonly ((desk: Desk, member: string) => void)[] = [
  expireRewards,
  keepWelcome,
  celebrate,
  concludeTiers,
  concludeChallenges,
  concludeReferrals,
  autoRedeem,
  keepSegment,
  keepSubscriptionAlerts,
  followAlerts,
]

export function conclude(desk: Desk, member: string): void {
  for (const step of STEPS) step(desk, member)
}
