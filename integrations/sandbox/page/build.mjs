// Builds the sandbox's page into dist/: one script, one sheet of styles, one document. Run by npm after an install (`prepare`), on
// whichever Node is there, and by hand after a change. Where the tools for it were left out, it says so and is content.
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'

const HERE = new URL('./', import.meta.url)
const DIST = new URL('./dist/', import.meta.url)

const say = (line) => process.stdout.write(`${line}\n`)

/** null where it was left out, or has no binary for this machine. */
const findRolldown = () => import('rolldown').then(({ rolldown }) => rolldown).catch(() => null)

async function buildScript(rolldown) {
  const bundle = await rolldown({
    input: new URL('./main.tsx', HERE).pathname,
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    logLevel: 'warn',
  })
  await bundle.write({ file: new URL('./app.js', DIST).pathname, format: 'esm', minify: true })
  await bundle.close()
}

/** What draws Slack's blocks brings its own: in a layer, so that ours are above it, which what is important never is. */
async function libraryStyles() {
  const sheet = await readFile(new URL(import.meta.resolve('slack-blocks-to-jsx/dist/style.css')), 'utf8')
  return `@layer blocks {\n${sheet.replaceAll('!important', '')}\n}`
}

/** Ours in the order of their names, then those of the panes. */
async function buildStyles() {
  const ours = (await readdir(new URL('./styles/', HERE))).filter((name) => name.endsWith('.css')).sort()
  const sheets = [...ours.map((name) => `./styles/${name}`), './slack/slack.css']
  const texts = await Promise.all(sheets.map((path) => readFile(new URL(path, HERE), 'utf8')))
  await writeFile(new URL('./app.css', DIST), [await libraryStyles(), ...texts].join('\n'))
}

const rolldown = await findRolldown()
if (rolldown === null) say('The sandbox’s page is not built: rolldown is not installed here.')
else {
  await mkdir(DIST, { recursive: true })
  await Promise.all([buildScript(rolldown), buildStyles()])
  for (const name of ['index.html', 'icon.svg']) await copyFile(new URL(name, HERE), new URL(name, DIST))
  say('The sandbox’s page is built.')
}
