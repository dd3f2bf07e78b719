#!/usr/bin/env node
// Plain JavaScript that any Node since 12.20 can read: it finds a Node that can run Agora, or says which one is needed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = [24, 12]
const here = fileURLToPath(import.meta.url)
const program = join(dirname(here), '..', 'dist', 'bin.js')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) run()
else runWithBundledNode()

function run() {
  if (!existsSync(program))
    fail(`Agora is not built yet: run \`npm run build\` (or \`npm ci\`) in ${dirname(dirname(here))}.`)
  // In a folder of this user alone: what Node would choose under the shared temporary folder, others could fill.
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE || join(cache, 'agora', 'compile'))
  import(pathToFileURL(program).href).catch(fail)
}

function runWithBundledNode() {
  const node = bundledNode()
  if (node === undefined) {
    fail(
      'Agora needs Node ' +
        NEEDED.join('.') +
        ' or newer; this is ' +
        process.versions.node +
        ' (' +
        process.execPath +
        ').',
    )
  }
  // Sessions are told apart by the process that started them, which is not this one.
  const env = Object.assign({}, process.env, { AGORA_STARTED_BY: `${process.pid}:${process.ppid}` })
  const child = spawn(node, [here].concat(process.argv.slice(2)), { stdio: 'inherit', env })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', fail)
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    // Ends as the child ended, so that a shell sees the same.
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
    setTimeout(() => process.exit(1), 1000)
  })
}

/** The binary of the `node` package, installed beside Agora; undefined when there is none. */
function bundledNode() {
  try {
    const folder = dirname(module.createRequire(import.meta.url).resolve('node/package.json'))
    return ['bin/node', 'bin/node.exe'].map((file) => join(folder, file)).find((file) => existsSync(file))
  } catch {
    // Not installed: that is the usual case outside a checkout.
    return undefined
  }
}

function fail(error) {
  console.error(typeof error === 'string' ? error : error.stack)
  process.exit(1)
}
