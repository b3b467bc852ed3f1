/** What the composer of the sandbox's Slack completes. */
import type { ShownSlack } from './shown.ts'

export const COMMANDS_SHOWN: ShownSlack['commands'] = [
  { name: 'lookup', example: '/loyalty lookup ada', about: 'A member, by name, e-mail, phone or code' },
  { name: 'reward', example: '/loyalty reward ada', about: 'Issues a reward' },
  { name: 'adjust', example: '/loyalty adjust ada +100', about: 'Adds or takes points' },
  { name: 'enrol', example: '/loyalty enrol zeinab@example.org Zeinab Juma', about: 'A new member' },
  { name: 'action', example: '/loyalty action ada review', about: 'Something a member did' },
  { name: 'alerts', example: '/loyalty alerts', about: 'Who may be leaving' },
  { name: 'approvals', example: '/loyalty approvals', about: 'What waits for an approval' },
  { name: 'top', example: '/loyalty top', about: 'The best customers' },
  { name: 'report', example: '/loyalty report month', about: 'The numbers' },
  { name: 'rewards', example: '/loyalty rewards', about: 'What members can have' },
  { name: 'language', example: '/loyalty language', about: 'Which language you read' },
  { name: 'help', example: '/loyalty help', about: 'Everything that there is' },
]
