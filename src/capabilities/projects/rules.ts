import { z } from 'zod'
import { nodeOf } from '../../base/did.ts'
import { EntryId, Hash } from '../../contract/entry.ts'
import { Did } from '../../contract/envelope.ts'
import { malformed, ThingTitle } from '../../contract/facts.ts'
import type { SpacePermission } from '../../contract/permissions.ts'
import type { Applied, Apply, Draft, Refusal } from '../../contract/state.ts'

/** Who is clocked in, by DID. */
export interface ClockedIn {
  /** By the author's clock, in ms. */
  since: number
  /** The entry whose texts say at what. */
  entry: string
}
export type ProjectTables = { clocked_in: ClockedIn }
const projectTables = ['clocked_in'] as const satisfies readonly (keyof ProjectTables)[]

/** How many of one node can be clocked in at once; part of the protocol, for all nodes must refuse the same. */
export const CLOCKED_IN_MAX = 256

const texts = { texts_hash: Hash.optional() }
const facts = {
  /** texts: focus */
  'project.clock_in': z.looseObject(texts),
  'project.clock_out': z.looseObject({}),
  /** A note; texts: detail */
  'project.audit': z.looseObject({ action: ThingTitle, ...texts }),
  /** Somebody of the author's node tried what is not permitted, so many times since this was told last. */
  'project.denied': z.looseObject({ operation: z.string().min(1).max(100), who: Did, count: z.int().min(1) }),
  /** Takes away the texts of `entry`, written by `of`; texts: reason */
  'project.redact': z.looseObject({ entry: EntryId, of: Did, ...texts }),
}
type ContentType = keyof typeof facts
/** Types of entries of the project itself that do not say who may do what. */
const projectTypes = Object.keys(facts) as ContentType[]
const isContent = (type: string): type is ContentType => Object.hasOwn(facts, type)

const permissions: Record<ContentType, SpacePermission> = {
  'project.clock_in': 'project.clock',
  'project.clock_out': 'project.clock',
  'project.audit': 'audit.note',
  'project.denied': 'denial.tell',
  'project.redact': 'project.redact',
}

/** What the author of such an entry needs. What one wrote oneself, or an agent of one's own, one may take away as a member. */
export function projectPermission({
  type,
  author,
  body,
}: Pick<Applied, 'type' | 'author' | 'body'>): SpacePermission[] {
  if (!isContent(type)) return ['project.read']
  const of = body['of']
  const isOwn = type === 'project.redact' && typeof of === 'string' && (of === author || nodeOf(of) === author)
  return [isOwn ? 'project.read' : permissions[type]]
}

/** Of an entry `project.*` of any kind: whom or what it is about. */
export function projectSubject({ body }: Pick<Applied, 'body'>): string | undefined {
  for (const name of ['who', 'to', 'invitation', 'entry', 'agent', 'keeper']) {
    const value = body[name]
    if (typeof value === 'string') return value
  }
  return undefined
}

const refuse = (code: string, reason: string, field?: string): Refusal => ({
  code,
  reason,
  ...(field === undefined ? {} : { field }),
})

/** Applies what a project's members say of themselves, and by which nobody works in it any more. */
export const applyProject: Apply<ProjectTables> = (state, entry, log) => {
  const { type, author, node, body, at, id } = entry
  if (!isContent(type)) {
    for (const did of gone(entry)) {
      for (const [one] of [...state.entries('clocked_in')]) {
        if (one === did || nodeOf(one) === did) state.delete('clocked_in', one)
      }
    }
    return undefined
  }
  const parsed = facts[type].safeParse(body)
  if (!parsed.success) return malformed(parsed.error)
  switch (type) {
    case 'project.clock_in':
      if (!state.has('clocked_in', author) && ofNode(state, node) >= CLOCKED_IN_MAX)
        return refuse('limit_reached', `${CLOCKED_IN_MAX} of this node are clocked in, and no more can be.`)
      state.set('clocked_in', author, { since: state.get('clocked_in', author)?.since ?? at, entry: id })
      return undefined
    case 'project.clock_out':
      if (!state.has('clocked_in', author)) return refuse('not_clocked_in', 'Who is not clocked in cannot clock out.')
      state.delete('clocked_in', author)
      return undefined
    case 'project.audit':
      return undefined
    case 'project.denied': {
      const { who } = parsed.data as { who: string }
      return nodeOf(who) === node ? undefined : refuse('malformed', 'who: is not of the node that tells it', 'who')
    }
    case 'project.redact': {
      const { entry: target, of } = parsed.data as { entry: string; of: string }
      const found = log.past(target)
      if (!found) return { ...refuse('not_found', 'entry: there is no such entry.', 'entry'), subject: target }
      if (found.author !== of) return refuse('malformed', 'of: is not who wrote it', 'of')
      if (found.body['texts_hash'] !== undefined) return undefined
      return refuse('invalid_input', 'entry: has no texts that could be taken away.', 'entry')
    }
  }
}

function ofNode(state: Draft<ProjectTables>, node: string): number {
  // Of few there is nothing to count.
  if (state.size('clocked_in') < CLOCKED_IN_MAX) return 0
  let count = 0
  for (const [did] of state.entries('clocked_in')) if (nodeOf(did) === node) count++
  return count
}

/** As `spaces/` composes it. */
export const projectContentRules = {
  types: projectTypes,
  tables: projectTables,
  permissions: projectPermission,
  subject: projectSubject,
  apply: applyProject,
}

/** Who does no more in the project after a counting entry about who may do what. */
function gone({ type, body, node }: Applied): string[] {
  const who = body['who']
  if (type === 'project.suspend' || type === 'project.remove') return typeof who === 'string' ? [who] : []
  if (type !== 'project.leave') return []
  const agent = body['agent']
  return [typeof agent === 'string' ? agent : node]
}
