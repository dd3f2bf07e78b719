import { existsSync, readFileSync } from 'node:fs'
import { messageOf } from '../../base/errors.ts'
import { writePrivate } from '../../store/private-file.ts'
import type { Context } from '../context.ts'
import { type Checkout, checkoutAt, sameRepository } from './checkout.ts'
import { isWholeId } from './short-ids.ts'

/** The project remembered for a checkout. A file that cannot be read remembers nothing: it only saves typing. */
export function rememberedProject(path: string, { repository }: Checkout): string | undefined {
  return read(path)[repository]
}

/**
 * Remembers the project for the checkout this command is typed in; does nothing outside of one, nor where the project is known to be of another repository.
 * Answers with the name of the checkout's folder.
 */
export async function rememberProject(
  context: Context,
  project: string,
  repo: string | undefined,
): Promise<string | undefined> {
  const checkout = await checkoutAt(context.io.cwd)
  if (!checkout) return undefined
  const { remote } = checkout
  if (repo !== undefined && remote !== undefined && !sameRepository(repo, remote)) return undefined
  const path = context.home().checkouts
  const known = read(path)
  if (known[checkout.repository] === project) return checkout.name
  try {
    writePrivate(path, `${JSON.stringify({ ...known, [checkout.repository]: project }, null, 2)}\n`)
    return checkout.name
  } catch (error) {
    // What was asked for is done; this is a convenience beside it.
    context.io.err(`Which project belongs to this checkout could not be remembered: ${messageOf(error)}\n`)
    return undefined
  }
}

/** Forgets a project that was left, in every checkout. */
export function forgetProject(context: Context, project: string): void {
  const path = context.home().checkouts
  const known = read(path)
  const kept = Object.entries(known).filter(([, id]) => id !== project)
  if (kept.length < Object.keys(known).length)
    writePrivate(path, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`)
}

/** By where git keeps the repository: the project that was created, joined or chosen there. */
function read(path: string): Record<string, string> {
  if (!existsSync(path)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
    return Object.fromEntries(entries.filter(([, id]) => typeof id === 'string' && isWholeId(id)))
  } catch {
    // Half a file, or another's: as good as none.
    return {}
  }
}
