import { open, rm } from 'node:fs/promises'
import { AgoraError } from '../../base/errors.ts'
import { exportLines } from '../../log/export.ts'
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
  try {
    let cursor: string | undefined
    do {
      const page = await context.call('projects.export', { project_id, limit: 2000, ...given({ cursor }) })
      // The head is the same in every page; it stands once, in front.
      const lines = [...exportLines(page.head, page.entries)]
      await file.write((cursor === undefined ? lines : lines.slice(1)).join(''))
      entries += page.entries.length
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
