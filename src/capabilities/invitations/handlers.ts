import { didOf } from '../../authority/may.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { quotedShort } from '../../base/text.ts'
import type { Askings, Handlers } from '../../core/dispatch.ts'
import { inboxOf } from '../../core/events.ts'
import type { WireHandler } from '../../core/inbound.ts'
import { listPage } from '../../core/list-page.ts'
import type { Progress } from '../../core/outbox.ts'
import type { SpaceNews } from '../../core/spaces.ts'
import type { OperationName } from '../../operations.ts'
import { answered, invitationOf, invitationsIn, invitedBy } from '../../spaces/project.ts'
import { isAuthorityType } from '../../spaces/project-facts.ts'
import { createAnswering, notPending } from './answer.ts'
import type { InvitationParts } from './parts.ts'
import { invitationsWire } from './receive.ts'
import { type Invitation, invitationWires } from './schema.ts'
import { createSending } from './send.ts'
import { invitationTables } from './tables.ts'
import { invitationViews } from './views.ts'

type InvitationOperation = Extract<OperationName, `invitations.${string}`>

export interface Invitations {
  handlers: Pick<Handlers, InvitationOperation>
  askings: Pick<Askings, Extract<InvitationOperation, keyof Askings>>
  wire: WireHandler[]
  /** Within the write that takes in entries of projects. */
  entries(news: SpaceNews): void
  progress(progress: Progress): void
  /** How many wait for an answer of this node. */
  pendingCount(): number
  /** Those that wait for its operator: an agent invited to a project that its node is in answers for itself. */
  waiting(): Invitation[]
  /** Within a write: ends what nobody answered in time. */
  expire(): void
}

/** Invitations to projects: sent, answered, taken back and expired, while either side is away. */
export function createInvitations(parts: InvitationParts): Invitations {
  const { clock, key, database, events, directory, spaces, projects } = parts
  const tables = invitationTables(database)
  const sending = createSending(parts)
  const answering = createAnswering(parts, tables, sending)
  const view = invitationViews(parts, tables)
  const shown = (id: string, actor: Parameters<typeof view.find>[1]): Invitation => view.view(view.find(id, actor))

  /** Within a write: takes a place that was reserved back, and tells whom it was for. */
  function withdraw(space: string, id: string, author: string, expired: boolean): void {
    const known = invitationOf(projects.standing(space).invitations, id)
    if (!known) return
    const input = {
      author,
      type: 'project.withdraw',
      facts: { invitation: id, because: expired ? 'expired' : 'withdrawn' },
    }
    spaces.writeWithin(space, (log) => {
      if (expired && log.trial(input).state !== 'counts') return
      log.append(input)
      const node = nodeOf(known.to)
      if (node !== key.did && !projects.standing(space).isMember(node)) {
        sending.post(invitationWires.withdraw.type, node, { space, invitation: id, expired })
      }
    })
  }

  return {
    wire: invitationsWire(parts, tables, sending, answering, view),

    entries({ space, kind, added, changed }) {
      if (kind !== 'project') return
      // Nothing else says who was invited and came.
      if (![...added, ...changed.map(({ entry }) => entry)].some(({ type }) => isAuthorityType(type))) return
      answering.heard(space)
      const { invitations, name } = projects.standing(space)
      for (const entry of added) {
        const { type, node, body, author } = entry
        if (type !== 'project.invite' && type !== 'project.accept') continue
        const known =
          type === 'project.invite'
            ? invitedBy(invitations, String(body['id']), entry.id)
            : answered(invitations, String(body['invitation']), entry)
        if (!known) continue
        const data = { project_id: space, invitation: known.id, name, from: author, role: known.role }
        // Agents of a member are invited by the log itself.
        if (type === 'project.invite' && known.status === 'pending' && nodeOf(known.to) === key.did) {
          events.emit('project.invited', inboxOf(known.to), data)
        }
        if (
          type === 'project.accept' &&
          node !== key.did &&
          nodeOf(known.by) === key.did &&
          known.status === 'accepted'
        ) {
          events.emit('project.accepted', inboxOf(known.by), data)
        }
      }
    },

    progress({ id, stage, reason }) {
      if (stage === 'sent') return
      const found = sending.failed(id)
      if (!found || (stage !== 'failed' && stage !== 'expired')) return
      events.emit('project.invitation_failed', undefined, {
        project_id: found.project,
        to: found.to,
        reason: reason ?? stage,
      })
    },

    pendingCount: () => tables.pendingCount(),
    waiting() {
      const operator = { kind: 'operator', did: key.did } as const
      const isNodes = ({ project_id: space, to }: Invitation) =>
        to.did === key.did || !projects.isHere(space) || !projects.standing(space).isMember(key.did)
      return view.list(operator).filter((one) => one.direction === 'in' && one.status === 'pending' && isNodes(one))
    },

    expire() {
      const now = clock.now()
      for (const row of tables.overdue(now)) tables.change(row, { status: 'expired', decided_at: now })
      tables.trim()
      for (const { id: space, status } of projects.list()) {
        if (status !== 'member') continue
        for (const { id, by, status: state, expiresAt } of invitationsIn(projects.standing(space).invitations)) {
          const isOver = state === 'pending' && Date.parse(expiresAt) <= now
          if (isOver && nodeOf(by) === key.did) withdraw(space, id, key.did, true)
        }
      }
    },

    askings: {
      'invitations.accept': ({ id }) => {
        const one = shown(id, { kind: 'operator', did: key.did })
        const what = `join the project ${quotedShort(one.project_name)} of ${one.from.name} (${one.from.did}) as ${one.role}`
        return { input: { id: one.id }, summary: what }
      },
      'invitations.decline': ({ id, reason }) => {
        const one = shown(id, { kind: 'operator', did: key.did })
        const what = `decline the invitation to the project ${quotedShort(one.project_name)} of ${one.from.name} (${one.from.did})`
        return { input: { id: one.id, ...(reason === undefined ? {} : { reason }) }, summary: what }
      },
    },

    handlers: {
      'invitations.list': ({ project: given, direction, status, limit, cursor }, { actor }) => {
        const items = view
          .list(actor)
          .filter(
            (one) =>
              (given === undefined || one.project_id.startsWith(given)) &&
              (direction === undefined || one.direction === direction) &&
              (status === 'all' || one.status === status),
          )
        return listPage(items, { limit, cursor })
      },

      'invitations.send': async (input, { actor }) => shown(await sending.send(input, didOf(actor)), actor),

      'invitations.accept': async ({ id }, { actor }) => {
        const found = view.find(id, actor)
        if (actor.kind === 'agent' && !answering.isAgents(found, actor.did)) {
          throw new AgoraError('needs_approval', 'Joining a project with a node is for its operator to decide.')
        }
        await answering.yes(found, didOf(actor))
        return shown(found.id, actor)
      },

      'invitations.decline': async ({ id, reason }, { actor }) => {
        const found = view.find(id, actor)
        if (actor.kind === 'agent' && !answering.isAgents(found, actor.did)) {
          throw new AgoraError('needs_approval', 'Declining what a node was invited to is for its operator to decide.')
        }
        await answering.no(found, reason)
        return shown(found.id, actor)
      },

      'invitations.withdraw': async ({ id }, { actor }) => {
        const { space, id: whole, reserved, row } = view.find(id, actor)
        if (row || !reserved) {
          throw new AgoraError('not_permitted', 'id: this invitation was sent by somebody else; decline it.', {
            field: 'id',
            hint: `${directory.nameOf(row?.from_did ?? '')} sent it.`,
          })
        }
        if (reserved.status !== 'pending') throw notPending(reserved.status)
        await database.write(() => withdraw(space, whole, didOf(actor), false))
        return shown(whole, actor)
      },
    },
  }
}
