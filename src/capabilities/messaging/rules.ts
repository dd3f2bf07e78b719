import type { Stage, Trace } from '../../contract/envelope.ts'
import { stages } from '../../contract/envelope.ts'

/**
 * Whether what is learned of a message may be written over what is known. A message only moves forward; once it has ended badly only proof that it arrived
 * after all moves it on.
 */
export function advances(known: Stage, learned: Stage): boolean {
  const [from, to] = [stages.indexOf(known as never), stages.indexOf(learned as never)]
  const ended = from < 0
  const arrived = to >= stages.indexOf('stored')
  if (ended) return arrived
  if (to < 0) return from < stages.indexOf('stored')
  return to > from
}

/** Whether what is learned takes a note away: a message that waited to be accepted has been. It is the one step within a stage. */
export const liftsNote = (
  known: { stage: string; note: string | null },
  learned: { stage: string; note?: string | undefined },
): boolean =>
  known.stage === 'stored' && learned.stage === 'stored' && known.note !== null && learned.note === undefined

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
