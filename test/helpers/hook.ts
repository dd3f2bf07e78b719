import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a hook was given, as it saw it itself. */
export interface Dump {
  argv: string[]
  env: Record<string, string>
  cwd: string
  pid: number
  file?: { mode: number; content: Record<string, unknown> & { calls: { text: string }[] } }
}

/** A folder for programs that hooks run, and for what they leave. */
export function hookFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'agora-hook-'))
  const dumps = join(folder, 'dumps')
  mkdirSync(dumps)
  const write = (name: string, text: string, mode = 0o755) => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode })
    return path
  }
  /** A program that runs these lines of JavaScript. */
  const program = (name: string, code: string) => write(name, `#!${process.execPath}\n${code}\n`)
  return {
    folder,
    write,
    program,
    shell: (name: string, lines: string) => write(name, `#!/bin/sh\n${lines}\n`),
    /** One that writes down all it was given, then does what `more` says. */
    dumper: (name = 'dump', more = '') =>
      program(
        name,
        `const fs = require('node:fs')
const path = process.env.AGORA_WAKE_FILE
const dump = { argv: process.argv.slice(2), env: process.env, cwd: process.cwd(), pid: process.pid }
if (path) dump.file = { mode: fs.statSync(path).mode & 0o777, content: JSON.parse(fs.readFileSync(path, 'utf8')) }
const place = ${JSON.stringify(dumps)} + '/' + Date.now() + '-' + process.pid
fs.writeFileSync(place + '.part', JSON.stringify(dump))
fs.renameSync(place + '.part', place + '.json')
${more}`,
      ),
    dumps: (): Dump[] =>
      readdirSync(dumps)
        .filter((file) => file.endsWith('.json'))
        .sort()
        .map((file) => JSON.parse(readFileSync(join(dumps, file), 'utf8'))),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
