import { type Clock, systemClock } from '../base/clock.ts'

/** The world as a command sees it; tests give it another. */
export interface Io {
  /** Resolves when the text has left this process, so that it can be said to have been shown. */
  out(text: string): Promise<void>
  err(text: string): void
  /** The whole of standard input, as text. */
  read(): Promise<string>
  /** Asks on the terminal without showing what is typed; undefined when standard input is no terminal. */
  secret: ((question: string) => Promise<string>) | undefined
  env: Record<string, string | undefined>
  platform: NodeJS.Platform
  /** The folder it was typed in. */
  cwd: string
  clock: Clock
  /** Width of the terminal in columns; undefined when standard output is none. */
  columns: number | undefined
  colours: boolean
  /** What this program was started by, to start it again: interpreter, its options, and the script. */
  program: readonly [string, ...string[]]
  /** Calls `listener` for each interrupt, hang-up and termination signal until the returned function is called. */
  onSignal(listener: () => void): () => void
  exit(code: number): never
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function processIo(): Io {
  const terminal = process.stdout.isTTY === true
  // A reader that has seen enough (`agora messages | head`) closes the pipe; that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return {
    out: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    err: (text) => void process.stderr.write(text),
    async read() {
      const parts: Buffer[] = []
      for await (const part of process.stdin) parts.push(part as Buffer)
      return Buffer.concat(parts).toString('utf8')
    },
    secret:
      process.stdin.isTTY === true
        ? async (question) => (await import('./terminal.ts')).readSecret(question)
        : undefined,
    env: process.env,
    platform: process.platform,
    cwd: process.cwd(),
    clock: systemClock,
    columns: terminal ? process.stdout.columns || 80 : undefined,
    colours: terminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    onSignal(listener) {
      for (const signal of signals) process.on(signal, listener)
      return () => {
        for (const signal of signals) process.off(signal, listener)
      }
    },
    exit: (code) => process.exit(code),
  }
}
