import { existsSync, readFileSync } from 'node:fs'
import { messageOf } from '../../base/errors.ts'
import { writePrivate } from '../../store/private-file.ts'
import type { Context } from '../context.ts'
import { type Checkout, checkoutAt, repositoryKey, sameRepository } from './checkout.ts'
import { isWholeId } from './short-ids.ts'

/**
 * The project remembered for a checkout, or else for its remote. A file that cannot be read remembers nothing: it only saves typing.
 */
export function rememberedProject(path: string, { repository, remote }: Checkout): string | undefined {
  const known = read(path)
  return known[repository] ?? (remote === undefined ? undefined : known[ofRemote(remote)])
}

const ofRemote = (remote: string): string => `remote ${repositoryKey(remote)}`

/**
 * Remembers a project that was created, joined or chosen: for the repository it is about, and for the checkout this command is typed in unless that is known to be of
 * another one. Only what its person did here counts: whoever owns a project can say at any time that it is about another repository.
 * Answers with the name of the checkout's folder.
 */
export async function rememberProject(
  context: Context,
  project: string,
  repo: string | undefined,
): Promise<string | undefined> {
  const checkout = await checkoutAt(context.io.cwd)
  const remote = checkout?.remote
  const isOther = repo !== undefined && remote !== undefined && !sameRepository(repo, remote)
  const here = isOther ? undefined : checkout
  const path = context.home().checkouts
  const known = read(path)
  const added = {
    ...known,
    ...(repo === undefined ? {} : { [ofRemote(repo)]: project }),
    ...(here ? { [here.repository]: project } : {}),
  }
  if (JSON.stringify(added) === JSON.stringify(known)) return here?.name
  try {
    write(path, added)
    return here?.name
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
  if (kept.length < Object.keys(known).length) write(path, Object.fromEntries(kept))
}

const write = (path: string, known: Record<string, string>): void =>
  writePrivate(path, `${JSON.stringify(known, null, 2)}\n`)

/** By where git keeps the repository, or by its remote: the project that is meant. */
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
