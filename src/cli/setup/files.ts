import { existsSync, mkdirSync, readFileSync, realpathSync, rmdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AgoraError, messageOf } from '../../base/errors.ts'
import { writeWhole } from '../../store/private-file.ts'

/** A text file of somebody else's. */
export interface TextFile {
  /** Where it really lies, links followed. */
  path: string
  /** Undefined where there is none. */
  text: string | undefined
  /** Whether it begins with a byte order mark, which is no part of `text`. */
  mark: boolean
}

const MARK = '\uFEFF'

/** @throws AgoraError when it cannot be read, or is no UTF-8. */
export function readText(given: string): TextFile {
  const path = existsSync(given) ? realpathSync(given) : given
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { path, text: undefined, mark: false }
    throw new AgoraError('invalid_config', `${path} cannot be read: ${messageOf(cause)}`, { cause })
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.startsWith(MARK) ? { path, text: text.slice(1), mark: true } : { path, text, mark: false }
  } catch (cause) {
    throw new AgoraError('invalid_config', `${path} is not UTF-8 text.`, {
      hint: 'Nothing was written. Save it as UTF-8, then run this again.',
      cause,
    })
  }
}

/**
 * Writes it so that a reader finds the old content or the new, with the mode it had. Answers with the folders it had to make, innermost first.
 * @param mode for a file that is new
 */
export function writeText({ path, mark }: TextFile, text: string, mode: number): string[] {
  const folders = foldersMissing(path)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: mode | ((mode & 0o444) >> 2) })
    const kept = statSync(path, { throwIfNoEntry: false })?.mode ?? mode
    writeWhole(path, mark ? MARK + text : text, kept & 0o777)
  } catch (cause) {
    throw new AgoraError('invalid_config', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  }
  return folders
}

/** Removes folders that were made for files of ours, where they are empty again. */
export function removeFolders(folders: readonly string[]): void {
  // What lies within comes first.
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    try {
      rmdirSync(folder)
    } catch {
      // Somebody else keeps something there by now.
    }
  }
}

function foldersMissing(path: string): string[] {
  const missing: string[] = []
  for (let at = dirname(path); !existsSync(at); at = dirname(at)) missing.push(at)
  return missing
}
