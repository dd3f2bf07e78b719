import type { Place } from '../capabilities/messaging/schema.ts'

/** How what is said in the logs of spaces comes to the inboxes of this node. */

/** An entry in the log of a space, which somebody of this node is to find in the inbox. */
export interface SpaceWord {
  space: string
  entry: { id: string; type: string; author: string; at: number }
  /** What belongs together, such as a room: each has a conversation of its own. */
  topic: string
  /** DIDs of this node. Where there are none it is only counted, so that agents do not talk in circles. */
  to: readonly string[]
  /** What it answers, if that is here. */
  answers?: { id: string; at: number } | undefined
}

/** What an inbox shows of an entry. */
export interface Said {
  /** Empty when it was taken away. */
  text: string
  role?: string | undefined
  place: Place
  /** The signed entry as JSON. */
  evidence: string
}
/** Reads an entry of one type; undefined when it is not here any more. */
export type SaidReader = (space: string, entry: string) => Said | undefined

/** What changes something runs within a write. */
export interface SpaceMail {
  /** How entries of a type are shown. */
  readsSaid(type: string, reader: SaidReader): void
  /**
   * Whether somebody of this node may speak on; if not, the error to throw once the write is done, for the pause is written by it.
   */
  refusal(author: string, place: Pick<SpaceWord, 'space' | 'topic'>): Error | undefined
  /** Takes an entry in, once: what is known already changes nothing. Answers whether it came to an inbox now. */
  deliver(word: SpaceWord): boolean
  /** Whether an entry lies unread in the inbox of an agent of this node; undefined when it did not come to it. */
  isUnread(agent: string, entry: { id: string; author: string; at: number }): boolean | undefined
  /** What lies unread in the inbox of an agent of this node and was not said in this space: how much of whom, most first. */
  unreadBeside(agent: string, space: string): { from: string; unread: number }[]
  /** Something was done, and not only said: agents may speak on as after a word of a person. */
  progress(place: Pick<SpaceWord, 'space' | 'topic'>): void
}
