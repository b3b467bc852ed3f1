// What `npm start` runs, and each of the server's threads begins with. It is JavaScript because the first file of a thread
// is read before the compile cache is there: TypeScript would have to be stripped of its types each time, by a
// compiler that stays in memory.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread, workerData } from 'node:worker_threads'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/regulars', import.meta.url)))
/** By what whoever starts a thread calls it. */
const THREADS = { books: '../src/node-thread.ts', look: '../src/node-lookahead.ts' }
await import(isMainThread ? '../src/node.ts' : THREADS[workerData.runs])
