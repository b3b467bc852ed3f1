// What `npm run bench:worker` asks of a section: as those of `npm run bench`, less the server on Node that those fire at.
import type { Bench, Section } from './bench.ts'

export type WorkerBench = Pick<Bench, 'quick' | 'folder' | 'say' | 'broken'>

export interface WorkerSection extends Pick<Section, 'name' | 'title'> {
  run(bench: WorkerBench): ReturnType<Section['run']>
}
