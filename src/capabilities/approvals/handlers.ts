import type { Actor } from '../../authority/may.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { type Clock, rfc3339 } from '../../base/clock.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import type { Askings, Handlers, Requested } from '../../core/dispatch.ts'
import { agentInbox, type Events, OPERATOR_INBOX } from '../../core/events.ts'
import type { Log } from '../../core/telemetry.ts'
import type { Grant, GrantParts } from '../../identity/owner.ts'
import type { Parsed } from '../../operations.ts'
import type { Database } from '../../store/database.ts'
import type { Approval } from './schema.ts'
import { type ApprovalRow, approvalTables } from './tables.ts'

/** So many of one agent wait at once; one that asks for more is not heard before it is answered. */
export const PENDING_MAX = 20

export interface ApprovalParts {
  clock: Clock
  database: Database
  events: Events
  log: Log
  /** Ms after which nobody answers any more. */
  timeToLive(): number
  askings: Askings
  /** Signs a grant with the owner's key; there when the operator's word alone does not do. */
  sign?: (passphrase: string, grant: Omit<GrantParts, 'node'>) => Promise<Grant>
  /** Does, as the operator, what was asked for. */
  run(operation: string, input: Record<string, unknown>): Promise<unknown>
  /** Writes to an agent of this node as the operator, in the conversation of that id. */
  tell(agent: string, conversation: string, text: string): Promise<unknown>
}

type Names = 'approvals.list' | 'approvals.show' | 'approvals.grant' | 'approvals.deny'

export interface Approvals {
  handlers: Pick<Handlers, Names>
  /** Puts before the operator what an agent called. The same again, while it waits, is the same approval. */
  ask(requested: Requested): Promise<Approval>
  pendingCount(): number
  /** Within a write: ends what nobody answered in time. */
  expire(): void
  /** Within a write: what a removed agent asked for is decided by that. */
  drop(agent: string): void
}

/** What only a person may decide, asked for by an agent, waits here until the operator says yes or no. */
export function createApprovals(parts: ApprovalParts): Approvals {
  const { clock, database, events, log, timeToLive, askings, sign, run, tell } = parts
  const tables = approvalTables(database)
  /** Being granted now: twice at the same moment is once. */
  const granting = new Set<string>()

  const view = (row: ApprovalRow): Approval => ({
    id: row.id,
    agent: row.agent,
    operation: row.operation,
    summary: row.summary,
    ...(row.why === null ? {} : { why: row.why }),
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    input: JSON.parse(row.input),
    created_at: rfc3339(row.created_at),
    expires_at: rfc3339(row.expires_at),
    ...(row.decided_at === null ? {} : { decided_at: rfc3339(row.decided_at) }),
    ...(row.proof === null ? {} : { grant: JSON.parse(row.proof) }),
  })

  function find(id: string, actor: Actor): ApprovalRow {
    const [row, other] = tables.like(id).filter((one) => actor.kind === 'operator' || one.agent === nameIn(actor))
    if (row && !other) return row
    if (row) {
      throw new AgoraError('ambiguous_name', `id: several approvals fit ${JSON.stringify(id)}.`, { field: 'id' })
    }
    throw new AgoraError('not_found', `id: there is no approval ${JSON.stringify(id)}.`, {
      field: 'id',
      hint: '`agora approvals --status all` lists them.',
    })
  }

  function waiting(id: string, actor: Actor): ApprovalRow {
    const row = find(id, actor)
    if (row.status === 'pending' && row.expires_at > clock.now() && !granting.has(row.id)) return row
    const state = row.status === 'pending' ? (granting.has(row.id) ? 'being granted' : 'expired') : row.status
    throw new AgoraError('already_exists', `id: this approval is ${state} and waits no more.`, { field: 'id' })
  }

  /** Within a write: the decision, told by an event at once and by a message after the commit. */
  function decide(
    row: ApprovalRow,
    status: 'granted' | 'denied' | 'expired',
    { reason, grant }: { reason?: string | undefined; grant?: Grant | undefined } = {},
  ): void {
    const proof = grant ? JSON.stringify(grant) : null
    const { changes } = tables.decide(row.id, { status, decided_at: clock.now(), reason: reason ?? null, proof })
    if (changes === 0) return
    events.emit(`approval.${status}`, agentInbox(row.agent), { id: row.id, operation: row.operation, ...told(reason) })
    database.afterCommit(() => {
      tell(row.agent, row.id, sentence(row, status, reason)).catch((error) =>
        log.warn({ id: row.id, error: messageOf(error) }, 'an agent could not be told of a decision'),
      )
    })
  }

  function ask({ operation, input, why, agent }: Requested): Promise<Approval> {
    const prepare = askings[operation] as (input: unknown) => { input: object; summary: string }
    const prepared = prepare(input)
    const text = canonicalJson(prepared.input)
    return database.write(() => {
      const pending = tables.pendingOf(agent).filter((row) => row.expires_at > clock.now())
      const same = pending.find((row) => row.operation === operation && row.input === text)
      if (same) return view(same)
      if (pending.length >= PENDING_MAX) {
        throw new AgoraError('rate_limited', `${PENDING_MAX} things that ${agent} asked for wait for the operator.`, {
          hint: 'Wait until some are answered.',
        })
      }
      const now = clock.now()
      const row: ApprovalRow = {
        id: newId(now),
        agent,
        operation,
        input: text,
        summary: prepared.summary,
        why: why ?? null,
        status: 'pending',
        reason: null,
        proof: null,
        created_at: now,
        expires_at: now + timeToLive(),
        decided_at: null,
      }
      tables.insert(row)
      events.emit('approval.requested', agentInbox(agent), { id: row.id, agent, operation, summary: row.summary })
      return view(row)
    })
  }

  async function signed(row: ApprovalRow, passphrase: string | undefined): Promise<Grant | undefined> {
    if (!sign) return undefined
    const { id: approval, operation, input } = row
    if (passphrase !== undefined) return sign(passphrase, { approval, operation, input: JSON.parse(input) })
    throw new AgoraError(
      'passphrase_needed',
      'The owner signs what is granted; the passphrase of the owner key is needed.',
      {
        field: 'passphrase',
      },
    )
  }

  return {
    ask,
    pendingCount: tables.pendingCount,
    expire() {
      for (const row of tables.overdue(clock.now())) if (!granting.has(row.id)) decide(row, 'expired')
    },
    drop(agent) {
      for (const row of tables.pendingOf(agent)) {
        tables.decide(row.id, { status: 'denied', decided_at: clock.now(), reason: 'the agent was removed' })
        events.emit('approval.denied', OPERATOR_INBOX, { id: row.id, operation: row.operation })
      }
    },
    handlers: {
      'approvals.list': ({ status, limit, cursor }: Parsed<'approvals.list'>, { actor }) => {
        const rows = tables.list({
          limit,
          ...(actor.kind === 'agent' ? { agent: actor.name } : {}),
          ...(status === 'all' ? {} : { status }),
          ...(cursor === undefined ? {} : { before: cursor }),
        })
        const last = rows.at(-1)
        return { items: rows.map(view), ...(last && rows.length === limit ? { next_cursor: last.id } : {}) }
      },

      'approvals.show': ({ id }, { actor }) => view(find(id, actor)),

      'approvals.grant': async ({ id, passphrase }, { actor }) => {
        const row = waiting(id, actor)
        granting.add(row.id)
        try {
          const grant = await signed(row, passphrase)
          // First done, then noted: what cannot be done still waits, and a crash in between leaves something that can be granted again.
          await run(row.operation, JSON.parse(row.input))
          await database.write(() => decide(row, 'granted', { grant }))
        } finally {
          granting.delete(row.id)
        }
        return view(find(row.id, actor))
      },

      'approvals.deny': async ({ id, reason }, { actor }) => {
        const { id: whole } = await database.write(() => {
          const row = waiting(id, actor)
          decide(row, 'denied', { reason })
          return row
        })
        return view(find(whole, actor))
      },
    },
  }
}

const nameIn = (actor: Actor): string | undefined => (actor.kind === 'agent' ? actor.name : undefined)
const told = (reason: string | undefined) => (reason === undefined ? {} : { reason })

function sentence(row: ApprovalRow, status: 'granted' | 'denied' | 'expired', reason: string | undefined): string {
  const outcome = {
    granted: 'Granted and done',
    denied: 'Denied',
    expired: 'Nobody answered in time, so it was not done',
  }[status]
  return `${outcome}: ${row.summary}${reason === undefined ? '' : `\nReason: ${reason}`}\n(approval ${row.id})`
}
