import { randomUUID } from 'node:crypto'
import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import type { SignedEntry } from '../../contract/entry.ts'
import { saying } from '../../contract/entry.ts'
import { seal } from '../../core/envelopes.ts'
import { addressesOf } from '../../core/peer-book.ts'
import type { ProjectReplica } from '../../core/projects.ts'
import type { Parsed } from '../../operations.ts'
import type { ProjectStanding } from '../../spaces/project.ts'
import type { InvitationParts } from './parts.ts'
import { invitationWires } from './schema.ts'

const EXPIRES_AFTER_HOURS = 7 * 24
const HOUR = 3_600_000
const NEIGHBOURS_MAX = 20

export function createSending(parts: InvitationParts) {
  const { clock, key, book, outbox, directory, spaces, projects } = parts
  /** Invitations under way, by their envelopes. */
  const under = new Map<string, { project: string; to: string }>()

  /** Within a write: an envelope from this node itself to another. */
  function post(type: string, to: string, body: Record<string, unknown>): string {
    const id = newId(clock.now())
    outbox.post(seal({ key, clock }, { id, type, from: key.did, to, body }), to)
    return id
  }

  /** Within a write. */
  function postInvite(log: ProjectReplica, standing: ProjectStanding, entry: string, to: string) {
    const description =
      standing.description === undefined ? undefined : log.texts(standing.description)?.['description']
    const members = [...standing.members.keys()].filter(standing.isMember)
    const body = {
      create: log.signed(log.space) as SignedEntry,
      invite: log.signed(entry) as SignedEntry,
      summary: {
        name: standing.name,
        ...(description === undefined ? {} : { description }),
        stage: standing.stage,
        members: members.length,
      },
      members: members.slice(0, NEIGHBOURS_MAX).map((did) => ({
        did,
        name: directory.nameOf(did),
        addresses: addressesOf(book, did),
      })),
    }
    under.set(post(invitationWires.invite.type, nodeOf(to), body), { project: log.space, to })
  }

  /** Limits and trust are judged by whoever invites, once: the log knows no trust. @throws AgoraError */
  function checkLimits(standing: ProjectStanding, to: string, role: string) {
    const { limits } = standing
    const isOwn = nodeOf(to) === key.did
    if (!isOwn && book.isBlocked(nodeOf(to))) {
      throw new AgoraError('blocked', `peer_name: ${directory.nameOf(nodeOf(to))} is blocked.`, { field: 'peer_name' })
    }
    const trust = book.trust(nodeOf(to))
    if (!isOwn && limits.min_trust !== undefined && trust < limits.min_trust) {
      throw new AgoraError(
        'not_permitted',
        `peer_name: this project takes in peers of trust ${limits.min_trust}; ${directory.nameOf(to)} has ${trust}.`,
        { field: 'peer_name' },
      )
    }
    const taken = places(standing, clock.now())
    if (limits.max_agents !== undefined && taken.length >= limits.max_agents) {
      throw new AgoraError('limit_reached', `This project has room for ${limits.max_agents}, invited ones included.`, {
        field: 'peer_name',
      })
    }
    const most = limits.max_per_role?.[role as keyof typeof limits.max_per_role]
    if (most !== undefined && taken.filter((one) => one.role === role).length >= most) {
      throw new AgoraError(
        'limit_reached',
        `role: this project has room for ${most} of this role, invited ones included.`,
        {
          field: 'role',
        },
      )
    }
  }

  return {
    post,
    /** What was under way and came to nothing: its receiver does not take invitations of this node, or never came. */
    failed(envelope: string): { project: string; to: string } | undefined {
      const found = under.get(envelope)
      under.delete(envelope)
      return found
    },

    /** Answers the invitation's id. */
    async send({ project_id, peer_name, role, message, expires_in_hours }: Parsed<'invitations.send'>, author: string) {
      const to = directory.resolve(peer_name, 'peer_name')
      const now = clock.now()
      const standing = projects.standing(project_id)
      const isMember = standing.isMember(nodeOf(to))
      if (isMember && (to === nodeOf(to) || standing.agentRoles.get(to) === role)) {
        throw new AgoraError('already_exists', `peer_name: ${directory.nameOf(to)} is in this project.`, {
          field: 'peer_name',
          hint: '`agora project role` gives it another role.',
        })
      }
      const waiting = [...standing.invitations.values()]
        .flat()
        .find((one) => one.to === to && one.status === 'pending' && Date.parse(one.expiresAt) > now)
      if (waiting && waiting.role !== role) {
        throw new AgoraError('already_exists', `peer_name: ${directory.nameOf(to)} is invited as ${waiting.role}.`, {
          field: 'peer_name',
          hint: 'Withdraw that invitation first.',
        })
      }
      if (!waiting) checkLimits(standing, to, role)
      const id = waiting?.id ?? randomUUID()
      await spaces.write(project_id, (log) => {
        const entry =
          waiting?.entry.id ??
          log.append({
            author,
            type: 'project.invite',
            facts: { id, to, role, expires_at: rfc3339(now + (expires_in_hours ?? EXPIRES_AFTER_HOURS) * HOUR) },
            ...saying({ message }),
          }).id
        // A node that is a member has it with the log.
        if (!isMember) postInvite(log as ProjectReplica, standing, entry, to)
      })
      return id
    },
  }
}
export type Sending = ReturnType<typeof createSending>

/** Who has, or is offered, a place: nodes, and agents of which it was said. */
function places(standing: ProjectStanding, now: number): { role: string | undefined }[] {
  const nodes = [...standing.members.keys()].filter(standing.isMember)
  const agents = [...standing.agentRoles.keys()].filter((did) => standing.isMember(nodeOf(did)))
  const invited = [...standing.invitations.values()]
    .flat()
    .filter(({ status, expiresAt }) => status === 'pending' && Date.parse(expiresAt) > now)
  return [...[...nodes, ...agents].map((did) => ({ role: standing.roleOf(did)?.role })), ...invited]
}
