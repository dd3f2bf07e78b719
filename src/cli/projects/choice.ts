import { AgoraError } from '../../base/errors.ts'
import type { Context } from '../context.ts'
import { cut, shownName } from '../text.ts'
import { usageError } from '../usage.ts'
import { type Checkout, checkoutAt, sameRepository } from './checkout.ts'
import { rememberedProject } from './remembered.ts'
import { isWholeId, shortest } from './short-ids.ts'

/** What of a project is needed to tell which is meant. */
interface Known {
  id: string
  name: string
  repo?: string | undefined
  owner: { did: string }
}

/** How many are offered where none was named. */
const CANDIDATES_MAX = 10
/** How many projects a name or a checkout is looked for in. */
const LOOK_IN = 500

/**
 * The id of the project a command is about: the one that was named, by its id, a beginning of it or its name; else the one of this checkout; else, outside of
 * any checkout, the only one.
 * @throws AgoraError `usage`, `not_found`, `ambiguous_name`
 */
export async function chosenProject(context: Context): Promise<string> {
  const typed = context.inputs.maybe('project')
  return typed === undefined ? projectHere(context) : projectNamed(context, typed)
}

/** The id of the project that was named by its id, a beginning of it, or its name. */
export async function projectNamed(context: Context, typed: string): Promise<string> {
  const found = await projectIfNamed(context, typed)
  if (found !== undefined) return found
  throw new AgoraError('not_found', `There is no project ${JSON.stringify(typed)}.`, {
    hint: `\`${context.next('project list')}\` shows those there are.`,
  })
}

/** Undefined when there is none of that id or name. */
export async function projectIfNamed(context: Context, typed: string): Promise<string | undefined> {
  if (isWholeId(typed)) return typed
  const { items } = await known(context, true)
  return (byId(items, typed) ?? only(typed, byName(items, typed)))?.id
}

const known = (context: Context, all: boolean): Promise<{ items: Known[] }> =>
  context.call('projects.list', { limit: LOOK_IN, all })

/**
 * The same for a command that was given too little if its one argument is itself a project: `add-task <id>` has forgotten the title, it does not mean
 * a task of that title here.
 */
export async function chosenProjectFor(context: Context, needed: string): Promise<string> {
  const value = context.inputs.arg(needed)
  if (context.inputs.maybe('project') === undefined && value.length >= 8) {
    const { items } = await known(context, true)
    if (byId(items, value)) throw usageError(`<${needed}> is missing: ${shownName(value)} is a project.`)
  }
  return chosenProject(context)
}

/** The project of this checkout, or, outside of one, the only one there is. */
export async function projectHere(context: Context): Promise<string> {
  const { items } = await known(context, false)
  const checkout = await checkoutAt(context.io.cwd)
  const found = checkout ? inCheckout(context, checkout, items) : items.length === 1 ? items[0] : undefined
  if (found) return found.id
  const hint = checkout
    ? `Name one, or make it that of this checkout: ${context.next('project use <project>')}`
    : 'Name it by its id, a beginning of that, or its name.'
  const none = `There is none at work here. Create one: ${context.next('project create <name>')}`
  throw new AgoraError(
    'usage',
    checkout ? `No project belongs to the checkout ${shownName(checkout.name)}.` : 'Which project?',
    items.length === 0 ? { hint: none } : { hint, candidates: named(items).slice(0, CANDIDATES_MAX) },
  )
}

function inCheckout(context: Context, checkout: Checkout, items: Known[]): Known | undefined {
  const remembered = rememberedProject(context.home().checkouts, checkout)
  const chosen = items.find(({ id }) => id === remembered)
  const { remote } = checkout
  if (chosen || remote === undefined) return chosen
  // Of others' projects their word is not enough: it could bring what is meant for this repository to them.
  const { did } = context.daemon()
  const own = items.filter(({ repo, owner }) => owner.did === did && repo !== undefined && sameRepository(repo, remote))
  return only(checkout.name, own, `Say which is meant here: ${context.next('project use <project>')}`)
}

/** The one whose id begins with this; ids tell upper from lower case. */
function byId(items: Known[], typed: string): Known | undefined {
  if (!/^[1-9A-HJ-NP-Za-km-z]{4,44}$/.test(typed)) return undefined
  return only(
    typed,
    items.filter(({ id }) => id.startsWith(typed)),
  )
}

const byName = (items: Known[], typed: string): Known[] =>
  items.filter(({ name }) => name.normalize('NFC') === typed.normalize('NFC'))

function only(typed: string, fitting: Known[], hint?: string): Known | undefined {
  if (fitting.length < 2) return fitting[0]
  throw new AgoraError('ambiguous_name', `Several projects fit ${JSON.stringify(typed)}.`, {
    candidates: named(fitting),
    ...(hint === undefined ? {} : { hint }),
  })
}

function named(items: Known[]): string[] {
  const short = shortest(items.map(({ id }) => id))
  return items.map(({ id, name }) => `${short(id)}  ${shownName(cut(name, 60))}`)
}
