import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompiledQuery } from 'kysely'
import type { Database } from '../../src/store/database.ts'

/** A place for databases, removed when the test ends. */
export function temporaryFolder(t: { teardown(run: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'agora-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Any SQL, for what a test must know or do that no part of Agora does. */
export const raw = (text: string, ...values: unknown[]) => ({ compile: () => CompiledQuery.raw(text, values) as never })

/** As if the disk were full, until the returned function is called. */
export function fillDisk(database: Database): () => void {
  database.all(raw('PRAGMA max_page_count = 1'))
  return () => void database.all(raw('PRAGMA max_page_count = 1000000'))
}
