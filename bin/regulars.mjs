#!/usr/bin/env node
// `npx regulars` starts on whatever Node the system has. Regulars needs Node 26, which it brings along
// as a dependency, so an older Node hands over: same arguments, same streams, same exit code and signals.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR_NEEDED = 26
const cliUrl = new URL('../src/cli.ts', import.meta.url)

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_NEEDED) {
  await import(cliUrl.href)
} else {
  handOver()
}

function handOver() {
  const ownNode = ['node', 'node.exe']
    .map((name) => fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url)))
    .find((path) => existsSync(path))
  if (ownNode === undefined) {
    process.stderr.write(
      `regulars needs Node ${NODE_MAJOR_NEEDED}, this is ${process.version}. Run "npm ci" to get it as a dependency.\n`,
    )
    process.exitCode = 1
    return
  }

  const child = spawn(ownNode, [fileURLToPath(cliUrl), ...process.argv.slice(2)], { stdio: 'inherit' })
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
  for (const signal of forwarded) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`regulars could not start Node ${NODE_MAJOR_NEEDED}: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal])
  })
}
