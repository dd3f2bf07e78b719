import { stages } from '../../authority/roles.ts'
import { rfc3339 } from '../../base/clock.ts'
import { nodeOf, parseDid } from '../../base/did.ts'
import type { Who } from '../../contract/space.ts'
import type { ProjectReplica } from '../../core/projects.ts'
import type { SpaceInfo } from '../../core/spaces.ts'
import type { Output } from '../../operations.ts'
import { nextStage, type ProjectStanding } from '../../spaces/project.ts'
import type { ProjectParts } from './parts.ts'
import type { Member, Project, ProjectDetail } from './schema.ts'

/** Projects and their members as the API shows them. */
export function projectViews({ self, spaces, projects, directory, network, agents }: ProjectParts) {
  const who = (did: string): Who => ({ did, name: directory.nameOf(did) })

  function isOnline(did: string): boolean {
    const { node, agent } = parseDid(did)
    const isOwn = node === self.did
    const there = isOwn ? agents.briefs() : network.peer(node)?.agents
    if (agent === undefined) return isOwn || there !== undefined
    const presence = there?.find(({ name }) => name === agent)?.presence
    return presence !== undefined && presence !== 'offline'
  }

  function suspension(log: ProjectReplica, standing: ProjectStanding, did: string): Pick<Member, 'suspended'> {
    const id = standing.suspendedBy(did)
    const entry = id === undefined ? undefined : log.logged(id)
    if (!entry) return {}
    const reason = entry.texts?.['reason']
    return {
      suspended: {
        at: rfc3339(entry.at),
        by: who(entry.author),
        ...(reason === undefined ? {} : { reason }),
        entry: entry.id,
      },
    }
  }

  function member(project: string, did: string): Member {
    const log = projects.replica(project)
    const standing = projects.standing(project)
    const clocked = log.state().get('clocked_in', did)
    const focus = clocked && log.texts(clocked.entry)?.['focus']
    return {
      ...who(did),
      kind: nodeOf(did) === did ? 'node' : 'agent',
      role: standing.roleOf(did)?.role ?? 'observer',
      since: rfc3339(standing.members.get(nodeOf(did))?.since ?? standing.createdAt),
      online: isOnline(did),
      ...suspension(log, standing, did),
      ...(clocked ? { clocked_in: { since: rfc3339(clocked.since), ...(focus === undefined ? {} : { focus }) } } : {}),
      is_owner: did === standing.owner,
      is_keeper: did === standing.keeper.node,
    }
  }

  /** The nodes, each followed by those of its agents of whom the log says something. */
  function team(project: string): Member[] {
    const standing = projects.standing(project)
    const named = [
      ...standing.agentRoles.keys(),
      ...standing.suspensions.keys(),
      ...[...projects.replica(project).state().entries('clocked_in')].map(([did]) => did),
    ]
    const nodes = [...standing.members]
      .filter(([node]) => standing.isMember(node))
      .sort(([, a], [, b]) => a.since - b.since)
    return nodes.flatMap(([node]) => {
      const own = [...new Set(named)].filter((did) => did !== node && nodeOf(did) === node)
      return [node, ...own.sort()].map((did) => member(project, did))
    })
  }

  function project({ id, status, created_at, title }: SpaceInfo, actor: { did: string }): Project {
    const known = { id, status: status === 'closed' ? ('member' as const) : status }
    if (!projects.isHere(id)) return { ...waiting(known, title, created_at) }
    const log = projects.replica(id)
    const standing = projects.standing(id)
    const description =
      standing.description === undefined ? undefined : log.texts(standing.description)?.['description']
    const own = standing.roleOf(actor.did)
    const upgrade = log.upgradeNeeded()
    const [latest] = log.query({ limit: 1 })
    return {
      ...known,
      name: standing.name,
      ...(description === undefined || description === '' ? {} : { description }),
      ...(standing.repo === undefined ? {} : { repo: standing.repo }),
      stage: standing.stage,
      archived: standing.archived,
      ...(own ? { role: own.role } : {}),
      suspended: own?.suspended ?? false,
      owner: who(standing.owner),
      keeper: who(standing.keeper.node),
      members: [...standing.members.keys()].filter(standing.isMember).length,
      tasks: projects.taskCounts(id),
      created_at: rfc3339(standing.createdAt),
      updated_at: rfc3339(latest?.at ?? standing.createdAt),
      ...(upgrade === undefined ? {} : { upgrade_needed: upgrade }),
    }
  }

  /** One of which only the invitation is here. */
  const waiting = (known: Pick<Project, 'id' | 'status'>, name: string, since: number): Project => ({
    ...known,
    name,
    stage: 'investigation',
    archived: false,
    suspended: false,
    owner: who(self.did),
    keeper: who(self.did),
    members: 0,
    tasks: { todo: 0, in_progress: 0, done: 0, blocked: 0, claimed: 0 },
    created_at: rfc3339(since),
    updated_at: rfc3339(since),
  })

  return {
    who,
    member,
    team,
    project,
    detail(id: string, actor: { did: string }): ProjectDetail {
      const info = spaces.info(id) as SpaceInfo
      const brief = project(info, actor)
      if (!projects.isHere(id)) return { ...brief, team: [], limits: {}, profile: {}, keeper_epoch: 0 }
      const { limits, profile, keeper } = projects.standing(id)
      return {
        ...brief,
        team: team(id),
        limits: limits as ProjectDetail['limits'],
        profile: profile as ProjectDetail['profile'],
        keeper_epoch: keeper.epoch,
      }
    },
    stage(id: string): Output<'projects.stage'> {
      const { stage, stageSince, stageBy } = projects.standing(id)
      const next = nextStage(stage) as Project['stage'] | undefined
      return {
        project_id: id,
        stage,
        ...(next === undefined ? {} : { next }),
        stages: [...stages],
        since: rfc3339(stageSince),
        by: who(stageBy),
      }
    },
  }
}
export type ProjectViews = ReturnType<typeof projectViews>

/** Who acts, of those who may at all. */
