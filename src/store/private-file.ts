import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { AgoraError } from '../base/errors.ts'

/** Writes a file so that a reader finds the old content or the new and never half of it, also after a crash. */
export function writeWhole(path: string, text: string, mode: number): void {
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  const handle = openSync(draft, 'wx', 0o600)
  try {
    writeSync(handle, text)
    fchmodSync(handle, mode)
    fsyncSync(handle)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  } finally {
    closeSync(handle)
  }
  renameSync(draft, path)
}

/** Has the names in a folder on disk, as syncing a file has what is in it. */
export function syncFolder(path: string): void {
  // Windows opens no folders, and keeps names by itself.
  if (process.platform === 'win32') return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** The same for a file that only this user can read. */
export const writePrivate = (path: string, text: string): void => writeWhole(path, text, 0o600)

/** A new token: 32 random bytes, base64url. The prefix lets people and secret scanners recognise it. */
export const newToken = (): string => `agora_${randomBytes(32).toString('base64url')}`

/**
 * The token in a file.
 * @throws AgoraError `token_missing`; `token_exposed` when others on this machine could have read it.
 */
export function readToken(path: string): string {
  let text: string
  try {
    refuseExposed(path)
    text = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new AgoraError('token_missing', `There is no token file ${path}.`, { cause })
  }
  // A header holds no other characters; a damaged file is told as such, not as a refused call.
  if (/^[\w-]{16,256}$/.test(text)) return text
  throw new AgoraError('token_missing', `${path} does not hold a token.`, {
    hint: 'Delete that file; the daemon makes a new operator token when it starts, `agora agents token <name>` an agent’s.',
  })
}

/** The operator's token of a home, made when there is none. */
export function openToken(path: string): string {
  try {
    return readToken(path)
  } catch (error) {
    const exists = statSync(path, { throwIfNoEntry: false }) !== undefined
    if (exists || !(error instanceof AgoraError) || error.code !== 'token_missing') throw error
  }
  const token = newToken()
  writePrivate(path, `${token}\n`)
  return token
}

function refuseExposed(path: string): void {
  const mode = statSync(path).mode & 0o777
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  throw new AgoraError(
    'token_exposed',
    `Others on this machine can read the token ${path} (mode ${mode.toString(8)}).`,
    {
      hint: `If nobody has used that, run: chmod 600 ${path}`,
    },
  )
}
