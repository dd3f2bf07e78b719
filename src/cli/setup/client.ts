import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Entry, Format } from './edit.ts'
import { type Launch, shellLine } from './launch.ts'

export const scopes = ['project', 'user'] as const
export type Scope = (typeof scopes)[number]

/** Where files lie: the project's folder, and this user's. */
export interface Places {
  project: string
  user: string
  env: Record<string, string | undefined>
  platform: string
}

export interface ClientFile {
  /** Where it may lie: the first that is there, else the first. Absolute. */
  paths: readonly [string, ...string[]]
  format: Format
  entries: Entry[]
}

/** What to write: how the MCP server is started, and a hook for an event of ours. */
export interface Wanted {
  server: Launch
  hook(event: HookEvent): Launch
}

export const hookEvents = ['session-start', 'post-tool-use', 'stop', 'session-end'] as const
export type HookEvent = (typeof hookEvents)[number]

/** A program that runs agents, as far as its configuration goes. */
export interface ClientProgram {
  id: string
  /** As its users call it. */
  title: string
  /** The agent's name, unless another is given. */
  agent: string
  server(scope: Scope, places: Places, wanted: Wanted): ClientFile
  /** Undefined where it runs no hooks. */
  hooks: ((scope: Scope, places: Places, wanted: Wanted) => ClientFile) | undefined
  /** What its user has to do yet. */
  afterwards: string
}

export const userFolder = (env: Places['env']): string => env['HOME'] || env['USERPROFILE'] || homedir()

/** `~/.config`, or where this user has it. */
export const configFolder = ({ env, user }: Places): string => env['XDG_CONFIG_HOME'] || join(user, '.config')

/** The entry most clients want, under the key that holds their servers. */
export const serverEntry = (key: string, { command, args, env }: Launch, more: Record<string, string> = {}): Entry => ({
  path: [key, 'agora'],
  value: { ...more, command, args, ...(Object.keys(env).length > 0 ? { env } : {}) },
})

/** What a hook of ours can be told by, in whatever it is wrapped. */
const OURS = new RegExp(` hook (${hookEvents.join('|')}) --agent-name `)

/** Whether a command, or every command of a group, is ours. */
export function isOurHook(element: unknown): boolean {
  const { command, hooks } = (element ?? {}) as { command?: unknown; hooks?: unknown }
  if (Array.isArray(hooks)) return hooks.length > 0 && hooks.every(isOurHook)
  return typeof command === 'string' && OURS.test(command)
}

/** Hooks in groups, as Claude Code has them and others took over. `timeout`: in the unit of that client. */
export const groupedHooks = (
  names: Record<HookEvent, string>,
  { hook }: Wanted,
  timeout: number,
  timeouts: Partial<Record<HookEvent, number>> = {},
): Entry[] =>
  hookEvents.map((event) => ({
    path: ['hooks', names[event]],
    value: { hooks: [{ type: 'command', command: shellLine(hook(event)), timeout: timeouts[event] ?? timeout }] },
    isOurs: isOurHook,
  }))
