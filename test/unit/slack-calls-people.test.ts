// What Slack says of people and of us, by the official client: Enterprise Grid leaves out or adds what is decided by.
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSlackCalls } from '../../integrations/slack/calls.ts'
import { createStaffDirectory } from '../../integrations/slack/staff-directory.ts'
import { makeProgram } from '../support/programs.ts'

const API = 'https://slack.test/api'
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const slack = createSlackCalls({ token: 'xoxb-test', apiUrl: `${API}/` })
const answers = (method: string, body: object) =>
  server.use(http.post(`${API}/${method}`, () => HttpResponse.json({ ok: true, ...body })))
const us = { team_id: 'T0US', team: 'Us', user_id: 'U0BOT' }

describe('people', () => {
  test.each<[string, object, object]>([
    [
      'of a plain workspace',
      { id: 'U1', team_id: 'T0US', profile: { email: 'sam@shop.test' } },
      { teamId: 'T0US', enterprise: null, isGuest: false, email: 'sam@shop.test' },
    ],
    [
      'of Grid, who have no workspace of their own',
      { id: 'W1', enterprise_user: { id: 'W1', enterprise_id: 'E0ORG', teams: ['T0US', 'T0ELSE'] } },
      { teamId: '', enterprise: { id: 'E0ORG', teams: ['T0US', 'T0ELSE'] }, isGuest: false },
    ],
    [
      'of Grid, of whom Slack does not say where they are',
      { id: 'W1', team_id: 'T0US', enterprise_user: { enterprise_id: 'E0ORG', teams: null } },
      { enterprise: { id: 'E0ORG', teams: [] } },
    ],
    [
      'with an odd organization',
      { id: 'W1', team_id: 'T0US', enterprise_user: 'what' },
      { teamId: 'T0US', enterprise: null },
    ],
    ['of a shared channel', { id: 'U1', team_id: 'T0ELSE', is_stranger: true }, { isGuest: true }],
    ['who may see some channels only', { id: 'U1', team_id: 'T0US', is_restricted: true }, { isGuest: true }],
    ['who may see one channel only', { id: 'U1', team_id: 'T0US', is_ultra_restricted: true }, { isGuest: true }],
    ['who are machines', { id: 'U1', team_id: 'T0US', is_bot: true }, { isGuest: true }],
    ['whose account has ended', { id: 'U1', team_id: 'T0US', deleted: true }, { isGuest: true }],
  ])('%s', async (_, user, expected) => {
    answers('users.info', { user })
    expect(await slack.user('U1')).toMatchObject({ ok: true, value: expected })
  })

  test.each<[string, object, object, boolean]>([
    ['one of a workspace in Grid', us, { id: 'W1', enterprise_user: { enterprise_id: 'E0', teams: ['T0US'] } }, false],
    [
      'one of its other workspaces',
      us,
      { id: 'W1', enterprise_user: { enterprise_id: 'E0', teams: ['T0ELSE'] } },
      true,
    ],
    [
      'one of the organization that has the app',
      { ...us, is_enterprise_install: true, enterprise_id: 'E0' },
      { id: 'W1', enterprise_user: { enterprise_id: 'E0', teams: ['T0ELSE'] } },
      false,
    ],
    [
      'one of another organization than has the app',
      { ...us, is_enterprise_install: true, enterprise_id: 'E0' },
      { id: 'W1', team_id: 'T0US', enterprise_user: { enterprise_id: 'E9', teams: ['T0US'] } },
      true,
    ],
  ])('%s: from outside or not', async (_, me, user, isOutsider) => {
    answers('auth.test', me)
    answers('users.info', { user })
    const clock = { now: () => 0 }
    const found = await createStaffDirectory(slack, clock).identify('W1', makeProgram({ staff: { viewer: ['*'] } }))
    expect(found).toMatchObject({ ok: true, origin: isOutsider ? { isOutsider } : {} })
    expect(found.ok && found.origin.isOutsider === true).toBe(isOutsider)
  })
})
