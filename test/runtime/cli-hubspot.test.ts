// HubSpot through the real processes: setting it up, everybody's first sync beside a server, Ctrl-C, a comparison, the doctor.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HubspotDouble } from '../../integrations/sandbox/doubles/hubspot/create-double.ts'
import { runCliIn, spawnCli } from '../support/cli-process.ts'
import { listenAsHubspot, TOKEN } from '../support/hubspot.ts'
import { openContacts } from '../support/hubspot-portal.ts'
import { levels, plain } from '../support/programs.ts'
import { newFolder, removeFolder } from '../support/server.ts'

/** Each test starts several processes, on a machine that may have other work. */
const SLOW_MS = 120_000
const MEMBERS = 2_350
const folder = newFolder()
let portal: { double: HubspotDouble; url: string; close: () => Promise<void> }
let env: Record<string, string>

beforeAll(async () => {
  portal = await listenAsHubspot({ now: Date.now })
  env = { HUBSPOT_ACCESS_TOKEN: TOKEN, HUBSPOT_CLIENT_SECRET: 'secret', HUBSPOT_API_URL: portal.url }
  const program = { ...plain, tiers: { levels: levels(['silver', 0], ['gold', 500]) } }
  writeFileSync(join(folder, 'program.json'), JSON.stringify(program))
  const rows = Array.from({ length: MEMBERS }, (_, n) => `m${n}@example.org,${n % 50}`)
  writeFileSync(join(folder, 'members.csv'), ['email,points', ...rows, ''].join('\n'))
}, SLOW_MS)
afterAll(async () => {
  await portal.close()
  removeFolder(folder)
})

const regulars = (...words: string[]) => runCliIn(folder, words, env)

describe('the command line with HubSpot', { timeout: SLOW_MS }, () => {
  test('sets the portal up, writes everybody with an interruption in between, and finds all right', async () => {
    // Members of before HubSpot was connected: nothing is queued for them.
    const imported = await runCliIn(folder, ['import', 'members.csv'], { STRIPE_WEBHOOK_SECRET: 'whsec_1' })
    expect(imported.code, imported.err).toBe(0)
    const { double } = portal
    const setup = await regulars('setup', 'hubspot', '--lists')
    expect(setup.code, setup.out + setup.err).toBe(0)
    expect(setup.out).toContain('Made loyalty_tier\n')
    expect(setup.out).toContain('Made the active list “Loyalty: Gold”\n')

    double.settings.latencyMs = 100
    const broken = spawnCli(folder, ['sync', 'hubspot', '--all'], env)
    const madeSome = async () => {
      while (openContacts(double.portal).length < 200 && broken.child.exitCode === null)
        await new Promise((done) => setTimeout(done, 5))
    }
    await madeSome()
    broken.child.kill('SIGINT')
    const ended = await broken.ended
    expect(ended.code, ended.out + ended.err).toBe(130)
    expect(ended.err).toContain('Interrupted. Go on with: npx regulars sync hubspot --all')
    expect(openContacts(double.portal).length).toBeLessThan(MEMBERS)

    double.settings.latencyMs = 0
    const all = await regulars('sync', 'hubspot', '--all')
    expect(all.code, all.out + all.err).toBe(0)
    expect(all.err).toMatch(/Going on after [12],000 members\./)
    const contacts = openContacts(double.portal)
    expect(contacts).toHaveLength(MEMBERS)
    const byEmail = new Map(contacts.map(({ properties }) => [properties.email, properties]))
    expect(byEmail.get('m49@example.org')).toMatchObject({ loyalty_points: '49', loyalty_tier: 'silver' })

    const checked = await regulars('sync', 'hubspot', '--check')
    expect(checked).toMatchObject({ code: 0, out: '2,350 contacts compared: all are as they should be.\n' })
    const doctor = await regulars('doctor')
    expect(doctor.out.split('\n').filter((line) => line.includes('HubSpot'))).toEqual([
      expect.stringContaining('✓ HubSpot: token'),
      expect.stringContaining('✓ HubSpot: crm.objects.contacts.read'),
      expect.stringContaining('✓ HubSpot: crm.objects.contacts.write'),
      expect.stringContaining('✓ HubSpot: crm.schemas.contacts.write'),
      '✓ HubSpot: properties: all 28 are there, with every option',
      expect.stringMatching(/✓ HubSpot: calls of this day: 649,\d{3} of 650,000 left/),
      '✓ HubSpot: client secret: set',
      '✓ HubSpot: to be written: nobody waits',
      '✓ HubSpot: contacts: HubSpot refuses none',
    ])
    for (const { out, err } of [setup, ended, all, checked, doctor]) expect(out + err).not.toContain(TOKEN)
  })
})
