import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Io } from '../io.ts'

/** How a client starts this installation of Agora. */
export interface Launch {
  command: string
  args: string[]
  /** What must be in its environment beyond the client's own. */
  env: Record<string, string>
}

/** By its name where the shell finds this very installation under it, else by the absolute paths of Node and the script. */
export function launchOf(io: Io, argv: readonly string[]): Launch {
  const [interpreter, ...script] = io.program
  const home = io.env['AGORA_HOME']
  const env: Record<string, string> = home ? { AGORA_HOME: home } : {}
  if (process.platform !== 'win32' && isOnPath(io)) return { command: 'agora', args: [...argv], env }
  const [path = '', ...options] = script.toReversed()
  // Where it lies, and not a link to it that npx made for this one command.
  return { command: interpreter, args: [...options.reverse(), real(path) ?? path, ...argv], env }
}

function isOnPath({ env, program }: Io): boolean {
  const ours = real(program.at(-1) ?? '')
  const folders = (env['PATH'] ?? '').split(delimiter)
  const first = folders.map((folder) => real(join(folder, 'agora'))).find((path) => path !== undefined)
  // What npm and npx put on the PATH is there for one command only.
  const lasting = folders.find((folder) => real(join(folder, 'agora')) !== undefined)
  return first !== undefined && first === ours && !/[\\/]node_modules[\\/]\.bin\/?$/.test(lasting ?? '')
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    // Nothing there.
    return undefined
  }
}

/** The same as one line for a shell, as hooks are written. */
export function shellLine({ command, args, env }: Launch, platform: string = process.platform): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForShell
  const variables = platform === 'win32' ? [] : Object.entries(env).map(([key, value]) => `${key}=${quote(value)}`)
  return [...variables, ...[command, ...args].map(quote)].join(' ')
}

const quoteForShell = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
const quoteForWindows = (word: string): string => (/^[\w./:\\=@%+,-]+$/.test(word) ? word : `"${word}"`)
