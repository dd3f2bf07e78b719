import { didOf } from '../../authority/may.ts'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { AgoraError } from '../../base/errors.ts'
import { saying } from '../../contract/entry.ts'
import { EXPORT_VERSION } from '../../contract/export.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import { entryCursors, entryPage } from '../../core/place-cursors.ts'
import type { Projects } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Parsed } from '../../operations.ts'
import { checkLog } from '../../spaces/check-log.ts'
import { projectEntryTypes } from '../../spaces/project-rules.ts'
import type { AuditEntry } from './schema.ts'
import { placeIn, storedEntries } from './stored-entries.ts'
import { entryView, taskOf, titleIn } from './views.ts'

export interface AuditParts {
  clock: Clock
  projects: Projects
  directory: Directory
}

type Names = 'audit.list' | 'audit.add' | 'audit.redact' | 'projects.verify' | 'projects.export'

/** Bytes of an exported page, about. */
const PAGE_BYTES = 512 << 10

/** The record of a project is its log: what stands in it, whatever became of it. */
export function auditHandlers({ clock, projects, directory }: AuditParts): Pick<Handlers, Names> {
  const plain = entryView(directory)
  const viewIn = (project: string) => {
    const state = projects.replica(project).state()
    return (entry: LoggedEntry): AuditEntry => {
      const task = taskOf(entry)
      const task_title = task === undefined ? undefined : titleIn(state, task)
      return { ...plain(entry), ...(task_title !== undefined && { task_title }) }
    }
  }

  function shown(project: string, id: string): AuditEntry {
    const entry = projects.replica(project).logged(id)
    if (entry) return plain(entry)
    throw new AgoraError('not_found', `There is no entry ${id} in this project.`)
  }

  /** Whose entries are asked for: also somebody's who is no member any more. */
  function author(project: string, address: string): string {
    try {
      return directory.resolve(address, 'actor')
    } catch (error) {
      const found = [...authors(project)].find((did) => directory.nameOf(did) === address)
      if (found !== undefined) return found
      throw error
    }
  }
  const authors = (project: string) => {
    const { members, agentRoles, removals } = projects.standing(project)
    return new Set([...members.keys(), ...agentRoles.keys(), ...removals.keys()])
  }

  function subject(project: string, id: string): string {
    const log = projects.replica(project)
    for (const table of ['tasks', 'deleted_tasks'] as const) {
      const keys = [...log.state().entries(table)].map(([key]) => key).filter((key) => key.startsWith(id.toLowerCase()))
      const [first, other] = keys
      if (first !== undefined && other === undefined) return first
      if (first !== undefined) {
        const candidates = keys.slice(0, 5)
        throw new AgoraError('ambiguous_name', `task_id: ${id} fits several tasks.`, { field: 'task_id', candidates })
      }
    }
    // A task that was held before it came to be has a record, too.
    return id.toLowerCase()
  }

  return {
    'audit.list': ({ project_id, actor, type, task_id, since, verdict, limit, cursor }) => {
      const types = type === undefined ? undefined : projectEntryTypes.filter((one) => fits(one, type))
      const entries = projects.replica(project_id).query({
        ...(actor === undefined ? {} : { author: author(project_id, actor) }),
        ...(types === undefined ? {} : { types }),
        ...(task_id === undefined ? {} : { subject: subject(project_id, task_id) }),
        ...(since === undefined ? {} : { since: Date.parse(since) }),
        ...(verdict === undefined ? {} : { states: [verdict] }),
        after: entryCursors.read(cursor),
        limit,
      })
      return entryPage(entries, limit, viewIn(project_id))
    },

    'audit.add': async ({ project_id, action, detail }, { actor }) => {
      const { id } = await projects.append(project_id, {
        author: didOf(actor),
        type: 'project.audit',
        facts: { action },
        ...saying({ detail }),
      })
      return shown(project_id, id)
    },

    'audit.redact': async ({ project_id, entry, reason }, { actor }) => {
      const id = projects.entry(project_id, entry, 'entry')
      const found = projects.replica(project_id).logged(id) as LoggedEntry
      if (!found.redacted) {
        await projects.append(project_id, {
          author: didOf(actor),
          type: 'project.redact',
          facts: { entry: id, of: found.author },
          ...saying({ reason }),
        })
      }
      return shown(project_id, id)
    },

    'projects.verify': async ({ project_id }) => {
      const log = projects.replica(project_id)
      const hash = log.stateHash()
      const checked = await checkLog('project', project_id, storedEntries(log), clock)
      const { ok, entries, counts, held, denied, refused, state_hash, fault } = checked
      const isSame = state_hash === hash || log.stateHash() !== hash
      const wrong =
        fault ?? (isSame ? undefined : { id: undefined, reason: 'the state folded here is another than the log gives' })
      return {
        ok: ok && isSame,
        ...{ entries, counts, held, denied, refused, state_hash },
        ...(wrong ? { fault: { id: wrong.id ?? '', reason: wrong.reason } } : {}),
      }
    },

    'projects.export': ({ project_id, limit, cursor }: Parsed<'projects.export'>) => {
      const log = projects.replica(project_id)
      const after = entryCursors.read(cursor)
      const page = log.lacking([], { bytes: PAGE_BYTES, after })
      const entries = page.entries.slice(0, limit)
      const last = entries.at(-1)
      const isMore = page.after !== undefined || entries.length < page.entries.length
      return {
        head: {
          agora_log: EXPORT_VERSION,
          space: project_id,
          kind: 'project' as const,
          exported_at: rfc3339(clock.now()),
          tips: log.tips(),
          state_hash: log.stateHash(),
        },
        entries,
        ...(isMore && last ? { next_cursor: entryCursors.write(placeIn(last)) } : {}),
      }
    },
  }
}

const fits = (type: string, asked: string): boolean => type === asked || type.startsWith(`${asked}.`)
