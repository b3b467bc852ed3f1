/** What the composer of the sandbox's Slack offers, takes and refuses. */
import { describe, expect, it } from 'vitest'
import { COMMANDS_SHOWN } from '../../integrations/sandbox/commands-shown.ts'
import { completionsFor, isTakenByEnter, refusalOf } from '../../integrations/sandbox/page/slack/completions.ts'

const offered = (line: string): string[] => completionsFor(line, COMMANDS_SHOWN).map(({ label }) => label)

describe('completions', () => {
  it('offers the command for a slash and each beginning of it, in any case', () => {
    for (const line of ['/', '/lo', '/LOY', '/loyalty']) expect(offered(line), line).toEqual(['/loyalty'])
  })

  it('offers every subcommand after the command, and only those that begin as typed', () => {
    expect(offered('/loyalty ')).toHaveLength(COMMANDS_SHOWN.length)
    expect(offered('/loyalty re')).toEqual(['/loyalty reward', '/loyalty report', '/loyalty rewards'])
    expect(offered('/loyalty  ALE')).toEqual(['/loyalty alerts'])
  })

  it('offers nothing for messages, other commands, names, and what is already beyond the subcommand', () => {
    for (const line of ['', 'hello', ' /loyalty', '/remind', '/loyalty አበበ', '/loyalty reward ada', '/\n'])
      expect(offered(line), line).toEqual([])
  })

  it('fills an example in and selects what is to be typed over', () => {
    const [reward] = completionsFor('/loyalty rewar', COMMANDS_SHOWN)
    expect(reward?.line.slice(reward.selectFrom)).toBe('ada')
    const [alerts] = completionsFor('/loyalty alerts', COMMANDS_SHOWN)
    expect(alerts).toMatchObject({ line: '/loyalty alerts', selectFrom: '/loyalty alerts'.length })
  })

  it('every example is the command that it stands for', () => {
    for (const { name, example } of COMMANDS_SHOWN) expect(example, name).toMatch(new RegExp(`^/loyalty ${name}( |$)`))
  })
})

describe('enter', () => {
  it('completes a command that is only begun, and whatever was chosen by the arrows', () => {
    expect(isTakenByEnter('/loy', false)).toBe(true)
    expect(isTakenByEnter('/loyalty re', true)).toBe(true)
  })

  it('sends what was typed where nothing was chosen: a customer may be called as a command begins', () => {
    expect(isTakenByEnter('/loyalty', false)).toBe(false)
    expect(isTakenByEnter('/loyalty ad', false)).toBe(false)
  })
})

describe('other commands', () => {
  it('are refused in words, by name', () => {
    expect(refusalOf('/remind me')).toContain('/remind is not a command here')
    expect(refusalOf('/loyaltyada')).toContain('/loyaltyada')
  })

  it('ours and plain messages are not', () => {
    for (const line of ['/loyalty', '/Loyalty ada', 'half/half', 'see /remind'])
      expect(refusalOf(line), line).toBeNull()
  })
})
