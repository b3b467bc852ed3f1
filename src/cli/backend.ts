// What commands need from the machine they run on. The host (src/cli.ts) provides it; tests provide another.
import type { App } from '../app/ports.ts'
import type { HubspotTools } from '../compose/hubspot-tools.ts'
import type { SlackTools } from '../compose/slack-tools.ts'
import type { StripeTools } from '../compose/stripe-tools.ts'

/** The part of the configuration that commands look at. */
export interface Settings {
  port: number
  host: string
  publicUrl: string | null
  databasePath: string
  programFile: string
  apiKeys: readonly { name: string; key: string; scope: string }[]
  stripe: { secretKey: string | null; webhookSecrets: readonly string[]; apiUrl: string | null }
  hubspot: { accessToken: string | null; clientSecret: string | null; apiUrl: string | null }
  slack: { botToken: string | null; signingSecret: string | null; alertChannel: string | null; apiUrl: string | null }
  /** Nobody's credentials are set: the sandbox's database. */
  local: boolean
  warnings: readonly string[]
}

export type ReadSettings = { ok: true; settings: Settings } | { ok: false; problems: string[] }

export interface OpenOptions {
  /** Where there is no database yet, works on an empty one in memory: for looking without leaving anything behind. */
  leaveNoFile?: boolean
  /**
   * Rests after each commit, and lets none wait for the disk, so that a server beside it comes first: for work that takes
   * long, and can be done again.
   */
  givesWay?: boolean
  /** Nothing is written to it but a transfer of all rows. */
  isPaused?: boolean
}

export interface Opened {
  app: App
  /** Copies the database as of one moment, while it is used. */
  backupTo(path: string): Promise<void>
  close(): Promise<void>
}

export interface Backend {
  readSettings(): ReadSettings
  /** The settings as far as they can be read: variables that are wrong are left out. */
  readSettingsLeniently(): { settings: Settings | null; problems: string[] }
  /** The settings that these variables alone make, whatever this process was started with. */
  readVariables(variables: Readonly<Record<string, string>>): ReadSettings
  /** @throws Failure in words when the settings, the program or the database do not allow it. */
  open(settings: Settings, options?: OpenOptions): Promise<Opened>
  /** Names of the migrations that this version knows, oldest first. */
  migrations(): Promise<string[]>
  /** Null without STRIPE_SECRET_KEY. */
  stripe(settings: Settings): Promise<StripeTools | null>
  /** Null without HUBSPOT_ACCESS_TOKEN. */
  hubspot(settings: Settings): Promise<HubspotTools | null>
  /** Null without SLACK_BOT_TOKEN. */
  slack(settings: Settings): Promise<SlackTools | null>
}
