// Stands in for each of Bolt's own receivers (wrangler.toml, [alias]): what Slack sends comes in by ours on Hono, and
// theirs would bring express, undici and four tables of MIME types along, three megabytes that no request ever needs.
export default class SlackReceiver {
  constructor() {
    throw new Error('Bolt’s own receivers are not in the Worker’s bundle: give Bolt the receiver of integrations/slack')
  }
}
