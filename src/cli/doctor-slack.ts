// The doctor's look at Slack: the credentials and what they may do, the channels, and whether anybody is listed.
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import type { Context } from './command.ts'
import { bad, type Finding, good } from './doctor-findings.ts'
import { describeError } from './failures.ts'
import { doorAt } from './slack-manifest.ts'

const SETUP = 'npx regulars setup slack'

export async function checkSlack(
  { backend }: Pick<Context, 'backend'>,
  settings: Settings,
  program: Program | null,
): Promise<Finding[]> {
  const { botToken, signingSecret } = settings.slack
  if (botToken === null && signingSecret === null) {
    const state = settings.local ? 'this is the sandbox, where it is made up' : 'nobody is told of anything there'
    return [good('Slack', `not connected: ${state}. To connect: ${SETUP}`)]
  }
  const findings = signingSecret === null ? [withoutSecret()] : [good('Slack: signing secret', 'set')]
  const tools = await backend.slack(settings)
  if (tools === null) return [...findings, withoutToken()]
  try {
    if (signingSecret !== null && settings.publicUrl !== null)
      findings.push(await tools.reach(doorAt(settings.publicUrl), firstOf(signingSecret)))
    // Without a program nobody knows whom it lists.
    return program === null ? findings : [...findings, ...(await tools.check(program))]
  } catch (error) {
    return [...findings, bad('Slack', describeError(error), 'Look at slack-status.com, then try again')]
  }
}

/** Several may be listed, while one is being rotated. */
const firstOf = (secrets: string): string => secrets.split(',').map((secret) => secret.trim())[0] ?? ''

const withoutSecret = (): Finding =>
  bad(
    'Slack: signing secret',
    'SLACK_SIGNING_SECRET is not set: commands and buttons are refused',
    'Copy “Signing Secret” from https://api.slack.com/apps → your app → Basic Information to SLACK_SIGNING_SECRET',
  )

const withoutToken = (): Finding =>
  bad('Slack: token', 'SLACK_BOT_TOKEN is not set: nothing can be said in Slack', `${SETUP} says where it is`)
