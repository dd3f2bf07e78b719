import type { ExpressionBuilder } from 'kysely'
import type { Trace } from '../../contract/envelope.ts'
import { sqlBuilder } from '../../store/database.ts'

export interface MessageRow {
  position: number
  id: string
  from_did: string
  to_did: string
  conversation_id: string
  sent_at: number
  received_at: number | null
  direction: 'in' | 'out' | 'local'
  /** 1 while a stranger's message waits for the operator; 2 more while its sender is blocked. */
  held: number
  stage: string
  note: string | null
  reason: string | null
  /** JSON: the time (ms) at which each stage was reached. */
  times: string
  /** The signed envelope, byte for byte. Of what was said in a space: the same fields without a signature, and its entry's id. */
  envelope: string
  /** The space in whose log it stands; null for mail. */
  space: string | null
}

/** What there is to know of a message to say how far it has come. */
export type OutgoingRow = Pick<MessageRow, 'position' | 'id' | 'from_did' | 'to_did' | 'stage' | 'note' | 'times'>

export interface DeliveryRow {
  position: number
  inbox: string
  message: number
  shown_at: number | null
  acknowledged_at: number | null
}

/** A delivery with its message: what an inbox shows. */
export type InboxRow = MessageRow & { delivery: number; shown_at: number | null; acknowledged_at: number | null }

/** A message with its delivery to whoever reads the history, if it was delivered to them. */
export type HistoryRow = MessageRow & {
  delivery: number | null
  shown_at: number | null
  acknowledged_at: number | null
}

export interface ConversationRow {
  id: string
  messages: number
  last_position: number
  agent_messages: number
  trace: string | null
  paused_at: number | null
}

export interface ConsumerRow {
  id: string
  inbox: string
  label: string
  position: number
  created_at: number
}

export type AgentTrace = Trace & { conversation_id: string }

/** An agent, as it appears in messages. */
export interface Party {
  did: string
  inbox: string
}

export interface Tables {
  messages: MessageRow
  deliveries: DeliveryRow
  conversations: ConversationRow
  conversation_members: { inbox: string; conversation_id: string; last_position: number }
  consumers: ConsumerRow
  unindexed: { position: number }
  message_text: { rowid: number; text: string; message_text: string }
}

/** Writes the SQL of everything of messaging. */
export const sql = sqlBuilder<Tables>()

/** A row whose position the table gives. */
export const fresh = (row: object) => row as never

export const count = (row: { count: number | string | bigint } | undefined): number => Number(row?.count ?? 0)

/** Sent by an agent, or delivered to it. */
export const ofParty = (e: ExpressionBuilder<Tables, 'messages'>, { did, inbox }: Party) =>
  e.or([
    e('from_did', '=', did),
    e.exists(
      e
        .selectFrom('deliveries')
        .select('deliveries.position')
        .whereRef('deliveries.message', '=', 'messages.position')
        .where('deliveries.inbox', '=', inbox),
    ),
  ])

/** Sent by the node itself or one of its agents; one range, so that an index serves. `$` follows `#` in ASCII, and nothing else that is less follows a node's DID. */
export const fromNode = (e: ExpressionBuilder<Tables, 'messages'>, node: string) =>
  e.and([e('from_did', '>=', node), e('from_did', '<', `${node}$`)])
