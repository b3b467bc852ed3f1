/** `/loyalty rewards`: what there is to be had. */
import type { Commanded, Handler } from '../desk.ts'
import { rewardsList } from '../views/rewards-list.ts'

export const rewardsCommand: Handler<Commanded> = {
  needs: 'view',
  answer: async (_, asking, { app }) => ({ do: 'say', message: rewardsList(await app.listRewards(), asking) }),
}
