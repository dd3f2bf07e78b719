import { existsSync, rmSync } from 'node:fs'
import { AgoraError } from '../../base/errors.ts'
import type { Io } from '../io.ts'
import type { ClientFile, ClientProgram, Places, Scope, Wanted } from './client.ts'
import { diff } from './diff.ts'
import { type Entry, Fault, placeOf } from './edit.ts'
import { readText, removeFolders, type TextFile, writeText } from './files.ts'
import { launchOf } from './launch.ts'
import { merged, type Outcome } from './merge.ts'
import { type Records, readRecords, writeRecords } from './records.ts'

export interface SetUp {
  client: ClientProgram
  scope: Scope
  places: Places
  io: Io
  agent: string
  /** The node to name in what is written. */
  node: string | undefined
  hooks: boolean
  remove: boolean
  /** Nothing is written then. */
  isRehearsal: boolean
}

export interface Changed {
  path: string
  change: 'created' | 'changed' | 'unchanged' | 'deleted'
  /** Lines that were added or taken away. */
  diff: string[]
}

/** One file with all that it is to hold: servers and hooks can share it. */
interface Gathered extends Pick<ClientFile, 'format'> {
  file: TextFile
  all: Entry[]
  wanted: Entry[]
}

/** Merges Agora into a client's files, or takes it out. All are read and understood before the first is written. @throws AgoraError `malformed` */
export function setUp(given: SetUp): Changed[] {
  const { client, scope, places, io, remove, isRehearsal } = given
  const records = readRecords(io.env)
  const wanted = wantedOf(given)
  const server = client.server(scope, places, wanted)
  const hooks = client.hooks?.(scope, places, wanted)
  const withHooks = given.hooks || (hooks !== undefined && hasHooks(hooks, records))
  const files: Gathered[] = []
  for (const [part, isWanted] of [
    [server, !remove] as const,
    ...(hooks ? [[hooks, withHooks && !remove] as const] : []),
  ]) {
    const file = readText(pathOf(part))
    const known = files.find((other) => other.file.path === file.path)
    const gathered = known ?? { file, format: part.format, all: [], wanted: [] }
    if (!known) files.push(gathered)
    gathered.all.push(...part.entries)
    if (isWanted) gathered.wanted.push(...part.entries)
  }
  const outcomes = files.map((gathered) => ({ ...gathered, outcome: outcomeOf(gathered, records) }))
  const changes = outcomes
    .filter(({ file, wanted: entries }) => entries.length > 0 || file.text !== undefined)
    .map(
      ({ file, outcome }): Changed => ({
        path: file.path,
        change: kindOf(file.text, outcome.after),
        diff: diff(file.text ?? '', outcome.after ?? ''),
      }),
    )
  if (isRehearsal) return changes
  const mode = scope === 'project' ? 0o644 : 0o600
  removeFolders(outcomes.flatMap(({ file, outcome }) => write(file, outcome, records, mode)))
  writeRecords(io.env, records)
  return changes
}

function wantedOf({ io, agent, node, client }: SetUp): Wanted {
  const who = ['--agent-name', agent]
  const which = node === undefined ? [] : ['--name', node]
  return {
    server: launchOf(io, ['mcp', ...who, ...which]),
    hook: (event) => launchOf(io, ['hook', event, ...who, '--client', client.id, ...which]),
  }
}

const pathOf = ({ paths }: ClientFile): string => paths.find((path) => existsSync(path)) ?? paths[0]

/** Whether hooks were written earlier: they go on with the name that is written now. */
function hasHooks(hooks: ClientFile, records: Records): boolean {
  const keys = hooks.entries.map(({ path }) => path.join('\n'))
  const edits = records.get(readText(pathOf(hooks)).path)?.edits ?? []
  return edits.some(({ path }) => keys.includes(path.join('\n')))
}

function outcomeOf({ file, format, all, wanted }: Gathered, records: Records): Outcome {
  try {
    return merged({ format, all, wanted, before: file.text, recorded: records.get(file.path) })
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    const { offset, message } = cause
    throw new AgoraError('malformed', `${file.path}:${placeOf(file.text ?? '', offset)}: ${message}.`, {
      hint: 'Nothing was written. Put that right, then run this again.',
      cause,
    })
  }
}

function kindOf(before: string | undefined, after: string | undefined): Changed['change'] {
  if (before === after) return 'unchanged'
  return before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed'
}

/** Answers with the folders that were made for it, when it goes. */
function write(file: TextFile, { after, edits, created }: Outcome, records: Records, mode: number): string[] {
  const folders = records.get(file.path)?.folders ?? []
  let made: string[] = []
  if (after === undefined) rmSync(file.path, { force: true })
  else if (after !== file.text) made = writeText(file, after, mode)
  if (edits.length === 0) records.delete(file.path)
  else records.set(file.path, { created, folders: made.length > 0 ? made : folders, edits })
  return after === undefined ? folders : []
}
