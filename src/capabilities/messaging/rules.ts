import type { Trace } from '../../contract/envelope.ts'

/** What is known of a conversation when somebody is about to speak in it. */
export interface Talk {
  /** What agents have sent in it since a person last spoke. */
  agentMessages: number
  trace: Trace | undefined
  paused: boolean
}

export type Turn = { trace: Trace; agentMessages: number; paused: boolean } | { refused: 'paused' | 'exhausted' }

/**
 * Whether an agent or a person of this node may speak now, and what the conversation is like afterwards. A person's word begins a new trace and gives the
 * agents their whole budget again; an agent's carries the trace on, one hop further. This is what ends talk in circles.
 */
export function takeTurn(
  speaker: 'person' | 'agent',
  id: string,
  talk: Talk,
  heard: Trace | undefined,
  budget: number,
): Turn {
  if (speaker === 'person') return { trace: { id, hops: 0 }, agentMessages: 0, paused: false }
  if (talk.paused) return { refused: 'paused' }
  const before = talk.trace ?? heard
  const trace = before ? { id: before.id, hops: before.hops + 1 } : { id, hops: 0 }
  if (talk.agentMessages >= budget || trace.hops > budget) return { refused: 'exhausted' }
  return { trace, agentMessages: talk.agentMessages + 1, paused: false }
}

/** The same for a message that came from elsewhere: it is taken in any case, and counted. A stranger's person ends no pause of ours. */
export function hear(
  speaker: 'person' | 'agent',
  id: string,
  talk: Talk,
  trace: Trace | undefined,
): Exclude<Turn, { refused: unknown }> {
  if (speaker === 'person') return { trace: trace ?? { id, hops: 0 }, agentMessages: 0, paused: talk.paused }
  return { trace: trace ?? { id, hops: 0 }, agentMessages: talk.agentMessages + 1, paused: talk.paused }
}

/** What a person typed, as an FTS5 query: every word must occur, the last may be the beginning of one. Undefined when no word is in it. */
export function searchQuery(text: string): string | undefined {
  const words = text.match(/[\p{L}\p{N}]+/gu)
  return words?.map((word, index) => `"${word}"${index === words.length - 1 ? '*' : ''}`).join(' ')
}
