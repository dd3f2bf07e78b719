import { z } from 'zod'
import { nodeOf } from '../base/did.ts'
import { EntryId, Hash, HEADS_MAX, SpaceId } from '../contract/entry.ts'
import { Did } from '../contract/envelope.ts'
import { ThingTitle } from '../contract/facts.ts'
import { isPast, type Placed } from '../log/types.ts'

/** The facts of a private thread's entries, and how a thread stands by some of them. */

export const PARTICIPANTS_MAX = 100
const People = z.array(Did).max(PARTICIPANTS_MAX)

export const threadFacts = {
  'thread.create': z.looseObject({
    title: ThingTitle.optional(),
    /** Whoever is named beside its creator, who always takes part. */
    participants: People,
    min_trust: z.int().min(0).max(4).optional(),
    /** Only its creator adds others. */
    closed: z.boolean().optional(),
    project: SpaceId.optional(),
    /** Tips of the project's log when the thread was made. */
    project_heads: z.array(EntryId).max(HEADS_MAX).optional(),
  }),
  'thread.update': z.looseObject({ title: ThingTitle.optional(), add: People.optional(), remove: People.optional() }),
  'thread.close': z.looseObject({ texts_hash: Hash.optional() }),
  'thread.message': z.looseObject({ reply_to: EntryId.optional(), texts_hash: Hash }),
}
export type ThreadCreate = z.output<(typeof threadFacts)['thread.create']>
export type ThreadUpdate = z.output<(typeof threadFacts)['thread.update']>

/** An entry that says who takes part, read. */
export type Act = { entry: Placed } & (
  | { type: 'create'; facts: ThreadCreate }
  | { type: 'update'; facts: ThreadUpdate }
  | { type: 'close' }
)

/** Undefined when its facts are malformed. */
export function readAct(entry: Placed): Act | undefined {
  const { type, body } = entry
  if (type === 'thread.create') {
    const { data: facts } = threadFacts[type].safeParse(body)
    return facts && { entry, type: 'create', facts }
  }
  if (type === 'thread.update') {
    const { data: facts } = threadFacts[type].safeParse(body)
    return facts && { entry, type: 'update', facts }
  }
  return threadFacts['thread.close'].safeParse(body).success ? { entry, type: 'close' } : undefined
}

export interface ThreadStanding {
  creator: string
  create: ThreadCreate
  /** By its creator's clock, in ms. */
  createdAt: number
  title: string | undefined
  /** DIDs, with the entry that added each. */
  participants: ReadonlyMap<string, string>
  /** The entry that ended it. */
  closedBy: string | undefined
}

/** By these acts, given in order of place. */
export function standingBy(acts: Iterable<Act>): ThreadStanding | undefined {
  let standing: ThreadStanding | undefined
  const participants = new Map<string, string>()
  for (const act of acts) {
    const { id, author, at } = act.entry
    if (act.type === 'create') {
      const { facts } = act
      for (const did of [author, ...facts.participants]) participants.set(did, id)
      standing = {
        creator: author,
        create: facts,
        createdAt: at,
        title: facts.title,
        participants,
        closedBy: undefined,
      }
    } else if (standing && act.type === 'update') {
      const { title, add = [], remove = [] } = act.facts
      for (const did of remove) if (did !== standing.creator) participants.delete(did)
      for (const did of add) if (!participants.has(did)) participants.set(did, id)
      if (title !== undefined) standing = { ...standing, title }
    } else if (standing && act.type === 'close') standing = { ...standing, closedBy: standing.closedBy ?? id }
  }
  return standing
}

/** Whether somebody is among them: by name, as an agent of a node that takes part, or as the operator of the node of an agent that does. */
export function takesPart(participants: Iterable<string>, did: string): boolean {
  for (const one of participants) if (one === did || one === nodeOf(did) || nodeOf(one) === did) return true
  return false
}

/** The creator, or the operator of the creator's node. */
export const rulesThread = ({ creator }: ThreadStanding, did: string): boolean =>
  did === creator || did === nodeOf(creator)

/** By those acts that are in an entry's past. */
export const standingAt = (acts: readonly Act[], entry: Placed): ThreadStanding | undefined =>
  standingBy(acts.filter((act) => isPast(act.entry, entry)))
