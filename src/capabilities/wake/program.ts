import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { messageOf } from '../../base/errors.ts'

/**
 * The absolute path of a program, as a shell would find it: with a slash in it from `folder`, without one on the `PATH`. Folders of the PATH that are not
 * absolute are passed over: what is found there depends on where one stands.
 */
export function findProgram(
  program: string,
  folder: string | undefined,
  path: string,
): { found: string } | { fault: string } {
  if (program.includes('/') || isAbsolute(program)) {
    if (!isAbsolute(program) && folder === undefined)
      return { fault: 'is relative; give its absolute path, or a `cwd`' }
    const found = resolve(folder ?? '/', program)
    const fault = programFault(found)
    return fault === undefined ? { found } : { fault: `(${found}) ${fault}` }
  }
  const places = path.split(delimiter).filter(isAbsolute)
  const found = places.map((place) => join(place, program)).find((file) => programFault(file) === undefined)
  if (found !== undefined) return { found }
  return { fault: 'is not on the PATH of this node; a file of a folder is given as ./name' }
}

/** Why a file cannot be run as it stands, or undefined when it can. Asked anew before each run: files change. */
export function programFault(file: string): string | undefined {
  try {
    const { mode } = statSync(file)
    if (!statSync(file).isFile()) return 'is no regular file'
    if (process.platform === 'win32') return undefined
    if (mode & 0o002) return 'can be changed by everybody on this machine (chmod o-w)'
    accessSync(file, constants.X_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist'
    return code === 'EACCES' ? 'is not executable (chmod +x)' : `cannot be looked at: ${messageOf(error)}`
  }
  return formatFault(file)
}

/** What the kernel itself cannot start the C library hands to a shell, so it must say what starts it. */
function formatFault(file: string): string | undefined {
  const start = Buffer.alloc(4)
  let read: number
  try {
    const handle = openSync(file, 'r')
    read = readSync(handle, start)
    closeSync(handle)
  } catch {
    // A program that may be run but not read is no script: the kernel would need to read that as this user.
    return undefined
  }
  const isScript = start.subarray(0, 2).toString('latin1') === '#!'
  if (read >= 2 && (isScript || BINARIES.includes(start.toString('hex')))) return undefined
  return 'does not begin with #! and is no program of this machine; a script names its interpreter in its first line: #!/bin/sh'
}

/** The first four bytes of ELF and of Mach-O. */
const BINARIES = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe']
