import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { parseCommandLine, quoteCommandLine } from '../../base/command-line.ts'
import { AgoraError } from '../../base/errors.ts'
import { agentInbox, OPERATOR_INBOX } from '../../core/events.ts'
import type { Database } from '../../store/database.ts'
import { findProgram, programFault } from './program.ts'
import { defaultPolicy, type Policy, type WakeHook } from './schema.ts'
import type { HookRow, WakeTables } from './tables.ts'

/** A hook as it is run. */
export interface Hook {
  /** `operator` for the node's. */
  inbox: string
  command: [string, ...string[]]
  cwd: string
  policy: Policy
  set_at: number
}

export interface HookChange {
  command?: string | undefined
  cwd?: string | undefined
  policy?: { [Key in keyof Policy]?: Policy[Key] | undefined } | undefined
}

export const agentOf = (inbox: string): string | undefined =>
  inbox === OPERATOR_INBOX ? undefined : inbox.slice(agentInbox('').length)

/** The hooks of a node: on disk, and whole in memory, since they are asked for with every message. */
export function createHooks({
  clock,
  database,
  tables,
  home,
  path,
}: {
  clock: Clock
  database: Database
  tables: WakeTables
  /** The folder hooks run in when none is given. */
  home: string
  /** Where programs are looked for. */
  path: string
}) {
  const hooks = new Map(tables.hooks().map((row) => [row.inbox, fromRow(row)]))

  return {
    get: (inbox: string): Hook | undefined => hooks.get(inbox),
    /** The one that wakes who reads the inbox. */
    for: (inbox: string): Hook | undefined => hooks.get(inbox) ?? hooks.get(OPERATOR_INBOX),
    all: (): Hook[] => [...hooks.values()],

    /**
     * What a hook becomes by a change, its program found.
     * @throws AgoraError `invalid_input` naming the field; `not_found` when there is no hook to change.
     */
    changed(inbox: string, { command, cwd, policy = {} }: HookChange): Hook {
      const before = hooks.get(inbox)
      if (command === undefined && !before) {
        throw new AgoraError('not_found', 'command: there is no hook yet that could be changed.', { field: 'command' })
      }
      if (cwd !== undefined) checkFolder(cwd)
      const words =
        command === undefined
          ? (before?.command ?? [''])
          : resolved(command, cwd ?? (before && before.cwd !== home ? before.cwd : undefined), path)
      const given = Object.entries(policy).filter(([, value]) => value !== undefined)
      return {
        inbox,
        command: words,
        cwd: cwd ?? before?.cwd ?? home,
        policy: { ...(before?.policy ?? defaultPolicy), ...Object.fromEntries(given) },
        set_at: clock.now(),
      }
    },

    /** Within a write. */
    put(hook: Hook): void {
      tables.putHook({ ...hook, command: JSON.stringify(hook.command), policy: JSON.stringify(hook.policy) })
      database.afterCommit(() => hooks.set(hook.inbox, hook))
    },

    /** Within a write. */
    remove(inbox: string): void {
      tables.removeHook(inbox)
      database.afterCommit(() => hooks.delete(inbox))
    },

    view({ inbox, command, cwd, policy, set_at }: Hook): WakeHook {
      const agent = agentOf(inbox)
      const [program, ...args] = command
      const fault = programFault(program)
      return {
        ...(agent === undefined ? {} : { agent }),
        command: quoteCommandLine(command),
        program,
        args,
        cwd,
        policy,
        set_at: rfc3339(set_at),
        ...(fault === undefined ? {} : { fault: `${program} ${fault}` }),
      }
    },
  }
}
export type Hooks = ReturnType<typeof createHooks>

function resolved(text: string, folder: string | undefined, path: string): [string, ...string[]] {
  const parsed = parseCommandLine(text)
  if ('fault' in parsed) throw invalid('command', parsed.fault)
  const [program, ...args] = parsed.words
  const place = findProgram(program, folder, path)
  if ('fault' in place) throw invalid('command', `${JSON.stringify(program)} ${place.fault}`)
  // What stands there must be a command line too, since it is shown and can be set again.
  const again = parseCommandLine(quoteCommandLine([place.found]))
  if ('fault' in again) throw invalid('command', `its path ${again.fault}`)
  return [place.found, ...args]
}

function checkFolder(cwd: string): void {
  if (!isAbsolute(cwd)) throw invalid('cwd', 'is not an absolute path')
  if (/\p{C}/u.test(cwd)) throw invalid('cwd', 'holds a control or invisible character')
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw invalid('cwd', 'is no folder')
}

const invalid = (field: string, fault: string): AgoraError =>
  new AgoraError('invalid_input', `${field}: ${fault}.`, { field })

const fromRow = ({ inbox, command, cwd, policy, set_at }: HookRow): Hook => ({
  inbox,
  command: JSON.parse(command),
  cwd,
  policy: { ...defaultPolicy, ...JSON.parse(policy) },
  set_at,
})
