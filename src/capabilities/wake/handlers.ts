import type { Actor } from '../../authority/may.ts'
import { rfc3339 } from '../../base/clock.ts'
import { quoteCommandLine } from '../../base/command-line.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import { displayText } from '../../base/text.ts'
import type { Envelope } from '../../contract/envelope.ts'
import type { Askings, Handlers } from '../../core/dispatch.ts'
import { seal } from '../../core/envelopes.ts'
import { agentInbox, OPERATOR_INBOX } from '../../core/events.ts'
import type { Outcome } from '../../core/inbound.ts'
import type { Parsed } from '../../operations.ts'
import type { Asked } from './asked.ts'
import { agentOf, type Hook, type Hooks } from './hooks.ts'
import type { WakeParts } from './parts.ts'
import { type WakeRun, wakeRequestWire } from './schema.ts'
import type { AskedRow, RunRow, WakeTables } from './tables.ts'
import type { Waker } from './waker.ts'

interface Within {
  tables: WakeTables
  hooks: Hooks
  asked: Asked
  waker: Waker
  /** Within a write: a request of this node's own to one of its agents. */
  requested(envelope: Pick<Envelope, 'id' | 'to' | 'from'>, reason: string, trust: number): Outcome
}

type Names = 'wake.show' | 'wake.set' | 'wake.request' | 'wake.requests' | 'wake.runs'

const inboxOf = (agent: string | undefined) => (agent === undefined ? OPERATOR_INBOX : agentInbox(agent))
/** Of which inbox a caller sees hooks and runs; undefined: of all. */
const seenBy = (actor: Actor) => (actor.kind === 'agent' ? agentInbox(actor.name) : undefined)

export function wakeHandlers(parts: WakeParts, within: Within): Pick<Handlers, Names> {
  const { clock, key, database, events, outbox, directory, network } = parts
  const { tables, hooks, asked, waker } = within

  function runView(row: RunRow): WakeRun {
    const agent = agentOf(row.inbox)
    const from = new Set(tables.callsOf(row.id).map((call) => directory.nameOf(call.from_did)))
    return {
      id: row.id,
      ...(agent === undefined ? {} : { agent }),
      command: quoteCommandLine(JSON.parse(row.command)),
      calls: row.calls,
      from: [...from].slice(0, 20),
      started_at: rfc3339(row.started_at),
      ...(row.ended_at === null ? {} : { ended_at: rfc3339(row.ended_at) }),
      ...(row.outcome === null ? {} : { outcome: row.outcome }),
      ...(row.code === null ? {} : { code: row.code }),
      ...(row.signal === null ? {} : { signal: row.signal }),
      ...(row.error === null ? {} : { error: row.error }),
      ...(row.output ? { output: displayText(row.output) } : {}),
    }
  }

  return {
    'wake.show': (_, { actor }) => {
      const node = hooks.get(OPERATOR_INBOX)
      const own = seenBy(actor)
      const isSeen = ({ inbox }: { inbox: string }) => own === undefined || inbox === own
      const agents = hooks.all().filter((hook) => hook !== node && isSeen(hook))
      const [latest] = tables.runs({ inbox: own, limit: 1 })
      return {
        command: node ? quoteCommandLine(node.command) : null,
        ...(node ? { hook: hooks.view(node) } : {}),
        agents: agents.map(hooks.view),
        running: tables.running().filter(isSeen).map(runView),
        ...(latest ? { latest: runView(latest) } : {}),
      }
    },

    'wake.set': async ({ why: _, ...change }) => {
      const inbox = targetOf(change, parts)
      if (change.command === null) {
        await database.write(() => {
          hooks.remove(inbox)
          // A hook that is set one day is not for what came when there was none.
          for (const one of tables.waitingInboxes()) {
            if (one === inbox || inbox === OPERATOR_INBOX) dropUnheard(one, inbox)
          }
          events.emit('wake.cleared', inbox, {})
        })
        return { command: null }
      }
      const { command, ...rest } = change
      const hook = hooks.changed(inbox, { ...rest, command })
      await database.write(() => {
        hooks.put(hook)
        events.emit('wake.set', inbox, { command: quoteCommandLine(hook.command) })
      })
      for (const one of tables.waitingInboxes()) waker.consider(one)
      return { command: quoteCommandLine(hook.command), hook: hooks.view(hook) }
    },

    'wake.request': async ({ to: address, reason, timeout }, { actor, signal }) => {
      const to = directory.resolve(address, 'to')
      const from = actor.kind === 'agent' || actor.kind === 'operator' ? actor.did : key.did
      if (to === from) throw new AgoraError('invalid_input', 'to: this is who asks.', { field: 'to' })
      const local = nodeOf(to) === key.did
      const row = await database.write(() => {
        const now = clock.now()
        const id = newId(now)
        const row: AskedRow = {
          id,
          from_did: from,
          to_did: to,
          reason,
          stage: 'queued',
          note: null,
          failure: null,
          times: JSON.stringify({ queued: now }),
        }
        if (!local)
          outbox.post(seal({ key, clock }, { id, type: wakeRequestWire.type, from, to, body: { reason } }), nodeOf(to))
        else {
          const outcome = within.requested({ id, to, from }, reason, 4)
          row.stage = outcome.stage
          row.note = outcome.stage === 'stored' ? (outcome.note ?? null) : null
          row.failure = outcome.stage === 'failed' ? outcome.reason : null
          row.times = JSON.stringify({ queued: now, [outcome.stage]: now })
        }
        asked.add(row)
        return row
      })
      const deadline = clock.now() + timeout * 1000
      for (;;) {
        const view = asked.view(tables.asked(row.id) ?? row)
        const left = deadline - clock.now()
        const waits = (view.stage === 'queued' || view.stage === 'sent') && network.peer(nodeOf(to)) !== undefined
        if (!waits || left <= 0 || signal.aborted) return view
        await asked.changed(row.id, left, signal).catch(() => false)
      }
    },

    'wake.requests': ({ limit, cursor }, { actor }) => {
      const from = actor.kind === 'agent' ? actor.did : undefined
      const rows = tables.listAsked({ from, before: cursor, limit })
      const last = rows.at(-1)
      return { items: rows.map(asked.view), ...(last && rows.length === limit ? { next_cursor: last.id } : {}) }
    },

    'wake.runs': ({ agent, limit, cursor }, { actor }) => {
      const inbox = seenBy(actor) ?? (agent === undefined ? undefined : agentInbox(agent))
      const rows = tables.runs({ inbox, before: cursor, limit })
      const last = rows.at(-1)
      return { items: rows.map(runView), ...(last && rows.length === limit ? { next_cursor: last.id } : {}) }
    },
  }

  /** Within a write: forgets who waits in an inbox that no hook is for once the one of `removed` is gone. */
  function dropUnheard(inbox: string, removed: string): void {
    const own = inbox === removed ? undefined : hooks.get(inbox)
    const node = removed === OPERATOR_INBOX ? undefined : hooks.get(OPERATOR_INBOX)
    if (!own && !node) tables.dropWaiting(inbox)
  }
}

function targetOf({ agent }: { agent?: string | undefined }, { agents }: WakeParts): string {
  if (agent !== undefined && !agents.has(agent)) {
    throw new AgoraError('not_found', `agent: this node has no agent ${JSON.stringify(agent)}.`, {
      field: 'agent',
      hint: '`agora agents` lists them.',
    })
  }
  return inboxOf(agent)
}

/** What setting a hook would mean, for agents that ask for it: the very program, and all that may run it. */
export function wakeAskings(parts: WakeParts, hooks: Hooks): Pick<Askings, 'wake.set'> {
  const whoseOf = (agent: string | undefined) => (agent === undefined ? 'of this node' : `of ${agent}`)
  const rulesOf = ({ policy, cwd }: Hook) =>
    `in ${cwd}, at ${policy.hours}, for peers of trust ${policy.min_trust} and up, ${policy.per_day} times a day for each`
  return {
    'wake.set'(change) {
      const inbox = targetOf(change, parts)
      const { agent, command } = change
      const who: Pick<Parsed<'wake.set'>, 'agent'> = agent === undefined ? {} : { agent }
      if (command === null) return { input: { ...who, command }, summary: `clear the wake hook ${whoseOf(agent)}` }
      const hook = hooks.changed(inbox, { ...change, command })
      const line = quoteCommandLine(hook.command)
      return {
        input: { ...who, command: line, cwd: hook.cwd, policy: hook.policy },
        summary: `set the wake hook ${whoseOf(agent)}: run ${line} ${rulesOf(hook)}`,
      }
    },
  }
}
