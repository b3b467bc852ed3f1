// Where a command writes: standard output or error, or a test's memory. A reader that has gone away (`| head`) is no
// error; writing waits while the reader is slow, so that an export of any size needs little memory.
import { styleText } from 'node:util'

export interface Output {
  write(text: string): Promise<void>
  /** The same, and the line's end. */
  line(text?: string): Promise<void>
  isTerminal: boolean
  hasColours: boolean
  columns: number
  /** Nobody reads any more. */
  readonly isClosed: boolean
}

/** The part of a stream that an output needs. */
export interface Stream {
  write(text: string): boolean
  once(event: 'drain' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  isTTY?: boolean
  columns?: number
  hasColors?(): boolean
}

const PLAIN_COLUMNS = 120

export function createOutput(stream: Stream): Output {
  let isClosed = false
  let wake: (() => void)[] = []
  const wakeAll = () => {
    for (const go of wake.splice(0)) go()
  }
  stream.on('error', (error) => {
    // A pipe that was closed, or a disk that is full behind a redirection: nobody is there to be told.
    isClosed = true
    if (error.code !== 'EPIPE') process.exitCode = 1
    wakeAll()
  })
  const write = async (text: string): Promise<void> => {
    if (isClosed || stream.write(text)) return
    await new Promise<void>((go) => {
      if (wake.length === 0) stream.once('drain', wakeAll)
      wake = [...wake, go]
    })
  }
  return {
    write,
    line: (text = '') => write(`${text}\n`),
    isTerminal: stream.isTTY === true,
    hasColours: stream.isTTY === true && stream.hasColors?.() === true,
    // Some terminals say 0 when they do not know.
    columns: stream.columns || PLAIN_COLUMNS,
    get isClosed() {
      return isClosed
    },
  }
}

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow'

/** Colour where the output shows it. */
export const paint = (output: Output, style: Style, text: string): string =>
  output.hasColours ? styleText(style, text, { validateStream: false }) : text
