import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { agentTokenFile, type Home } from '../store/home.ts'
import { tryLock } from '../store/home-lock.ts'

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
    const name = number === 1 ? wanted : `${wanted}-${number}`
    const file = agentTokenFile({ ...home, agents: home.sessions }, name).replace(/\.token$/, '.lock')
    const release = tryLock(join(file))
    if (release) return { name, isOther: number > 1, release }
  }
  throw new Error(`${ATTEMPTS} sessions use the name ${wanted}`)
}
