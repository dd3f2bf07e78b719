import { type Actor, didOf } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { invitationsIn, type Invitation as Reserved } from '../../spaces/project.ts'
import type { InvitationParts } from './parts.ts'
import type { Invitation } from './schema.ts'
import { type InvitationRow, type InvitationTables, inviteOf } from './tables.ts'

/** An invitation as it is known here: sent to this node with no log yet, or standing in a log that is here. */
export type Known =
  | { row: InvitationRow; space: string; id: string; reserved?: never }
  | { row?: never; space: string; id: string; reserved: Reserved }

/** Invitations as the API shows them, and finding them. */
export function invitationViews(
  { clock, key, directory, projects }: InvitationParts,
  tables: Pick<InvitationTables, 'list'>,
) {
  const who = (did: string) => ({ did, name: directory.nameOf(did) })
  const isHere = (did: string) => nodeOf(did) === key.did

  /** What went with an invitation that was accepted, unless it was taken away. */
  const saidInLog = (row: InvitationRow): string | null =>
    (projects.isHere(row.space) ? projects.replica(row.space).texts(inviteOf(row).id)?.['message'] : undefined) ?? null

  function ofRow(row: InvitationRow): Invitation {
    const isOver = row.status === 'pending' && row.expires_at <= clock.now()
    const message = row.status === 'joined' ? saidInLog(row) : row.message
    return {
      id: row.id,
      project_id: row.space,
      project_name: row.name,
      ...(row.description === null ? {} : { description: row.description }),
      direction: 'in',
      from: who(row.from_did),
      to: who(row.to_did),
      role: row.role as Invitation['role'],
      ...(message === null ? {} : { message }),
      status: isOver ? 'expired' : row.status,
      ...(row.reason === null ? {} : { reason: row.reason }),
      created_at: rfc3339(row.created_at),
      expires_at: rfc3339(row.expires_at),
      ...(row.decided_at === null ? {} : { decided_at: rfc3339(row.decided_at) }),
    }
  }

  function ofLog(space: string, { id, to, role, by, at, expiresAt, entry, status }: Reserved): Invitation {
    const log = projects.replica(space)
    const isOver = status === 'pending' && Date.parse(expiresAt) <= clock.now()
    const ends = status === 'pending' ? [] : log.query({ subject: id, states: ['counts'], order: 'oldest', limit: 10 })
    const end = ends.find(({ id: one }) => one !== entry.id)
    const message = log.texts(entry.id)?.['message']
    const reason = end?.texts?.['reason']
    return {
      id,
      project_id: space,
      project_name: projects.standing(space).name,
      direction: isHere(to) ? 'in' : 'out',
      from: who(by),
      to: who(to),
      role,
      ...(message === undefined ? {} : { message }),
      status: isOver ? 'expired' : status === 'accepted' ? 'joined' : status,
      ...(reason === undefined ? {} : { reason }),
      created_at: rfc3339(at),
      expires_at: rfc3339(Date.parse(expiresAt)),
      ...(end === undefined ? {} : { decided_at: rfc3339(end.at) }),
    }
  }

  /** All that are known here, each once. */
  function known(): Known[] {
    const rows = tables.list().map((row): Known => ({ row, space: row.space, id: row.id }))
    const seen = new Set(rows.map(({ space, id }) => `${space} ${id}`))
    const logged = projects.list().flatMap(({ id: space }): Known[] => {
      if (!projects.isHere(space)) return []
      return invitationsIn(projects.standing(space).invitations)
        .filter(({ id }) => !seen.has(`${space} ${id}`))
        .map((reserved) => ({ reserved, space, id: reserved.id }))
    })
    return [...rows, ...logged]
  }

  const view = (one: Known): Invitation => (one.row ? ofRow(one.row) : ofLog(one.space, one.reserved))

  /** An agent sees those addressed to it or its node, and those of projects it is in. */
  function sees(actor: Actor, { project_id, to }: Invitation): boolean {
    if (actor.kind === 'operator') return true
    if (to.did === didOf(actor) || to.did === key.did) return true
    const member = projects.isHere(project_id) ? projects.standing(project_id).roleOf(didOf(actor)) : undefined
    return member?.suspended === false
  }

  /** Of several with one id that is meant which somebody here can do something about. */
  function nearness({ row, reserved }: Known): number {
    if (row) return 0
    return nodeOf(reserved.by) === key.did ? 1 : isHere(reserved.to) ? 2 : 3
  }

  return {
    view,
    isTaken: (id: string): boolean => known().some((one) => one.id === id),
    list: (actor: Actor): Invitation[] =>
      known()
        .map(view)
        .filter((one) => sees(actor, one))
        .sort((a, b) => (a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : a.id < b.id ? 1 : -1)),
    /** @throws AgoraError `not_found`, `ambiguous_name` */
    find(id: string, actor: Actor): Known {
      const lower = id.toLowerCase()
      const fitting = known()
        .filter((one) => (one.id.startsWith(lower) || one.id.endsWith(lower)) && sees(actor, view(one)))
        .sort((a, b) => nearness(a) - nearness(b))
      const [first, ...others] = fitting
      const isMeant = (one: Known) => others.every((other) => other.id === one.id && nearness(other) > nearness(one))
      if (first && isMeant(first)) return first
      if (first) {
        throw new AgoraError('ambiguous_name', `id: several invitations fit ${JSON.stringify(id)}.`, {
          field: 'id',
          candidates: fitting.slice(0, 5).map((one) => one.id),
        })
      }
      throw new AgoraError('not_found', `id: there is no invitation ${JSON.stringify(id)}.`, {
        field: 'id',
        hint: '`agora project invitations` lists them.',
      })
    },
  }
}
export type InvitationViews = ReturnType<typeof invitationViews>
