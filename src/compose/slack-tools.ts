// What the command line asks of Slack. Its client is loaded with it, so it is imported late.
import { createSlackCalls } from '../../integrations/slack/calls.ts'
import { checkDoor, checkSlack, type SlackCheck } from '../../integrations/slack/check.ts'
import { SCOPES } from '../../integrations/slack/registered.ts'
import type { Clock } from '../app/ports.ts'
import type { Config } from '../config.ts'
import type { Program } from '../program/schema.ts'

export type { SlackCheck } from '../../integrations/slack/check.ts'

export interface SlackTools {
  /** What the token may do, whether the channels can be written to, whom the program lists. */
  check(program: Program): Promise<SlackCheck[]>
  /** Whether our own door answers where the world finds it. */
  reach(url: string, secret: string): Promise<SlackCheck>
}

export interface SlackToolsParts {
  config: { slack: Pick<Config['slack'], 'botToken' | 'alertChannel' | 'apiUrl'> }
  clock: Clock
  fetch: typeof fetch
}

export function createSlackTools({ config, clock, fetch }: SlackToolsParts): SlackTools {
  const { botToken, alertChannel, apiUrl } = config.slack
  const slack = createSlackCalls({ token: botToken ?? '', apiUrl })
  return {
    check: (program) => checkSlack({ slack, program, alertChannel, scopes: Object.keys(SCOPES) }),
    reach: (url, secret) => checkDoor({ url, secret, fetch, now: clock.now() }),
  }
}
