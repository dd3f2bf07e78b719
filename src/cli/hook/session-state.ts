import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Home } from '../../store/home.ts'
import { tryLock } from '../../store/home-lock.ts'
import { writePrivate } from '../../store/private-file.ts'

const State = z.object({
  /** Which agent this session is, once its MCP server has been seen. */
  agent: z.string().optional(),
  /** The newest message of which the agent was told. */
  told: z.string().optional(),
  /** Claimed tasks it was asked about at a stop. */
  asked: z.array(z.string()).default([]),
})
/** What one hook of a session leaves for the next. */
export type SessionState = z.output<typeof State>

/** Ms after which a session that was not ended properly is forgotten. */
const FORGOTTEN = 7 * 86_400_000

const fileOf = (home: Home, session: string): string =>
  join(home.sessions, `hook-${createHash('sha256').update(session).digest('hex').slice(0, 32)}`)

/**
 * Lets one hook of a session work at a time, so that none tells what another just tells: tools that run side by side have hooks that do. Undefined when
 * another has been at it for long.
 */
export function lockState(home: Home, session: string): (() => void) | undefined {
  mkdirSync(home.sessions, { recursive: true, mode: 0o700 })
  return tryLock(`${fileOf(home, session)}.lock`)
}

export function readState(home: Home, session: string): SessionState {
  try {
    return State.parse(JSON.parse(readFileSync(fileOf(home, session), 'utf8')))
  } catch {
    // The first hook of it.
    return { asked: [] }
  }
}

export function writeState(home: Home, session: string, state: SessionState): void {
  writePrivate(fileOf(home, session), JSON.stringify(state))
}

/** Forgets this session, and those that have long been silent. `now`: ms since the epoch. */
export function forgetState(home: Home, session: string, now: number): void {
  for (const ending of ['', '.lock']) rmSync(fileOf(home, session) + ending, { force: true })
  for (const file of readdirSync(home.sessions).filter((name) => name.startsWith('hook-'))) {
    const path = join(home.sessions, file)
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now)
    if (age > FORGOTTEN) rmSync(path, { force: true })
  }
}
