// Makes the contact properties in HubSpot, and says line by line what it did.
import type { Provisioned, ProvisionStep } from '../compose/hubspot-tools.ts'
import { type Context, defineCommand } from './command.ts'
import { Failure } from './failures.ts'
import { plural } from './format.ts'
import { hubspotPrograms } from './hubspot-programs.ts'
import { type Output, paint } from './output.ts'
import { settingsOf } from './settings.ts'

export const MISSING_TOKEN =
  'HUBSPOT_ACCESS_TOKEN is not set. Make a service key in HubSpot (Development → Keys → Service keys) and put it into .env'

export const command = defineCommand({
  name: 'setup hubspot',
  summary: 'Makes the contact properties in HubSpot',
  about: [
    'The group “Loyalty”, every property, and an option for each tier, badge and unannounced campaign of the program. Run again after each change of the program: it adds what is new.',
    'It deletes nothing, and leaves alone what somebody renamed or moved.',
  ],
  options: {
    lists: { about: 'also an active list for each tier and segment, where there is none of its name' },
    'dry-run': { about: 'only say what it would do' },
  },
  examples: ['setup hubspot', 'setup hubspot --lists'],
  async run(asked, context) {
    const settings = settingsOf(context)
    const hubspot = await context.backend.hubspot(settings)
    if (hubspot === null) throw new Failure(MISSING_TOKEN)
    const programs = await hubspotPrograms(settings)
    const isDryRun = asked.flag('dry-run')
    const done = await hubspot.provision(programs, { withLists: asked.flag('lists'), isDryRun })
    await tell(context, done, isDryRun)
    return done.isWhole ? 0 : 1
  },
})

async function tell({ stdout }: Context, { steps, right, isWhole }: Provisioned, isDryRun: boolean): Promise<void> {
  for (const step of steps) await stdout.line(describe(step, isDryRun, stdout))
  const changes = steps.filter(({ did }) => did === 'made' || did === 'changed').length
  if (right > 0)
    await stdout.line(`${plural(right, 'property', 'properties')} already as ${right === 1 ? 'it' : 'they'} should be.`)
  if (!isWhole) await stdout.line('Not all could be done. What was done stays; run it again when the rest is mended.')
  else if (changes === 0) await stdout.line('Nothing to change.')
  else if (!isDryRun) await stdout.line('Next: npx regulars sync hubspot --all')
}

function describe({ did, text, fix }: ProvisionStep, isDryRun: boolean, output: Output): string {
  const words = isDryRun
    ? { made: 'Would make', changed: 'Would change', left: 'Would leave', failed: '✗' }
    : { made: 'Made', changed: 'Changed', left: 'Left', failed: '✗' }
  const word = did === 'failed' ? paint(output, 'red', words.failed) : words[did]
  return `${word} ${text}${fix === null ? '' : `\n    → ${fix}`}`
}
