import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '../../src/cli/index.ts'
import type { Io } from '../../src/cli/io.ts'
import { writeDaemonInfo } from '../../src/store/daemon-file.ts'
import { type Home, homeAt, prepareHome } from '../../src/store/home.ts'
import { writePrivate } from '../../src/store/private-file.ts'

export const ALICE = 'did:agora:z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP'
export const BOB = 'did:agora:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw'
/** The time it is in these tests. */
export const NOW = Date.UTC(2026, 10, 23, 12, 0, 0)
export const before = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString()

/** An own folder for homes, removed when disposed. */
export function homesFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'agora-cli-'))
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface Ran {
  code: number
  out: string
  err: string
}

export interface CliOptions {
  folder: string
  env?: Record<string, string>
  columns?: number | undefined
  stdin?: string
  io?: Partial<Io>
}

/** Runs a command line in this process as a person would, in a world of its own. */
export async function cli(
  argv: string[],
  { folder, env = {}, columns, stdin = '', io = {} }: CliOptions,
): Promise<Ran> {
  const ran: Ran = { code: -1, out: '', err: '' }
  ran.code = await runCli(argv, {
    async out(text) {
      ran.out += text
    },
    err(text) {
      ran.err += text
    },
    read: async () => stdin,
    secret: undefined,
    env: { AGORA_HOME: folder, ...env },
    cwd: folder,
    platform: 'linux',
    clock: { now: () => NOW, after: () => () => undefined },
    columns,
    colours: false,
    program: [process.execPath, '--eval', 'process.exit(9)'],
    onSignal: () => () => undefined,
    exit: (code) => {
      throw new Error(`exit ${code}`)
    },
    ...io,
  })
  return ran
}

/** What the stand-in answers to `METHOD /path`: a value (200), or a function of the request. */
export type Answers = Record<string, unknown | ((request: Request) => unknown)>
interface Request {
  body: Record<string, unknown>
  query: URLSearchParams
  token: string | undefined
}
/** An answer that is a problem document. */
export const refuse = (status: number, problem: { code: string; detail: string; hint?: string }) => ({
  refused: { status, problem },
})
type Refused = ReturnType<typeof refuse>

/** A home whose daemon is a stand-in: this process, with an API that gives canned answers and keeps what it was asked. */
export async function standIn(answers: Answers, name = 'alice') {
  const homes = homesFolder()
  const home: Home = homeAt(homes.folder, name)
  prepareHome(home)
  writePrivate(home.token, 'agora_operators-own-token\n')
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const url = new URL(request.url ?? '', 'http://localhost')
    const key = `${request.method} ${decodeURIComponent(url.pathname)}`
    const token = request.headers.authorization?.replace('Bearer ', '')
    asked.push(`${key}${url.search}${text ? ` ${text}` : ''}`)
    const answer = answers[key]
    const value =
      typeof answer === 'function'
        ? answer({ body: text ? JSON.parse(text) : {}, query: url.searchParams, token })
        : answer
    const { refused, pending } = (
      value === undefined ? refuse(404, { code: 'not_found', detail: key }) : value
    ) as Partial<Refused> & { pending?: object }
    // Friends have a `pending` of their own, which is no approval.
    const waits = typeof pending === 'object'
    response.writeHead(refused?.status ?? (waits ? 202 : 200), {
      'Content-Type': refused ? 'application/problem+json' : 'application/json',
      Connection: 'close',
    })
    response.end(JSON.stringify(refused ? refused.problem : waits ? pending : value))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  writeDaemonInfo(home, {
    pid: process.pid,
    name,
    did: ALICE,
    port: 7312,
    api_port: port,
    api_url: `http://127.0.0.1:${port}`,
    started_at: before(60),
    version: '0.1.0',
  })
  return {
    folder: homes.folder,
    home,
    asked,
    run: (argv: string[], options: Partial<CliOptions> = {}) => cli(argv, { folder: homes.folder, ...options }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      homes[Symbol.dispose]()
    },
  }
}

/** Makes a home with these files, as another start would have left it. */
export function plantHome(folder: string, name: string, files: Record<string, string> = { 'node.key': '{}' }): Home {
  const home = homeAt(folder, name)
  mkdirSync(home.dir, { recursive: true, mode: 0o700 })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(home.dir, file), text, { mode: 0o600 })
  return home
}
