import { existsSync, linkSync, readFileSync, statSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { didTail } from '../../base/did.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import type { OwnerKey } from '../../identity/owner.ts'
import { newOwnerKey, OwnerKeyFile, openOwnerKey, sealOwnerKey } from '../../identity/owner-key.ts'
import { writePrivate } from '../../store/private-file.ts'

/** Wrong passphrases within a minute before no more are tried. */
export const WRONG_MAX = 5
const WRONG_WINDOW = 60_000

/** The owner's key as it lies in the home: always encrypted, and open only while something is signed. */
export interface Keyring {
  /** Who the key is of; undefined when there is none. @throws AgoraError `key_exposed`, `key_damaged` */
  did(): string | undefined
  /**
   * @throws AgoraError `owner_missing`, `wrong_passphrase`; `rate_limited` after five wrong ones within a minute; as `did` does.
   */
  unlock(passphrase: string): Promise<OwnerKey>
  /** The key encrypted anew, to be carried elsewhere. Throws as `unlock` does. */
  export(passphrase: string): Promise<OwnerKeyFile>
  /**
   * A new key. `replace`: in place of one that is there, which is then kept under another name. Answers that name too.
   * @throws AgoraError `already_exists`
   */
  make(passphrase: string, replace: boolean): Promise<Taken>
  /** A key from elsewhere; as `make`, and throws as `unlock` does. */
  import(file: OwnerKeyFile, passphrase: string, replace: boolean): Promise<Taken>
}

export interface Taken {
  key: OwnerKey
  /** Where the key lies that was here before. */
  aside?: string
}

export function createKeyring({ clock, path }: { clock: Clock; path: string }): Keyring {
  /** One guess at a time, so that many at once cost no more memory and are counted. */
  let last: Promise<unknown> = Promise.resolve()
  let wrong: number[] = []

  function read(): OwnerKeyFile | undefined {
    if (!existsSync(path)) return undefined
    const mode = statSync(path).mode & 0o777
    if (process.platform !== 'win32' && mode & 0o077) {
      throw new AgoraError(
        'key_exposed',
        `Others on this machine can read the owner key ${path} (mode ${mode.toString(8)}).`,
        { hint: `If nobody has used that, run: chmod 600 ${path}` },
      )
    }
    return parseKeyFile(readFileSync(path, 'utf8'), path)
  }

  function open(file: OwnerKeyFile, passphrase: string): Promise<OwnerKey> {
    const guess = async () => {
      const now = clock.now()
      wrong = wrong.filter((at) => now - at < WRONG_WINDOW)
      if (wrong.length >= WRONG_MAX) {
        throw new AgoraError('rate_limited', `${WRONG_MAX} wrong passphrases within a minute; no more are tried now.`, {
          hint: 'Try again in a minute.',
        })
      }
      try {
        return await openOwnerKey(file, passphrase)
      } catch (error) {
        if (error instanceof AgoraError && error.code === 'wrong_passphrase') wrong.push(now)
        throw error
      }
    }
    const result = last.then(guess)
    last = result.catch(() => undefined)
    return result
  }

  function unlock(passphrase: string): Promise<OwnerKey> {
    const file = read()
    if (file) return open(file, passphrase)
    throw new AgoraError('owner_missing', 'There is no owner key on this node.', {
      hint: 'Make one: agora owner init. Or bring yours from another node: agora owner export there, agora owner import here.',
    })
  }

  function refuseExisting(replace: boolean) {
    if (replace || !existsSync(path)) return
    throw new AgoraError('already_exists', `There is an owner key here already: ${path}.`, {
      hint: 'With --force another takes its place; nodes that the first one attests stay with the first.',
    })
  }

  /** Puts a key where it belongs. The one before gets a second name first: no moment is without either. */
  function put(key: OwnerKey, file: OwnerKeyFile, replace: boolean): Taken {
    refuseExisting(replace)
    const aside = existsSync(path) ? setAside(path, didIn(path)) : undefined
    writePrivate(path, `${JSON.stringify(file, null, 2)}\n`)
    return { key, ...(aside === undefined ? {} : { aside }) }
  }

  return {
    did: () => read()?.did,
    unlock: async (passphrase) => unlock(passphrase),
    export: async (passphrase) => sealOwnerKey(await unlock(passphrase), passphrase),
    async make(passphrase, replace) {
      refuseExisting(replace)
      const key = newOwnerKey()
      return put(key, await sealOwnerKey(key, passphrase), replace)
    },
    async import(file, passphrase, replace) {
      refuseExisting(replace)
      return put(await open(file, passphrase), file, replace)
    },
  }
}

/** @throws AgoraError `key_damaged` naming the file. */
export function parseKeyFile(text: string, path: string): OwnerKeyFile {
  let fault: string
  try {
    const parsed = OwnerKeyFile.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    fault = `${issue?.path.join('.')}: ${issue?.message}`
  } catch (error) {
    fault = messageOf(error)
  }
  throw new AgoraError('key_damaged', `${path} does not hold an owner key: ${fault}.`, {
    hint: 'Use a copy that is whole, made by `agora owner export`.',
  })
}

/** A link never replaces a file. */
function setAside(path: string, did: string | undefined): string {
  for (let count = 1; ; count++) {
    const aside = [path, did === undefined ? 'damaged' : didTail(did).slice(1), ...(count === 1 ? [] : [count])].join(
      '.',
    )
    if (existsSync(aside)) continue
    linkSync(path, aside)
    return aside
  }
}

function didIn(path: string): string | undefined {
  try {
    return parseKeyFile(readFileSync(path, 'utf8'), path).did
  } catch {
    // Whatever it is, it is kept.
    return undefined
  }
}
