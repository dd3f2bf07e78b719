import { randomUUID } from 'node:crypto'
import type { TrustLevel } from '../../authority/trust.ts'
import { nodeOf, parseDid } from '../../base/did.ts'
import { messageOf } from '../../base/errors.ts'
import { saying } from '../../contract/entry.ts'
import type { Envelope } from '../../contract/envelope.ts'
import { inboxOf } from '../../core/events.ts'
import type { Outcome, Sender, WireHandler } from '../../core/inbound.ts'
import type { CheckedEntry } from '../../log/checked.ts'
import { checkEntry } from '../../log/entry.ts'
import { invitationFor, invitationOf } from '../../spaces/project.ts'
import { readAuthority } from '../../spaces/project-facts.ts'
import type { Answering } from './answer.ts'
import type { InvitationParts } from './parts.ts'
import { invitationWires } from './schema.ts'
import type { Sending } from './send.ts'
import { type InvitationRow, type InvitationTables, inviteOf } from './tables.ts'
import type { InvitationViews } from './views.ts'

/** Invitations of one peer that wait, and of all. */
export const WAITING_OF_ONE = 50
export const WAITING_MAX = 1000
/** From this trust on the operator may have set that invitations are accepted as they come. */
const CLOSE: TrustLevel = 4
const WAITS_FROM: TrustLevel = 2

const stored: Outcome = { stage: 'stored' }
const failed = (reason: Extract<Outcome, { stage: 'failed' }>['reason']): Outcome => ({ stage: 'failed', reason })

interface Invited {
  create: CheckedEntry
  invite: CheckedEntry
}

/** The envelope types `project.*`: invitations and their answers. */
export function invitationsWire(
  parts: InvitationParts,
  tables: InvitationTables,
  sending: Sending,
  answering: Answering,
  view: Pick<InvitationViews, 'isTaken'>,
): WireHandler[] {
  const { clock, key, events, spaces, projects, agents, telemetry, autoAccept } = parts
  const isForNode = ({ from, to }: Envelope, did: string) => from === did && to === key.did

  /** What a node invited to by this id. */
  const rowOf = (space: string, id: string, from: string): InvitationRow | undefined =>
    tables.in(space).find((row) => nodeOf(row.from_did) === from && inviteOf(row).body['id'] === id)

  async function checkInvite({ body }: Envelope): Promise<Invited | undefined> {
    const [first, second] = await Promise.all([checkEntry(body['create']), checkEntry(body['invite'])])
    return first.entry && second.entry && { create: first.entry, invite: second.entry }
  }

  function invited(envelope: Envelope, { did, trust }: Sender, checked: Invited | undefined): Outcome {
    if (!isForNode(envelope, did) || !checked) return failed('malformed')
    const { create, invite } = checked
    const read = readAuthority(invite.header.type, invite.body)
    const isOne = create.id === create.space && create.header.type === 'project.create' && invite.space === create.id
    if (!isOne || read?.type !== 'project.invite' || nodeOf(invite.header.author) !== did) return failed('malformed')
    const { id, to, role, expires_at } = read.facts
    if (nodeOf(to) !== key.did) return failed('malformed')
    const { agent } = parseDid(to)
    if (agent !== undefined && !agents.has(agent)) return failed('unknown_agent')
    const space = create.id
    if (rowOf(space, id, did) || spaces.info(space)?.status === 'member') return stored
    if (Date.parse(expires_at) <= clock.now()) return failed('expired')
    if (tables.pendingCount(did) >= WAITING_OF_ONE || tables.pendingCount() >= WAITING_MAX) {
      return failed('requests_full')
    }
    const { summary, members } = envelope.body as {
      summary: { name: string; description?: string }
      members: { did: string; addresses: string[] }[]
    }
    const row: InvitationRow = {
      space,
      // Who invites chooses the id, and may choose that of another invitation: here both are to be told apart.
      id: view.isTaken(id) ? randomUUID() : id,
      name: summary.name,
      description: summary.description ?? null,
      from_did: invite.header.author,
      to_did: to,
      role,
      message: invite.texts?.['message'] ?? null,
      status: 'pending',
      reason: null,
      created_at: clock.now(),
      expires_at: Date.parse(expires_at),
      decided_at: null,
      project: JSON.stringify(create.signed),
      invite: JSON.stringify(invite.signed),
      accept: null,
      members: JSON.stringify(members.map(({ did, addresses }) => ({ did: nodeOf(did), addresses }))),
    }
    tables.insert(row)
    const data = { project_id: space, invitation: row.id, name: row.name, from: row.from_did, role }
    events.emit('project.invited', inboxOf(to), data)
    if (autoAccept() && trust >= CLOSE) answering.accept(row, key.did)
    return stored
  }

  function accepted(envelope: Envelope, { did, trust }: Sender, entry: CheckedEntry | undefined): Outcome {
    const { space } = envelope.body as { space: string }
    if (!isForNode(envelope, did) || !entry) return failed('malformed')
    const isOne = entry.space === space && entry.header.type === 'project.accept' && nodeOf(entry.header.author) === did
    if (!isOne) return failed('malformed')
    if (spaces.info(space)?.kind !== 'project' || !projects.isHere(space)) return failed('not_permitted')
    const standing = projects.standing(space)
    if (!standing.isMember(key.did)) return failed('not_permitted')
    const id = String(entry.body['invitation'])
    const isKnown = standing.invitations.has(id)
    // An answer to what is not known here yet waits for that; strangers' answers would push each other out.
    if (isKnown ? !invitationFor(standing.invitations, id, did) : trust < WAITS_FROM) return failed('not_permitted')
    // One answer is one: more of them, also of whoever was removed since, would only make the log longer. What else a member wrote comes with the log.
    const about = { types: ['project.accept'], subject: id, author: did, limit: 1 }
    const [answer] = projects.replica(space).query(about)
    if (answer) return answer.id === entry.id ? stored : failed('not_permitted')
    // Who was not invited is not even told that there is such a project.
    if (spaces.admitWithin(space, [entry], did).faults.length > 0) return failed('not_permitted')
    const verdict = projects.replica(space).verdict(entry.id)
    if (verdict && verdict.state !== 'counts') tellWithdrawn(did, space, id)
    return stored
  }

  function tellWithdrawn(did: string, space: string, invitation: string) {
    const status = invitationFor(projects.standing(space).invitations, invitation, did)?.status
    if (status !== 'withdrawn' && status !== 'expired') return
    sending.post(invitationWires.withdraw.type, did, { space, invitation, expired: status === 'expired' })
  }

  function declined(envelope: Envelope, { did }: Sender): Outcome {
    const { space, invitation, reason } = envelope.body as { space: string; invitation: string; reason?: string }
    if (!isForNode(envelope, did)) return failed('malformed')
    if (spaces.info(space)?.kind !== 'project' || !projects.isHere(space)) return failed('not_permitted')
    const { invitations } = projects.standing(space)
    const known = invitationFor(invitations, invitation, did)
    if (!known) return failed('not_permitted')
    // What is written takes back the one that this id means here: nobody declines for somebody else by using it again.
    if (known.status !== 'pending' || known !== invitationOf(invitations, invitation)) return stored
    const input = {
      author: key.did,
      type: 'project.withdraw',
      facts: { invitation, because: 'declined' },
      ...saying({ reason }),
    }
    try {
      spaces.writeWithin(space, (log) => {
        if (log.trial(input).state === 'counts') log.append(input)
      })
    } catch (error) {
      telemetry.log.warn({ space, error: messageOf(error) }, 'a refused invitation could not be noted')
      return stored
    }
    const data = { project_id: space, invitation, from: known.to, ...(reason === undefined ? {} : { reason }) }
    events.emit('project.declined', inboxOf(nodeOf(known.by) === key.did ? known.by : key.did), data)
    return stored
  }

  function withdrawn(envelope: Envelope, { did }: Sender): Outcome {
    const { space, invitation, expired } = envelope.body as { space: string; invitation: string; expired?: boolean }
    if (!isForNode(envelope, did)) return failed('malformed')
    const row = rowOf(space, invitation, did)
    if (!row) return failed('not_permitted')
    if (row.status !== 'pending' && row.status !== 'accepted') return stored
    tables.change(row, { status: expired ? 'expired' : 'withdrawn', decided_at: clock.now() })
    if (spaces.info(space)?.status === 'joining') spaces.leaveWithin(space)
    events.emit('project.withdrawn', inboxOf(row.to_did), { project_id: space, invitation: row.id, name: row.name })
    return stored
  }

  const checkAccept = async ({ body }: Envelope) => (await checkEntry(body['entry'])).entry
  return [
    {
      definition: invitationWires.invite,
      check: checkInvite,
      handle: (one, _, sender, checked) => invited(one, sender, checked as Invited | undefined),
    },
    {
      definition: invitationWires.accept,
      check: checkAccept,
      handle: (one, _, sender, checked) => accepted(one, sender, checked as CheckedEntry | undefined),
    },
    { definition: invitationWires.decline, handle: (one, _, sender) => declined(one, sender) },
    { definition: invitationWires.withdraw, handle: (one, _, sender) => withdrawn(one, sender) },
  ]
}
