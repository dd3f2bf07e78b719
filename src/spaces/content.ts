import type { SpacePermission } from '../contract/permissions.ts'
import type { Applied, Apply } from '../contract/state.ts'

/** What a capability brings into the fold of a project: its types of entries, its tables, and its rules. */
export interface ContentRules<Tables extends object> {
  types: readonly string[]
  tables: readonly (keyof Tables & string)[]
  /** What the author of an entry of these types must be allowed, by its type and facts alone; never nothing. */
  permissions(entry: Pick<Applied, 'type' | 'body' | 'author'>): readonly SpacePermission[]
  /**
   * Of an entry that only the node of the project's keeper may write: whom it gives something, what that one must be allowed, and the epoch that it names:
   * the keeper's own in what it gives, that or an earlier one in what it ends.
   */
  keepers?(
    entry: Pick<Applied, 'type' | 'body'>,
  ): { to?: string; needs: readonly SpacePermission[]; epoch: unknown; ends: boolean } | undefined
  /** What it is about: a task's id, a room's. */
  subject(entry: Pick<Applied, 'type' | 'body'>): string | undefined
  /** Is given every entry that counts, of whatever type: a suspension releases claims. */
  apply: Apply<Tables>
}
