import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { isAlive } from '../store/daemon-file.ts'
import { agentTokenFile, type Home } from '../store/home.ts'
import { tryLock } from '../store/home-lock.ts'
import { writePrivate } from '../store/private-file.ts'

const ATTEMPTS = 100

export interface SessionName {
  name: string
  /** Whether somebody else has the name that was asked for. */
  isOther: boolean
  release(): void
}

/**
 * Takes a name for this process: the one asked for, or, while another process has that, the first of `name-2`, `name-3`… that is free. It is free again when this
 * process ends, however it does.
 */
export function takeName(home: Home, wanted: string): SessionName {
  mkdirSync(home.sessions, { recursive: true, mode: 0o700 })
  for (let number = 1; number <= ATTEMPTS; number++) {
    const name = nameOf(wanted, number)
    const unlock = tryLock(sessionFile(home, name, 'lock'))
    if (!unlock) continue
    const holder = sessionFile(home, name, 'json')
    writePrivate(holder, `${JSON.stringify({ pid: process.pid, client: clientProcess() })}\n`)
    // Who held it is left to be read: while the client lives it may start another server.
    return { name, isOther: number > 1, release: unlock }
  }
  throw new Error(`${ATTEMPTS} sessions use the name ${wanted}`)
}

/** A live session: its name, and the process of the client that started it. */
export interface Session {
  name: string
  client: number
}

/** The live sessions that asked for that name. */
export function liveSessions(home: Home, wanted: string): Session[] {
  const found: Session[] = []
  for (let number = 1; number <= ATTEMPTS; number++) {
    const name = nameOf(wanted, number)
    const holder = readHolder(sessionFile(home, name, 'json'))
    if (holder && isAlive(holder.pid)) found.push({ name, client: holder.client })
  }
  return found
}

/** Whether the last session of that very name has ended, and the client that started it as well. `forget` ends that. */
export function endedSession(home: Home, name: string): { forget(): void } | undefined {
  const path = sessionFile(home, name, 'json')
  const holder = readHolder(path)
  if (!holder || isAlive(holder.pid) || isAlive(holder.client)) return undefined
  return {
    forget() {
      if (readHolder(path)?.pid === holder.pid) rmSync(path, { force: true })
    },
  }
}

const nameOf = (wanted: string, number: number): string => (number === 1 ? wanted : `${wanted}-${number}`)

const sessionFile = (home: Home, name: string, ending: string): string =>
  agentTokenFile({ ...home, agents: home.sessions }, name).replace(/token$/, ending)

function readHolder(path: string): { pid: number; client: number } | undefined {
  try {
    const { pid, client } = JSON.parse(readFileSync(path, 'utf8')) as { pid: unknown; client: unknown }
    return Number.isInteger(pid) && Number.isInteger(client) ? { pid: Number(pid), client: Number(client) } : undefined
  } catch {
    // Nobody has the name, or has only just taken it.
    return undefined
  }
}

/** Who started us: our parent, or its parent where that only looked for a newer Node (bin/agora.js). */
function clientProcess(): number {
  const [, between, above] = /^(\d+):(\d+)$/.exec(process.env['AGORA_STARTED_BY'] ?? '') ?? []
  return Number(between) === process.ppid ? Number(above) : process.ppid
}
