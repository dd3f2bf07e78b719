import { randomBytes } from 'node:crypto'
import { canonicalJson } from '../../src/base/canonical.ts'
import { rfc3339 } from '../../src/base/clock.ts'
import { agentDid } from '../../src/base/did.ts'
import { newId } from '../../src/base/ids.ts'
import { messagingTables } from '../../src/capabilities/messaging/tables.ts'
import { agentInbox, OPERATOR_INBOX } from '../../src/core/events.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { openDatabase, sqlBuilder } from '../../src/store/database.ts'
import { generator } from './random.ts'

/** A word that stands in every fourth message, in one of a hundred, and in one of fifty thousand. */
export const WORDS = { common: 'deploy', uncommon: 'rollback', rare: 'zanzibar' }
const EVERY = { common: 4, uncommon: 100, rare: 50_000 }

const PEERS = 20
const DAYS = 10
/** Messages a conversation has on average, and a commit here. */
const TALK = 50
const COMMIT = 20_000
/** The share of each inbox that nobody has read. */
const UNREAD = 0.1
/** Is as long as one; nothing that reads a message verifies it again. */
const SIGNATURE = 'A'.repeat(86)

interface Talk {
  id: string
  peer: string
  own: string
  inbox: string
  messages: number
  last: number
}

/**
 * Fills the database of a stopped node, through the project's own tables, with `count` messages of the last ten days between its operator or agents
 * and twenty peers, `talk` of them in a conversation. Half came from others; all of those are in inboxes, most of them shown.
 */
export async function writeHistory(
  path: string,
  { did, agents, count, talk = TALK }: { did: string; agents: string[]; count: number; talk?: number },
): Promise<void> {
  const database = openDatabase(path)
  const tables = messagingTables(database)
  const sql = sqlBuilder<{
    seen: { id: string; from_did: string; received_at: number; note: string | null }
    deliveries: { position: number; shown_at: number | null }
  }>()
  const remember = database.statement<{ id: string; from: string; at: number }>((value) =>
    sql.insertInto('seen').values({ id: value('id'), from_did: value('from'), received_at: value('at'), note: null }),
  )
  const random = generator(1)
  const peers = Array.from({ length: PEERS }, () => keyFromSeed(new Uint8Array(randomBytes(32))).did)
  const parties = [
    { own: did, inbox: OPERATOR_INBOX },
    ...agents.map((name) => ({ own: agentDid(did, name), inbox: agentInbox(name) })),
  ]
  const vocabulary = Array.from({ length: 20_000 }, () => word(random))
  const begin = Date.now() - DAYS * 86_400_000
  const talks: Talk[] = Array.from({ length: Math.ceil(count / talk) }, (_, n) => ({
    id: newId(begin),
    peer: peers[n % peers.length] ?? did,
    // Half of all goes to the operator, the rest to the agents.
    ...(parties[n % 2 === 0 ? 0 : 1 + ((n >> 1) % agents.length)] ?? { own: did, inbox: OPERATOR_INBOX }),
    messages: 0,
    last: 0,
  }))
  const text = (n: number): string => {
    const words = Array.from({ length: 10 + (random() % 40) }, () => vocabulary[(random() % 20_000) >> (random() % 12)])
    for (const kind of ['common', 'uncommon', 'rare'] as const) if (n % EVERY[kind] === 1) words.push(WORDS[kind])
    return words.join(' ')
  }
  const say = (n: number): void => {
    const at = Math.floor(begin + (n / count) * DAYS * 86_400_000)
    // Some conversations are much longer than others.
    const talk = talks[(random() % talks.length) >> (random() % 4)]
    if (!talk) return
    const incoming = n % 2 === 0
    const id = newId(at)
    const [from, to] = incoming ? [talk.peer, talk.own] : [talk.own, talk.peer]
    const body = { text: text(n) }
    const envelope = {
      v: 1,
      id,
      type: 'message',
      from,
      to,
      sent_at: rfc3339(at),
      conversation_id: talk.id,
      trace: { id: talk.id, hops: 0 },
      body,
      signature: SIGNATURE,
    }
    const { position } = tables.insertMessage({
      id,
      from_did: from,
      to_did: to,
      conversation_id: talk.id,
      sent_at: at,
      received_at: incoming ? at : null,
      direction: incoming ? 'in' : 'out',
      held: 0,
      stage: 'stored',
      note: null,
      reason: null,
      times: JSON.stringify({ stored: at }),
      envelope: canonicalJson(envelope),
    })
    tables.indexText(position, body.text)
    talk.messages++
    talk.last = position
    if (!incoming) return
    tables.insertDelivery(talk.inbox, position)
    remember.run({ id, from, at })
  }
  for (let first = 0; first < count; first += COMMIT) {
    await database.write(() => {
      for (let n = first; n < Math.min(count, first + COMMIT); n++) say(n)
    })
  }
  await database.write(() => {
    for (const { id, inbox, messages, last } of talks) {
      if (messages === 0) continue
      const trace = JSON.stringify({ id, hops: 0 })
      tables.putConversation({ id, messages, position: last, agent_messages: 0, trace, paused_at: null })
      if (inbox !== OPERATOR_INBOX) tables.putMember(inbox, id, last)
    }
    const read = Math.floor((count / 2) * (1 - UNREAD))
    database.run(sql.updateTable('deliveries').set({ shown_at: Date.now() }).where('position', '<=', read))
  })
  database.close()
}

/** Two to five syllables: as many beginnings in common as words of a language have. */
function word(random: () => number): string {
  const letter = (of: string) => of[random() % of.length]
  return Array.from({ length: 2 + (random() % 4) }, () => `${letter('bcdfghjklmnprstvwz')}${letter('aeiou')}`).join('')
}
