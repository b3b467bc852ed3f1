// Work that comes faster than it is done, taken in turns: what waits is kept as it came, which is less than what becomes of it.

/**
 * @param atOnce so many are under way at the most; what waits begins together, when all of those are over or with the next that comes
 * @param begin starts the work of one; its promise may be rejected, which is the business of whoever made it
 * @returns takes further ones, in their order
 */
export function createTurns<Item>(
  atOnce: number,
  begin: (item: Item) => Promise<unknown>,
): (items: readonly Item[]) => void {
  let waiting: Item[] = []
  let underWay = 0
  const over = (): void => {
    underWay--
    if (underWay === 0) go()
  }
  const go = (): void => {
    const turn = waiting.slice(0, atOnce - underWay)
    waiting = waiting.slice(turn.length)
    underWay += turn.length
    for (const item of turn) begin(item).then(over, over)
  }
  return (items) => {
    waiting.push(...items)
    go()
  }
}
