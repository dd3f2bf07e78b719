import { type Actor, didOf } from '../authority/may.ts'
import type { Clock } from '../base/clock.ts'
import { nodeOf } from '../base/did.ts'
import { AgoraError, messageOf } from '../base/errors.ts'
import type { TaskStatus } from '../capabilities/tasks/schema.ts'
import { statusOf } from '../capabilities/tasks/state.ts'
import type { EntryInput, Replica } from '../log/replica.ts'
import type { Placed } from '../log/types.ts'
import { nextStage, type ProjectJudgement, type ProjectStanding, standingOf } from '../spaces/project.ts'
import type { AllTables } from '../spaces/project-rules.ts'
import type { Directory } from './directory.ts'
import type { ProjectGate } from './dispatch.ts'
import { entryId } from './entry-id.ts'
import type { SpaceInfo, Spaces } from './spaces.ts'
import type { Telemetry } from './telemetry.ts'

export type ProjectReplica = Replica<ProjectJudgement, AllTables>

/** The projects of this node by their logs: who stands how in them, and the gate through which every call about one goes. */
export interface Projects {
  list(): SpaceInfo[]
  /** Those whose log a caller may read, for lists over all of them: as the gate answers for one. */
  readable(actor: Actor): SpaceInfo[]
  /** Whether enough of its log is here to say anything of it. */
  isHere(project: string): boolean
  /** @throws AgoraError `not_found` */
  replica(project: string): ProjectReplica
  standing(project: string): ProjectStanding
  /** How many tasks there are of each status, as they are shown. */
  taskCounts(project: string): Readonly<Record<TaskStatus | 'claimed', number>>
  /**
   * The DID of a member, or of an agent of one, by its name or DID.
   * @param invited also somebody who was invited and has not answered yet.
   * @throws AgoraError `unknown_name`, `ambiguous_name`, or `not_found` for who is no member, naming `field`.
   */
  member(project: string, address: string, field: string, invited?: 'invited'): string
  /** @throws AgoraError with the code of the verdict when the entry would not count. */
  append(project: string, input: EntryInput): Promise<Placed>
  /** The whole id of an entry. @throws AgoraError `not_found`, `ambiguous_name`, naming `field`. */
  entry(project: string, prefix: string, field: string): string
  /** The project in which somebody of this node has clocked in last, for a peer that is a member of it; nothing for others. */
  workedIn(peer: string): { project?: string }
  gate: ProjectGate
  stop(): void
}

interface ProjectsParts {
  clock: Clock
  self: { did: string }
  spaces: Spaces
  directory: Directory
  telemetry: Telemetry
}

const DENIALS_PAUSE = 60_000

export function createProjects({ clock, self, spaces, directory, telemetry }: ProjectsParts): Projects {
  const replica = (project: string) => spaces.replica<ProjectJudgement, AllTables>(project)
  const standing = (project: string) => standingOf(replica(project).judgement())
  /** What was tried in vain and is not told yet, by who and what. */
  const denials = new Map<string, { count: number; cancel: () => void }>()
  /** As they were when the log had so many entries: nothing else changes them. */
  const counted = new WeakMap<Replica, { entries: number; counts: ReturnType<Projects['taskCounts']> }>()

  function tell(project: string, who: string, operation: string, count: number) {
    const input = { author: self.did, type: 'project.denied', facts: { operation, who, count } }
    spaces
      .write(project, (log) => {
        // Of a node that may itself do nothing there nobody hears.
        if (log.trial(input).state === 'counts') log.append(input)
      })
      .catch((error) => telemetry.log.warn({ project, error: messageOf(error) }, 'a denial could not be told'))
  }

  const gate: ProjectGate = {
    resolve: (id, field) => spaces.resolve(id, field, 'project'),
    standing,
    now(project) {
      const { stage } = standing(project)
      return { stage, next: nextStage(stage) }
    },
    denied({ project, actor, operation, reason }) {
      telemetry.security('denied_in_project', actor, { project, operation, reason })
      const key = `${project} ${actor} ${operation}`
      const known = denials.get(key)
      if (known) {
        known.count++
        return
      }
      const wait = () =>
        clock.after(DENIALS_PAUSE, () => {
          const waiting = denials.get(key)
          denials.delete(key)
          if (!waiting || waiting.count === 0) return
          tell(project, actor, operation, waiting.count)
          denials.set(key, { count: 0, cancel: wait() })
        })
      denials.set(key, { count: 0, cancel: wait() })
      tell(project, actor, operation, 1)
    },
  }

  /** Members nobody here is a friend of have names too: those by which they are shown. */
  function shownAs(project: string, address: string): string | undefined {
    const { members, agentRoles, isMember } = standing(project)
    const dids = [...members.keys(), ...agentRoles.keys()].filter((did) => isMember(nodeOf(did)))
    const fitting = dids.filter((did) => directory.nameOf(did) === address)
    return fitting.length === 1 ? fitting[0] : undefined
  }

  function resolved(project: string, address: string, field: string): string {
    try {
      return directory.resolve(address, field)
    } catch (error) {
      const did = shownAs(project, address)
      if (did !== undefined) return did
      throw error
    }
  }

  function isHere(project: string): boolean {
    if (!spaces.info(project)) return false
    const log = replica(project)
    return log.count() > 0 && log.get(project) !== undefined
  }

  function isReader(project: string, actor: Actor): boolean {
    // What is on its own disk its operator may see, also of a project that it has left.
    if (actor.kind === 'operator') return true
    const member = standing(project).roleOf(didOf(actor))
    return member !== undefined && !member.suspended
  }

  return {
    list: () => spaces.list('project'),
    readable: (actor) => spaces.list('project').filter(({ id }) => isHere(id) && isReader(id, actor)),
    isHere,
    replica,
    standing,
    taskCounts(project) {
      const log = replica(project)
      const entries = log.count()
      const known = counted.get(log)
      if (known?.entries === entries) return known.counts
      const state = log.state()
      const counts = { todo: 0, in_progress: 0, done: 0, blocked: 0, claimed: state.size('task_claims') }
      for (const [, task] of state.entries('tasks')) counts[statusOf(state, task)]++
      counted.set(log, { entries, counts })
      return counts
    },
    member(project, address, field, invited) {
      const did = resolved(project, address, field)
      const { isMember, invitations } = standing(project)
      if (isMember(nodeOf(did))) return did
      const isInvited = ({ to, status }: { to: string; status: string }) =>
        status === 'pending' && nodeOf(to) === nodeOf(did)
      if (invited && [...invitations.values()].flat().some(isInvited)) return did
      throw new AgoraError('not_found', `${field}: ${directory.nameOf(did)} is no member of this project.`, {
        field,
        hint: '`agora project show` names its members.',
      })
    },
    append: (project, input) => spaces.write(project, (log) => log.append(input)),
    entry: (project, prefix, field) => entryId(replica(project), prefix, field),
    workedIn(peer) {
      let latest: { project: string; since: number } | undefined
      for (const { id, status } of spaces.list('project')) {
        if (status !== 'member' || !standing(id).isMember(peer)) continue
        for (const [did, { since }] of replica(id).state().entries('clocked_in'))
          if (nodeOf(did) === self.did && since > (latest?.since ?? 0)) latest = { project: id, since }
      }
      return latest ? { project: latest.project } : {}
    },
    gate,
    stop() {
      for (const { cancel } of denials.values()) cancel()
      denials.clear()
    },
  }
}
