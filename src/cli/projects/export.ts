import { open, rm } from 'node:fs/promises'
import { AgoraError } from '../../base/errors.ts'
import type { SignedEntry } from '../../contract/entry.ts'
import { sha256 } from '../../log/entry.ts'
import { exportLines } from '../../log/export.ts'
import { readEntry } from '../../log/verify.ts'
import type { Context } from '../context.ts'
import { plural } from '../text.ts'
import { given } from './fields.ts'

/** Writes a project's log to a new file. It is written page by page, so that its size does not matter; half a file is not left behind. */
export async function exportLog(context: Context, project_id: string, path: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    const exists = cause.code === 'EEXIST'
    throw new AgoraError(
      exists ? 'already_exists' : 'storage_failed',
      `${path} cannot be written: ${exists ? 'it exists already' : cause.message}.`,
      {
        field: '--export',
        cause,
      },
    )
  })
  let entries = 0
  const written = new Set<string>()
  try {
    let cursor: string | undefined
    do {
      const page = await context.call('projects.export', { project_id, limit: 2000, ...given({ cursor }) })
      const kept = page.entries.filter((entry) => follows(entry, written))
      // Every page has the head of its moment; the first one's stands in the file.
      const lines = [...exportLines(page.head, kept)]
      await file.appendFile((cursor === undefined ? lines : lines.slice(1)).join(''))
      entries += kept.length
      cursor = page.next_cursor
    } while (cursor !== undefined)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await context.answer(
    { file: path, project_id, entries },
    () => `Wrote ${plural(entries, 'entry', 'entries')} to ${path}.\nTo check it, anywhere: agora verify ${path}\n`,
  )
}

/**
 * Whether all parents of an entry are among those that were written; then it is one of them too. What came in while it was exported may stand before a page
 * that was read already, and what follows that is left out with it: the file is sound all the same.
 */
function follows(entry: SignedEntry, written: Set<string>): boolean {
  const read = readEntry(entry, sha256)
  // What is wrong with it, `verify` says.
  if (read.fault) return true
  const { prev, heads } = read.entry.header
  if (![...(prev === undefined ? [] : [prev]), ...heads].every((parent) => written.has(parent))) return false
  written.add(read.entry.id)
  return true
}
