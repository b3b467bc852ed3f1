// Slack through the real processes: what `setup slack` prints, and the doctor beside a running server, with Slack listening.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCOPES } from '../../integrations/slack/registered.ts'
import { runCliIn } from '../support/cli-process.ts'
import { plain } from '../support/programs.ts'
import { newFolder, removeFolder, startServer } from '../support/server.ts'
import { listenAsSlack, SLACK_SECRET, SLACK_TOKEN, STAFF } from '../support/slack.ts'

const SLOW_MS = 120_000

test('the manifest is printed as JSON, wherever the command is run', { timeout: SLOW_MS }, async () => {
  const folder = newFolder()
  const { code, out, err } = await runCliIn(folder, ['setup', 'slack', '--manifest', '--url', 'https://shop.example'])
  expect(code, err).toBe(0)
  expect(JSON.parse(out).settings.interactivity.request_url).toBe('https://shop.example/slack/events')
  removeFolder(folder)
})

test('the doctor looks at Slack, and finds what is wrong and what is not', { timeout: SLOW_MS }, async () => {
  const { double, apiUrl, close } = await listenAsSlack({ scopes: Object.keys(SCOPES) })
  const folder = newFolder()
  const env = {
    SLACK_BOT_TOKEN: SLACK_TOKEN,
    SLACK_SIGNING_SECRET: SLACK_SECRET,
    SLACK_ALERT_CHANNEL: '#alerts',
    SLACK_API_URL: apiUrl,
  }
  writeFileSync(join(folder, 'program.json'), JSON.stringify({ ...plain, staff: STAFF }))
  const server = await startServer({ folder, env, program: { staff: STAFF } })
  const doctor = await runCliIn(folder, ['doctor'], { ...env, PUBLIC_URL: server.url })
  const lines = doctor.out.split('\n').filter((line) => line.includes('Slack'))
  expect(lines).toEqual([
    '✓ Slack: signing secret: set',
    `✓ Slack: address: ${server.url}/slack/events answers`,
    '✓ Slack: token: of the workspace “Regulars Shop”',
    '✓ Slack: scopes: all 7 are there',
    '✓ Slack: alert channel: #alerts',
    '✓ Slack: approvals channel: #approvals',
    '✓ Slack: staff: 1 admin, 1 approver, 2 issuer, 1 viewer',
    '✓ Slack: user group S0ISSUERS: 1 person',
  ])
  double.settings.token = 'xoxb-another'
  const other = { ...env, PUBLIC_URL: server.url, SLACK_SIGNING_SECRET: 'another' }
  const wrong = (await runCliIn(folder, ['doctor'], other)).out
  expect(wrong).toContain('has another, or another clock')
  expect(wrong).toContain('✗ Slack: token: Slack refuses it: invalid_auth')
  expect(doctor.out + wrong).not.toContain(SLACK_TOKEN)
  await server.stop()
  await close()
  removeFolder(folder)
})
