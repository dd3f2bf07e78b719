import { nodeOf } from '../../base/did.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import type { SignedEntry } from '../../contract/entry.ts'
import { saying } from '../../contract/entry.ts'
import { inboxOf } from '../../core/events.ts'
import type { CheckedEntry } from '../../log/checked.ts'
import { makeEntry } from '../../log/entry.ts'
import { comparePlaces } from '../../log/types.ts'
import { invitedBy } from '../../spaces/project.ts'
import type { InvitationParts } from './parts.ts'
import { invitationWires } from './schema.ts'
import type { Sending } from './send.ts'
import { type InvitationRow, type InvitationTables, inviteOf, storedEntry } from './tables.ts'
import type { Known } from './views.ts'

export const notPending = (status: string): AgoraError =>
  new AgoraError('not_pending', `id: this invitation is ${status}.`, { field: 'id' })

/** Saying yes or no to an invitation. */
export function createAnswering(parts: InvitationParts, tables: InvitationTables, { post }: Sending) {
  const { clock, key, database, events, spaces, projects, telemetry } = parts

  /** What joins a project of which this node has no log, or one that ends before the invitation. */
  function acceptance(row: InvitationRow, author: string): CheckedEntry {
    const invite = inviteOf(row)
    const log = spaces.info(row.space) && spaces.replica(row.space)
    const ends = (log?.branches() ?? []).flatMap(({ node, id }) => (node === key.did ? (log?.get(id) ?? []) : []))
    const own = ends.sort(comparePlaces).at(-1)
    return makeEntry(key, {
      space: row.space,
      author,
      seq: own ? own.seq + 1 : 0,
      prev: own?.id,
      heads: [invite.id],
      lamport: 1 + Math.max(own?.lamport ?? 0, invite.header.lamport),
      at: clock.now(),
      type: 'project.accept',
      facts: { invitation: invite.body['id'] },
    })
  }

  /** What became of an invitation by the log that is here. */
  function reservedBy(row: InvitationRow) {
    const { id, body } = inviteOf(row)
    return invitedBy(projects.standing(row.space).invitations, String(body['id']), id)
  }

  /** Within a write: the invited joins, as soon as a member hears of it. */
  function accept(row: InvitationRow, author: string): void {
    if (spaces.info(row.space)?.status === 'member' && reservedBy(row)) {
      const facts = { invitation: inviteOf(row).body['id'] }
      spaces.writeWithin(row.space, (log) => log.append({ author, type: 'project.accept', facts }))
      tables.change(row, { ...joinedAs(row), decided_at: clock.now() })
      return
    }
    const entry = acceptance(row, author)
    const now = clock.now()
    tables.change(row, { status: 'accepted', decided_at: now, accept: JSON.stringify(entry.signed) })
    const named = JSON.parse(row.members) as { did: string; addresses: string[] }[]
    const told = new Set([nodeOf(row.from_did), ...named.map(({ did }) => did)])
    told.delete(key.did)
    spaces.joinWithin(row.space, {
      kind: 'project',
      title: row.name,
      entries: [storedEntry(row.project), inviteOf(row), entry],
      members: [...told],
    })
    database.afterCommit(() => {
      for (const { did, addresses } of named) parts.seek?.(did, addresses, nodeOf(row.from_did))
    })
    for (const member of told) post(invitationWires.accept.type, member, { space: row.space, entry: entry.signed })
    events.emit('project.accepted', inboxOf(row.to_did), { project_id: row.space, invitation: row.id })
  }

  /** Within a write: the log of a project that was accepted is here, or comes. */
  function heard(space: string): void {
    const rows = tables.accepted(space)
    if (rows.length === 0) return
    const { members } = projects.standing(space)
    for (const row of rows) {
      if (reservedBy(row)?.status === 'accepted' && members.has(key.did)) {
        tables.change(row, joinedAs(row))
        events.emit('project.joined', inboxOf(row.to_did), {
          project_id: row.space,
          invitation: row.id,
          name: row.name,
        })
        continue
      }
      // The answer that waited for its parents in memory alone.
      const log = projects.replica(space)
      const { id: invite } = inviteOf(row)
      if (log.get(invite) && row.accept !== null) {
        const answer = storedEntry(row.accept)
        if (log.get(answer.id)) continue
        parts.database.afterCommit(() => {
          spaces
            .admit(space, [answer], undefined)
            .catch((error) => telemetry.log.warn({ space, error: messageOf(error) }, 'an answer could not be kept'))
        })
      }
    }
  }

  return {
    accept,
    heard,

    /** Whether whoever it is for may answer without the operator: an agent of a node that is a member. */
    isAgents: ({ row, space, reserved }: Known, agent: string): boolean =>
      (row?.to_did ?? reserved?.to) === agent && projects.isHere(space) && projects.standing(space).isMember(key.did),

    async yes({ row, reserved, space, id }: Known, author: string): Promise<void> {
      if (reserved) {
        if (reserved.status === 'accepted') return
        if (reserved.status !== 'pending') throw notPending(reserved.status)
        if (nodeOf(reserved.to) !== key.did) {
          throw new AgoraError('not_permitted', 'id: this invitation is for somebody else.', { field: 'id' })
        }
        if (Date.parse(reserved.expiresAt) <= clock.now()) throw notPending('expired')
        await projects.append(space, { author, type: 'project.accept', facts: { invitation: id } })
        return
      }
      if (row.status === 'accepted' || row.status === 'joined') return
      if (row.status !== 'pending') throw notPending(row.status)
      if (row.expires_at <= clock.now()) throw notPending('expired')
      await parts.database.write(() => {
        if (tables.get(space, id)?.status === 'pending') accept(row, author)
      })
    },

    async no({ row, reserved, space, id }: Known, reason: string | undefined): Promise<void> {
      const said = reason === undefined || reason === '' ? {} : { reason }
      if (reserved) {
        if (reserved.status !== 'pending') throw notPending(reserved.status)
        if (nodeOf(reserved.to) !== key.did) {
          throw new AgoraError('not_permitted', 'id: this invitation is for somebody else.', {
            field: 'id',
            hint: '`agora project invitations` tells which are to be withdrawn.',
          })
        }
        const from = nodeOf(reserved.by)
        await spaces.write(space, (log) => {
          if (from !== key.did) post(invitationWires.decline.type, from, { space, invitation: id, ...said })
          else {
            const facts = { invitation: id, because: 'declined' }
            log.append({ author: key.did, type: 'project.withdraw', facts, ...saying({ reason }) })
          }
        })
        return
      }
      if (row.status === 'declined') return
      if (row.status !== 'pending') throw notPending(row.status)
      await parts.database.write(() => {
        tables.change(row, { status: 'declined', decided_at: clock.now(), reason: reason ?? null })
        post(invitationWires.decline.type, nodeOf(row.from_did), {
          space,
          invitation: inviteOf(row).body['id'],
          ...said,
        })
      })
    },
  }
}
export type Answering = ReturnType<typeof createAnswering>

/** Once its project's log is here its words are there alone, where they may be taken away. */
function joinedAs({ project, invite }: InvitationRow): Partial<InvitationRow> {
  const wordless = (text: string) => {
    const { header, facts } = JSON.parse(text) as SignedEntry
    return JSON.stringify({ header, facts })
  }
  return { status: 'joined', message: null, description: null, project: wordless(project), invite: wordless(invite) }
}
