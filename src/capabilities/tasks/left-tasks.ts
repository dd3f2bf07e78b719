import type { Actor } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import type { Directory } from '../../core/directory.ts'
import { listPage } from '../../core/list-page.ts'
import type { Projects } from '../../core/projects.ts'
import type { Output, Parsed } from '../../operations.ts'
import type { LeftTask } from './schema.ts'

/** The tasks that somebody left before they were done, in all projects a caller may read. */
export function leftTasks({
  projects,
  directory,
}: {
  projects: Pick<Projects, 'readable' | 'replica'>
  directory: Pick<Directory, 'nameOf' | 'resolve'>
}) {
  const who = (did: string) => ({ did, name: directory.nameOf(did) })

  return function list(input: Parsed<'tasks.handovers'>, actor: Actor): Output<'tasks.handovers'> {
    const { project_id, from, open, limit, cursor } = input
    const wanted = from === undefined ? undefined : directory.resolve(from, 'from')
    const isWanted = (did: string) => wanted === undefined || did === wanted || nodeOf(did) === wanted
    const all: (LeftTask & { id: string })[] = []
    for (const { id: space, title: project } of projects.readable(actor)) {
      if (project_id !== undefined && space !== project_id) continue
      const state = projects.replica(space).state()
      for (const [task_id, { holder, since, at, because, by }] of state.entries('task_left')) {
        const claim = state.get('task_claims', task_id)
        if (!isWanted(holder) || (open === true && claim)) continue
        all.push({
          // For the cursor, which has 64 characters at most.
          ...{
            id: `${space.slice(0, 24)}.${task_id}`,
            project_id: space,
            project,
            task_id,
            title: state.get('tasks', task_id)?.title ?? '',
          },
          ...{ from: who(holder), since: rfc3339(since), until: rfc3339(at), because },
          ...(by === holder ? {} : { by: who(by) }),
          ...(claim ? { claimed_by: who(claim.holder) } : {}),
        })
      }
    }
    all.sort((a, b) => (a.until < b.until ? 1 : a.until > b.until ? -1 : a.id < b.id ? -1 : 1))
    const { items, ...rest } = listPage(all, { limit, cursor })
    return { items: items.map(({ id: _, ...item }) => item), ...rest }
  }
}
