import type { Database } from '../../store/database.ts'

/** Unread mail by inbox, counted once and then kept up: counting a million rows for each answer would be felt. What changes it runs within a write. */
export function unreadCounts(database: Pick<Database, 'afterCommit'>, count: (inbox: string) => number) {
  const counts = new Map<string, number>()
  return {
    of(inbox: string): number {
      const known = counts.get(inbox)
      if (known !== undefined) return known
      const found = count(inbox)
      counts.set(inbox, found)
      return found
    },
    /** A count not asked for yet is left to be read from what will have been committed. */
    change: (inbox: string, by: number): void =>
      database.afterCommit(() => {
        const known = counts.get(inbox)
        if (known !== undefined) counts.set(inbox, known + by)
      }),
    /** Of one inbox, or of all. */
    forget: (inbox?: string): void =>
      database.afterCommit(() => {
        if (inbox === undefined) counts.clear()
        else counts.delete(inbox)
      }),
  }
}
