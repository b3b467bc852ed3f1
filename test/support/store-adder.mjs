// A second process on the same file: adds one to a member's points as often as it is told to.
import { openNodeDriver } from '../../src/store/node-driver.ts'
import { createStore } from '../../src/store/store.ts'

const [path = '', times = '0'] = process.argv.slice(2)
const store = createStore(openNodeDriver({ path }))
for (let i = 0; i < Number(times); i++) {
  await store.commit((tx) => {
    const member = tx.members(['m1']).get('m1')
    member.available += 1
    return { outcome: null, changes: { members: [member] } }
  })
}
await store.close()
