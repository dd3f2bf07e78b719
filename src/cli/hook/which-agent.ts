import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { liveSessions } from '../../mcp/session-name.ts'
import type { Home } from '../../store/home.ts'

export interface WhichAgent {
  name: string
  /** Whether that is certain: the MCP server of that name was started by the client that runs this hook. */
  isCertain: boolean
}

/**
 * Which agent a hook is run for. Sessions that asked for one name have different ones, so the one is meant whose MCP server was started by a process that
 * started this one too. Before that server is up, it is the name that it will get.
 *
 * @param known the name that an earlier hook of the session was certain of
 */
export function whichAgent(home: Home, wanted: string, known: string | undefined): WhichAgent {
  const live = liveSessions(home, wanted)
  const above = ancestors()
  const ours = live.find(({ client }) => above.includes(client))
  if (ours) return { name: ours.name, isCertain: true }
  // Ended by now; unless somebody else has taken the name since.
  if (known !== undefined) return { name: known, isCertain: !live.some(({ name }) => name === known) }
  let name = wanted
  for (let number = 2; live.some((one) => one.name === name); number++) name = `${wanted}-${number}`
  return { name, isCertain: false }
}

/** The processes that started this one, nearest first, but for the first of all. */
export function ancestors(): number[] {
  const parentOf = parents()
  const found: number[] = []
  for (let pid: number | undefined = process.ppid; pid !== undefined && pid > 1 && !found.includes(pid); ) {
    found.push(pid)
    pid = parentOf(pid)
  }
  return found
}

function parents(): (pid: number) => number | undefined {
  if (process.platform === 'linux') {
    return (pid) => {
      try {
        // See proc_pid_stat(5): the name in brackets may hold anything.
        return Number(/^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
      } catch {
        // It has ended.
        return undefined
      }
    }
  }
  if (process.platform === 'win32') return () => undefined
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')
  const table = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]))
  return (pid) => table.get(pid)
}
