// Says what to do at Slack, with the app's manifest filled in; with a token, looks at what is still to be done.
import { existsSync } from 'node:fs'
import type { Program } from '../program/schema.ts'
import type { Settings } from './backend.ts'
import { type Context, defineCommand } from './command.ts'
import { describe } from './doctor-findings.ts'
import { checkSlack } from './doctor-slack.ts'
import { UsageError } from './failures.ts'
import { readProgramFile } from './program-check.ts'
import { settingsOf } from './settings.ts'
import { manifestLink, slackManifest } from './slack-manifest.ts'

export const command = defineCommand({
  name: 'setup slack',
  summary: 'Says how to connect Slack, with the app’s manifest filled in',
  about: [
    'Changes nothing, neither here nor in Slack. With SLACK_BOT_TOKEN set it looks at what is still to be done.',
    'The whole of it is in integrations/slack/README.md.',
  ],
  options: {
    url: { value: 'URL', about: 'how Slack reaches this server (default: PUBLIC_URL)' },
    manifest: { about: 'print only the manifest, as JSON: to be pasted at Slack' },
  },
  examples: ['setup slack --url https://loyalty.example.org', 'setup slack --manifest'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const { stdout } = context
    const manifest = slackManifest(publicUrl(asked.text('url') ?? settings.publicUrl))
    if (asked.flag('manifest')) {
      await stdout.write(manifest)
      return 0
    }
    const { botToken, signingSecret } = settings.slack
    if (botToken !== null && signingSecret !== null) return look(context, settings)
    for (const line of steps(manifest, settings)) await stdout.line(line)
    return botToken === null ? 0 : look(context, settings)
  },
})

function steps(manifest: string, { slack }: Settings): string[] {
  return [
    '1. Open this link, pick your workspace, and press “Create”. It brings the commands, buttons and permissions along:',
    '',
    manifestLink(manifest),
    '',
    '   (Or at https://api.slack.com/apps: “Create New App”, “From a manifest”, and paste what this prints:',
    '   npx regulars setup slack --manifest)',
    '2. Press “Install to Workspace”.',
    '3. Put these into .env, or wherever the server’s variables are:',
    `   SLACK_BOT_TOKEN=xoxb-…        ${slack.botToken === null ? '“Bot User OAuth Token”, at OAuth & Permissions' : 'is set'}`,
    `   SLACK_SIGNING_SECRET=…        ${slack.signingSecret === null ? '“Signing Secret”, at Basic Information' : 'is set'}`,
    `   SLACK_ALERT_CHANNEL=C…        ${slack.alertChannel === null ? 'the id at the end of a channel’s details; there: /invite @Regulars' : 'is set'}`,
    '4. Say in program.json who may do what; nobody is listed by default but to look:',
    '   "staff": {"admin": ["slack:U…"], "issuer": ["slack:U…", "slack:S…"], "viewer": ["*"]}',
    '   (somebody’s profile → ⋮ → “Copy member ID”; S… is a user group)',
    '5. Restart the server. At “Event Subscriptions” of the app, press “Retry” until it says “Verified”: Slack could not',
    '   ask a server that did not have its secret yet.',
    '6. In Slack: /loyalty. When something is missing: npx regulars setup slack, or npx regulars doctor',
  ]
}

async function look(context: Context, settings: Settings): Promise<number> {
  const { stdout } = context
  await stdout.line()
  const findings = await checkSlack(context, settings, programOf(settings))
  for (const finding of findings) await stdout.line(describe(finding, stdout))
  const isRight = findings.every(({ ok }) => ok)
  await stdout.line(
    isRight ? '\nSlack is connected. Type /loyalty there.' : '\nMend what is marked, then run this again.',
  )
  return isRight ? 0 : 1
}

function programOf({ programFile }: Settings): Program | null {
  return existsSync(programFile) ? readProgramFile(programFile).program : null
}

function publicUrl(given: string | null): string {
  if (given === null) throw new UsageError('--url is missing, and PUBLIC_URL is not set')
  if (!URL.canParse(given) || !given.startsWith('https://')) {
    throw new UsageError('--url must be an address that Slack can call, such as https://loyalty.example.org')
  }
  return given
}
