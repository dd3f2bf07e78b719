import { z } from 'zod'
import { Hash, SpaceId } from '../../contract/entry.ts'
import { malformed, ThingId, ThingTitle } from '../../contract/facts.ts'
import type { SpacePermission } from '../../contract/permissions.ts'
import type { Applied, Apply } from '../../contract/state.ts'

/** What is kept of a record while the log is folded: which entry it is. What it says is in the log. */
export type RecordTables = {
  records: { type: string; entry: string }
}

const facts = {
  'decision.record': z.looseObject({ id: ThingId, title: ThingTitle, texts_hash: Hash.optional() }),
  'report.submit': z.looseObject({
    id: ThingId,
    title: ThingTitle,
    thread: SpaceId.optional(),
    texts_hash: Hash.optional(),
  }),
}
const recordTypes = ['decision.record', 'report.submit'] as const
type RecordType = (typeof recordTypes)[number]

/** Is given entries of other types too, which change nothing here. */
const applyRecord: Apply<RecordTables> = (state, { id: entry, type, body }) => {
  if (!(recordTypes as readonly string[]).includes(type)) return undefined
  const parsed = facts[type as RecordType].safeParse(body)
  if (!parsed.success) return malformed(parsed.error)
  const { id } = parsed.data
  if (state.has('records', id)) return { code: 'already_exists', reason: 'There is a record of this id.', field: 'id' }
  state.set('records', id, { type, entry })
  return undefined
}

/** What decisions and reports bring into the fold of a project. */
export const recordRules = {
  types: recordTypes,
  tables: ['records'] as const,
  permissions: ({ type }: Pick<Applied, 'type'>): SpacePermission[] =>
    type === 'decision.record' ? ['decision.record'] : ['report.submit'],
  subject: ({ body }: Pick<Applied, 'body'>): string | undefined =>
    typeof body['id'] === 'string' ? body['id'] : undefined,
  apply: applyRecord,
}
