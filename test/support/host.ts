// Which host runs the tests. Most do not ask; what is not run in workerd at all is in `workerd/skipped.ts`.
export const IN_WORKERD = globalThis.navigator?.userAgent === 'Cloudflare-Workers'

/** How many of something: a local D1 takes a millisecond for what SQLite in memory does in some microseconds. */
export const sized = (count: number, inWorkerd: number): number => (IN_WORKERD ? inWorkerd : count)
