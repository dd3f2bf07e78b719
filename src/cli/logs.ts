import { closeSync, openSync, readSync, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { AgoraError } from '../base/errors.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { logLine } from './log-line.ts'

/** Bytes read at a time, from the end backwards. */
const CHUNK = 64 * 1024
/** More is not looked through for `-n`. */
const LOOK_BACK = 16 * 1024 * 1024

export const logCommands: Command[] = [
  {
    usage: 'logs',
    group: 'Set-up',
    summary: 'Print the node’s log.',
    options: [
      { name: 'follow', short: 'f', meaning: 'go on with what is added, until interrupted' },
      { name: 'lines', short: 'n', value: '<n>', meaning: 'how many of the latest lines (default 50)' },
      { name: 'security', meaning: 'only what somebody did that they must not' },
    ],
    examples: ['agora logs', 'agora logs -n 200 --security', 'agora logs --follow'],
    run: logs,
  },
]

async function logs(context: Context): Promise<void> {
  const { inputs, io } = context
  const { log: path } = context.home()
  const wanted = inputs.number('lines', 0, 1_000_000) ?? 50
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new AgoraError('not_found', `There is no log yet: ${path}.`)
  const print = (line: string) => {
    const text = logLine(line, context)
    return text === undefined ? undefined : `${text}\n`
  }
  const shown = lastLines(path, size, wanted, (line) => print(line))
  await io.out(shown.join(''))
  if (inputs.flag('follow')) await follow(path, size, print, context)
}

/** The last `wanted` lines that `print` makes something of, oldest first. */
function lastLines(path: string, size: number, wanted: number, print: (line: string) => string | undefined): string[] {
  const found: string[] = []
  let rest = Buffer.alloc(0)
  for (let end = size; end > Math.max(0, size - LOOK_BACK) && found.length < wanted; end -= CHUNK) {
    const start = Math.max(0, end - CHUNK)
    const chunk = Buffer.concat([readRange(path, start, end), rest])
    // What stands before the first line break may go on in the chunk before; cut at bytes, so that no letter is torn.
    const cut = start === 0 ? 0 : chunk.indexOf(10) + 1
    rest = chunk.subarray(0, cut)
    const lines = chunk.subarray(cut).toString('utf8').split('\n').filter(Boolean)
    for (const line of lines.toReversed()) {
      const text = found.length < wanted ? print(line) : undefined
      if (text !== undefined) found.push(text)
    }
  }
  return found.reverse()
}

/** Prints what is added to the file, also when it is begun anew, until interrupted. */
async function follow(
  path: string,
  size: number,
  print: (line: string) => string | undefined,
  { io }: Context,
): Promise<void> {
  let at = size
  let pending = Buffer.alloc(0)
  let inode = statSync(path).ino
  const read = () => {
    const now = statSync(path, { throwIfNoEntry: false })
    if (!now) return
    if (now.ino !== inode || now.size < at) {
      inode = now.ino
      at = 0
      pending = Buffer.alloc(0)
    }
    pending = Buffer.concat([pending, readRange(path, at, now.size)])
    at = now.size
    const end = pending.lastIndexOf(10) + 1
    const lines = pending.subarray(0, end).toString('utf8').split('\n').filter(Boolean)
    pending = pending.subarray(end)
    void io.out(lines.map((line) => print(line) ?? '').join(''))
  }
  // The folder is watched and not the file, which may be put aside and begun anew.
  const watcher = watch(dirname(path), read)
  read()
  await new Promise<void>((resolve) => {
    const off = io.onSignal(() => {
      off()
      resolve()
    })
  })
  watcher.close()
}

function readRange(path: string, start: number, end: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.alloc(Math.max(0, end - start))
  const handle = openSync(path, 'r')
  try {
    const read = readSync(handle, buffer, 0, buffer.length, start)
    return buffer.subarray(0, read)
  } finally {
    closeSync(handle)
  }
}
