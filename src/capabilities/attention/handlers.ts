import { type Clock, rfc3339 } from '../../base/clock.ts'
import { agentDid, isDid } from '../../base/did.ts'
import { AgoraError } from '../../base/errors.ts'
import { name, prose, sentence } from '../../base/sentence.ts'
import type { AlertRow, Alerts } from '../../core/alerts.ts'
import type { Directory } from '../../core/directory.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { Events } from '../../core/events.ts'
import { placeCursors } from '../../core/place-cursors.ts'
import type { Database } from '../../store/database.ts'
import type { Approval } from '../approvals/schema.ts'
import type { FriendRequest } from '../friends/schema.ts'
import type { Invitation } from '../invitations/schema.ts'
import type { Request } from '../messaging/schema.ts'
import { type AlertNames, alertWords, levelOf } from './alert-words.ts'
import { type Alert, type AttentionItem, attentionKinds } from './schema.ts'

export interface AttentionParts {
  clock: Clock
  self: { did: string }
  database: Database
  events: Events
  alerts: Alerts
  directory: Directory
  /** The name of a project that is known here. */
  projectName(id: string): string | undefined
  /** What waits for the operator, as each capability tells it. */
  waiting: {
    friendRequests(): Promise<FriendRequest[]>
    strangers(): Promise<Request[]>
    invitations(): Invitation[]
    approvals(): Promise<Approval[]>
  }
}

type Names = 'attention.list' | 'alerts.list' | 'alerts.dismiss'

/** So much of what somebody wrote is shown where all that waits is listed. */
const TEXT_MAX = 500
const ALERTS_MAX = 500
const alertCursors = placeCursors('a', /[0-9a-f-]{36}/)

/** Everything that waits for the person this node works for, in one place. */
export function attentionHandlers(parts: AttentionParts): Pick<Handlers, Names> {
  const { self, database, events, alerts, directory, waiting } = parts
  const who = (did: string) => ({ did, name: directory.nameOf(did) })
  const names: AlertNames = {
    who: (one) => (isDid(one) ? directory.nameOf(one) : one),
    project: parts.projectName,
  }

  function view(row: AlertRow): Alert {
    const detail = JSON.parse(row.detail) as Record<string, unknown>
    return {
      id: row.id,
      reason: row.reason,
      level: levelOf(row.reason),
      summary: alertWords({ reason: row.reason, who: row.who, detail }, names),
      ...(isDid(row.who) ? { who: who(row.who) } : {}),
      detail,
      count: row.count,
      first_at: rfc3339(row.first_at),
      last_at: rfc3339(row.last_at),
      status: row.dismissed_at === null ? 'open' : 'dismissed',
      ...(row.dismissed_at === null ? {} : { dismissed_at: rfc3339(row.dismissed_at) }),
    }
  }

  function find(id: string): AlertRow {
    const [row, other] = alerts.like(id)
    if (row && !other) return row
    if (row) throw new AgoraError('ambiguous_name', `id: several alerts fit ${JSON.stringify(id)}.`, { field: 'id' })
    throw new AgoraError('not_found', `id: there is no alert ${JSON.stringify(id)}.`, {
      field: 'id',
      hint: '`agora attention` lists them.',
    })
  }

  return {
    'attention.list': async ({ limit }) => {
      const [requests, strangers, approvals] = await Promise.all([
        waiting.friendRequests(),
        waiting.strangers(),
        waiting.approvals(),
      ])
      const items: AttentionItem[] = [
        ...requests.map(friendRequest),
        ...strangers.map(stranger),
        ...waiting.invitations().map(invitation),
        ...approvals.map((one) => approval(one, agentDid(self.did, one.agent))),
        ...alerts.list({ status: 'open', limit: ALERTS_MAX }).map((row) => alert(view(row))),
      ]
      const counts = Object.fromEntries(
        attentionKinds.map((kind) => [kind, items.filter((item) => item.kind === kind).length]),
      ) as Record<AttentionItem['kind'], number>
      counts.alert = alerts.openCount()
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
      return { items: items.sort(byTime).slice(0, limit), counts, total }
    },

    'alerts.list': ({ status, limit, cursor }) => {
      const rows = alerts.list({ status, before: alertCursors.read(cursor), limit })
      const last = rows.at(-1)
      const next = last && rows.length === limit && alertCursors.write({ lamport: last.last_at, id: last.id })
      return { items: rows.map(view), ...(next ? { next_cursor: next } : {}) }
    },

    'alerts.dismiss': async ({ id }) => {
      const row = await database.write(() => {
        const found = find(id)
        if (alerts.dismiss(found.id)) {
          events.emit('alert.dismissed', undefined, { id: found.id, reason: found.reason, who: found.who })
        }
        return found.id
      })
      return view(find(row))
    },
  }
}

const byTime = (a: AttentionItem, b: AttentionItem): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)

const said = (text: string | undefined): { text?: string } =>
  text === undefined || text === ''
    ? {}
    : { text: text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1).toWellFormed()}…` }

const friendRequest = ({
  id,
  did,
  name: called,
  trust_level,
  given,
  message,
  created_at,
}: FriendRequest): AttentionItem => ({
  kind: 'friend_request',
  id,
  at: created_at,
  from: { did, name: called },
  summary: sentence`${name(called)} asks to be friends, and ${given ? sentence`gives` : sentence`offers`} trust ${trust_level}.`,
  ...said(message),
  trust_level,
  given,
})

const stranger = ({ did, name: called, count, first_at, messages }: Request): AttentionItem => ({
  kind: 'stranger',
  id: did,
  at: first_at,
  from: { did, name: called },
  summary: sentence`${name(called)}, a stranger, has written to you.`,
  ...said(messages[0]?.body),
  messages: count,
})

const invitation = (one: Invitation): AttentionItem => ({
  kind: 'invitation',
  id: one.id,
  at: one.created_at,
  from: one.from,
  to: one.to,
  summary: sentence`${name(one.from.name)} invites ${name(one.to.name)} to the project “${one.project_name}” as ${[{ text: one.role }]}.`,
  ...said(one.message),
  project_id: one.project_id,
  project_name: one.project_name,
  role: one.role,
  expires_at: one.expires_at,
})

const approval = (one: Approval, did: string): AttentionItem => ({
  kind: 'approval',
  id: one.id,
  at: one.created_at,
  from: { did, name: one.agent },
  // The summary is of this node's own, and holds what the agent chose: the words of a command can be a sentence.
  summary: sentence`${name(one.agent)} asks to ${prose(one.summary)}.`,
  ...said(one.why),
  operation: one.operation,
  input: one.input,
  expires_at: one.expires_at,
})

const alert = ({ id, last_at, who, summary, reason, level, count, first_at }: Alert): AttentionItem => ({
  kind: 'alert',
  id,
  at: last_at,
  ...(who ? { from: who } : {}),
  summary,
  reason,
  level,
  count,
  first_at,
})
