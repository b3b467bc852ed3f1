// Members by when something next changes for them by itself: a binary heap that leaves what is out of date where it is
// until it comes up.

type Due = [at: number, member: string]

export class DueMembers {
  readonly #heap: Due[] = []

  add(at: number, member: string): void {
    const heap = this.#heap
    heap.push([at, member])
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1
      if (timeOf(heap[parent]) <= timeOf(heap[child])) return
      swap(heap, parent, child)
      child = parent
    }
  }

  /** Takes out the first that is due by `until`; null when none is. */
  take(until: number): Due | null {
    const heap = this.#heap
    const [first] = heap
    if (first === undefined || first[0] > until) return null
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    const heap = this.#heap
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1
      const right = left + 1
      let least = parent
      if (left < heap.length && timeOf(heap[left]) < timeOf(heap[least])) least = left
      if (right < heap.length && timeOf(heap[right]) < timeOf(heap[least])) least = right
      if (least === parent) return
      swap(heap, parent, least)
      parent = least
    }
  }
}

const timeOf = (due: Due | undefined): number => due?.[0] ?? Number.POSITIVE_INFINITY

function swap(heap: Due[], a: number, b: number): void {
  const [first, second] = [heap[a], heap[b]]
  if (first === undefined || second === undefined) return
  heap[a] = second
  heap[b] = first
}
