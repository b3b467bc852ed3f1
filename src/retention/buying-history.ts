/** What models see of what somebody bought: one-off purchases by local day, those of a day as one. */
import { localDay } from '../core/calendar.ts'
import type { BuyingHistory } from './types.ts'

/** Kept purchases, oldest first. Renewals of subscriptions follow no habit of buying: they are left out. */
export function historyOf(
  purchases: readonly { at: number; spendMinor: number; isRenewal: boolean }[],
  zone: string,
): BuyingHistory {
  const days: number[] = []
  const spend: number[] = []
  for (const { at, spendMinor, isRenewal } of purchases) {
    if (isRenewal) continue
    const day = localDay(at, zone)
    const last = days.length - 1
    // Clocks set back may bring a day again after the next one began.
    if (last >= 0 && day <= (days[last] as number)) spend[last] = (spend[last] as number) + spendMinor
    else {
      days.push(day)
      spend.push(spendMinor)
    }
  }
  return { days, spend }
}
