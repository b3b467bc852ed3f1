// The app as Slack is to make it: manifest.json, with the address of this server.
import { readFileSync } from 'node:fs'

const FILE = new URL('../../manifest.json', import.meta.url)
const EXAMPLE = 'https://loyalty.example.org'
export const DOOR = '/slack/events'

/** As JSON. `base`: how Slack reaches this server, without the path. */
export const slackManifest = (base: string): string =>
  readFileSync(FILE, 'utf8').replaceAll(EXAMPLE, base.replace(/\/+$/, ''))

export const manifestLink = (manifest: string): string =>
  `https://api.slack.com/apps?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(JSON.parse(manifest)))}`

export const doorAt = (base: string): string => `${base.replace(/\/+$/, '')}${DOOR}`
