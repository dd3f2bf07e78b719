import { didOf } from '../../authority/may.ts'
import { defaultProfile } from '../../authority/roles.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { saying } from '../../contract/entry.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { ProjectReplica } from '../../core/projects.ts'
import type { LoggedEntry } from '../../log/entry-store.ts'
import type { Parsed } from '../../operations.ts'
import { nextStage } from '../../spaces/project.ts'
import type { ProjectParts } from './parts.ts'
import type { Member, Project } from './schema.ts'
import type { ProjectViews } from './views.ts'

type Names =
  | 'projects.set_stage'
  | 'projects.suspend'
  | 'projects.unsuspend'
  | 'projects.role'
  | 'projects.remove'
  | 'projects.reinstate'
  | 'projects.transfer'
  | 'projects.keeper'
  | 'projects.settings'

const HELD_MAX = 10_000

/** The stage that a call of `projects.set_stage` means. @throws AgoraError `invalid_input` */
export function stageMeant(
  { stage, advance }: Pick<Parsed<'projects.set_stage'>, 'stage' | 'advance'>,
  now: string,
): Project['stage'] {
  if ((stage === undefined) === (advance !== true)) {
    throw new AgoraError('invalid_input', 'stage: give a stage, or `advance: true`.', { field: 'stage' })
  }
  const meant = stage ?? (nextStage(now) as Project['stage'] | undefined)
  if (meant !== undefined) return meant
  throw new AgoraError('invalid_input', `advance: ${now} is the last stage.`, { field: 'advance' })
}

/** What owner and overseers do to others, and to the project. */
export function oversight({ projects, spaces, synchronise }: ProjectParts, view: ProjectViews): Pick<Handlers, Names> {
  /** A member that is a node. */
  function node(project: string, address: string, field: string): string {
    const did = projects.member(project, address, field)
    if (nodeOf(did) === did) return did
    throw new AgoraError('invalid_input', `${field}: this is an agent, and no node.`, {
      field,
      hint: 'Name its node; an agent alone can be suspended.',
    })
  }

  const upon =
    (
      type: string,
      more: (input: { reason?: string | undefined; role?: string }) => Record<string, unknown> = () => ({}),
    ) =>
    async (
      { project_id, name, ...rest }: { project_id: string; name: string; reason?: string | undefined; role?: string },
      { actor }: Parameters<Handlers['projects.suspend']>[1],
    ): Promise<Member> => {
      const who = projects.member(project_id, name, 'name')
      await synchronise(project_id)
      await projects.append(project_id, {
        author: didOf(actor),
        type,
        facts: { who, ...more(rest) },
        ...saying({ reason: rest.reason }),
      })
      return view.member(project_id, who)
    }

  return {
    'projects.set_stage': async ({ project_id, ...how }, { actor }) => {
      const { stage: now } = projects.standing(project_id)
      const stage = stageMeant(how, now)
      if (stage !== now) {
        await projects.append(project_id, { author: didOf(actor), type: 'project.stage', facts: { stage } })
      }
      return view.stage(project_id)
    },

    'projects.suspend': upon('project.suspend'),
    'projects.unsuspend': upon('project.unsuspend'),
    'projects.role': upon('project.role', ({ role }) => ({ role })),

    'projects.remove': async ({ project_id, name, reason }, { actor }) => {
      const who = node(project_id, name, 'name')
      await synchronise(project_id)
      await projects.append(project_id, {
        author: didOf(actor),
        type: 'project.remove',
        facts: { who },
        ...saying({ reason }),
      })
      return { removed: view.who(who).name, did: who }
    },

    'projects.reinstate': async ({ project_id, name, entries }, { actor }) => {
      if (name === undefined && entries.length === 0) {
        throw new AgoraError('invalid_input', 'entries: name somebody, or held entries.', { field: 'entries' })
      }
      const who = name === undefined ? undefined : projects.member(project_id, name, 'name')
      const named = entries.map((prefix, index) => projects.entry(project_id, prefix, `entries.${index}`))
      await synchronise(project_id)
      const ids = [...new Set([...named, ...(who === undefined ? [] : latestHeld(projects.replica(project_id), who))])]
      return spaces.write(project_id, (log) => {
        const held = log.query({ states: ['held', 'refused'], limit: HELD_MAX }).map(({ id }) => id)
        log.append({
          author: didOf(actor),
          type: 'project.reinstate',
          facts: { ...(who === undefined ? {} : { who }), entries: ids },
        })
        return { reinstated: held.filter((id) => log.verdict(id)?.state === 'counts') }
      })
    },

    'projects.transfer': async ({ project_id, to }, { actor }) => {
      const facts = { to: node(project_id, to, 'to') }
      await synchronise(project_id)
      await projects.append(project_id, { author: didOf(actor), type: 'project.transfer', facts })
      return view.detail(project_id, { did: didOf(actor) })
    },

    'projects.keeper': async ({ project_id, node: address }, { actor }) => {
      const keeper = node(project_id, address, 'node')
      if (projects.standing(project_id).keeper.node !== keeper) {
        await projects.append(project_id, { author: didOf(actor), type: 'project.update', facts: { keeper } })
      }
      return view.detail(project_id, { did: didOf(actor) })
    },

    'projects.settings': async ({ project_id, profile, limits }, { actor }) => {
      const facts = {
        ...(profile === undefined ? {} : { profile: profile ?? defaultProfile }),
        ...(limits === undefined ? {} : { limits: limits ?? {} }),
      }
      if (Object.keys(facts).length > 0) {
        await projects.append(project_id, { author: didOf(actor), type: 'project.update', facts })
      }
      return view.detail(project_id, { did: didOf(actor) })
    },
  }
}

/** Of what is held of somebody the latest of each chain: what brings them back brings back all before them. */
function latestHeld(log: ProjectReplica, who: string): string[] {
  const latest = new Map<number, LoggedEntry>()
  for (const entry of log.query({ author: who, states: ['held'], limit: HELD_MAX })) {
    const known = latest.get(entry.chain)
    if (!known || known.position < entry.position) latest.set(entry.chain, entry)
  }
  return [...latest.values()].map(({ id }) => id)
}
