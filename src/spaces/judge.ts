import { nodeOf } from '../base/did.ts'
import type { SpacePermission } from '../contract/permissions.ts'
import { COUNTS, type Verdict } from '../contract/verdict.ts'
import { comparePlaces, isPast, type LogView, type Place, type Placed } from '../log/types.ts'
import { answered } from './invitations.ts'
import { createPasts, type Pasts } from './pasts.ts'
import { needsOf, type Objection, objectionTo, permit } from './permit.ts'
import { readAuthority } from './project-facts.ts'
import { createHolds, type Holds } from './restrictions.ts'
import type { Act, ProjectStanding, Rank } from './standing.ts'
import { settleTransfers, type Transfers } from './transfers.ts'

/** What was decided of all acts of authority in a project. */
export interface ProjectJudgement {
  verdicts: Map<string, Verdict>
  /** The acts, counting or not, by id. */
  acts: Map<string, Act>
  /** Somebody's next entry could decide between hand-overs. */
  contested: boolean
  /** How everybody stands by all that counts. */
  standing(): ProjectStanding
  /** How everybody stood by what is in the past of an entry. */
  before(entry: Placed): ProjectStanding
  /** The verdict on an entry of content that needs these permissions. `further`: what else its author must be allowed. */
  content(entry: Placed, needed: readonly SpacePermission[], further?: Further): Verdict
  holds: Holds
  /** A judgement of more acts, which change nothing for those judged before. This one stays as it is. */
  extended(added: readonly Placed[]): ProjectJudgement
}

/** What an entry demands beyond the permissions of its author. */
export type Further = (standing: ProjectStanding) => Objection | undefined

const malformed: Verdict = {
  state: 'refused',
  code: 'malformed',
  reason: 'Its facts are not of the form that this type has.',
}

/**
 * Judges all acts of authority together, in three layers: the owner's, the overseers', everybody else's. An act counts if the counting acts in its own past
 * give it the right, and no counting restriction that it had not seen holds it. Each layer depends on those before it and, within itself, only on what is in
 * the past of an act; so the outcome is one, whatever order entries came in.
 */
export const judgeProject = (authority: readonly Placed[], log: LogView): ProjectJudgement =>
  judgeMore(authority, settleTransfers(authority, log), log)

/** The passes in which acts are judged. */
const [OWNER, COMING, OVERSEER, MEMBER] = [0, 1, 2, 3] as const

/** What a judgement is made from, and goes on from. */
interface Grounds {
  verdicts: Map<string, Verdict>
  acts: Map<string, Act>
  /** By the owner's acts, and answers to the owner's invitations of overseers. */
  leaders: Pasts
  /** With the overseers' acts too: these are judged by nothing else. */
  upper: Pasts
  everybody: Pasts
  /**
   * By layer, with those before it, and with what is held as if it counted: to tell what was refused only for its sake. Later layers are left out, for
   * where all is judged together they are not known yet.
   */
  withHeld: readonly Pasts[]
  held: { entry: Placed; by: string; layer: number }[]
  holds: Holds
}

function newGrounds(log: LogView): Grounds {
  const [leaders, upper, everybody] = [createPasts(), createPasts(), createPasts()] as const
  const withHeld = [OWNER, COMING, OVERSEER, MEMBER].map(createPasts)
  const holds = createHolds({ leaders, everybody, log })
  return { verdicts: new Map(), acts: new Map(), leaders, upper, everybody, withHeld, held: [], holds }
}

function copyGrounds(from: Grounds, log: LogView): Grounds {
  const [leaders, everybody] = [from.leaders.copy(), from.everybody.copy()]
  return {
    verdicts: new Map(from.verdicts),
    acts: new Map(from.acts),
    leaders,
    upper: from.upper.copy(),
    everybody,
    withHeld: from.withHeld.map((pasts) => pasts.copy()),
    held: [...from.held],
    holds: from.holds.copy({ leaders, everybody, log }),
  }
}

function judgeMore(
  authority: readonly Placed[],
  transfers: Transfers,
  log: LogView,
  grounds = newGrounds(log),
): ProjectJudgement {
  const { verdicts, acts, leaders, upper, everybody, withHeld, held, holds } = grounds
  const handed = new Map(
    transfers.counting.flatMap(({ entry, again, giver }) => [entry, ...again].map(({ id }) => [id, giver] as const)),
  )

  const isKnownBefore = (entry: Placed) => (id: string) => {
    const known = log.placed(id)
    return known !== undefined && isPast(known, entry)
  }

  /** What holds something in the entry's past, where it would have been permitted but for that. */
  function heldFor(
    entry: Placed,
    layer: number,
    wouldObject: (standing: ProjectStanding) => unknown,
  ): string | undefined {
    // Of several the first by place, in whatever order they came.
    let cause: (typeof held)[number] | undefined
    for (const one of held)
      if (one.layer <= layer && isPast(one.entry, entry) && (!cause || comparePlaces(one.entry, cause.entry) < 0))
        cause = one
    return cause && !wouldObject((withHeld[layer] as Pasts).before(entry)) ? cause.by : undefined
  }

  function addWithHeld(act: Act, layer: number): void {
    for (const pasts of withHeld.slice(layer)) pasts.add(act)
  }

  function decide(act: Act, layer: number, pasts: Pasts, layers: readonly Pasts[]): void {
    const { entry } = act
    acts.set(entry.id, act)
    const verdict = judged()
    verdicts.set(entry.id, verdict)
    if (verdict.state === 'counts') {
      for (const each of layers) each.add(act)
      addWithHeld(act, layer)
      holds.add(act)
    } else if (verdict.state === 'held') {
      addWithHeld(act, layer)
      held.push({ entry, by: verdict.by, layer })
    }

    function judged(): Verdict {
      const before = pasts.before(entry)
      const objection = permit(act, before, isKnownBefore(entry))
      if (objection) {
        const by = heldFor(entry, layer, (standing) => permit(act, standing, isKnownBefore(entry)))
        return by === undefined ? objection : { state: 'held', by }
      }
      const by = holds.holding(entry, needsOf(act, before), { byOwner: layer !== MEMBER })
      return by === undefined ? COUNTS : { state: 'held', by }
    }
  }

  function actOf(entry: Placed, rank: Rank): Act | undefined {
    const read = readAuthority(entry.type, entry.body)
    if (!read) verdicts.set(entry.id, malformed)
    return read && { entry, read, rank }
  }

  /** The owner's acts. What it wrote without knowing that it had handed the project over is held by that. */
  function ownersAct(entry: Placed): boolean {
    if (entry.type === 'project.transfer') return transferred(entry)
    // Answers, and leaving, hang on who came and went before, which is judged later.
    if (entry.type === 'project.accept' || entry.type === 'project.leave') return false
    const isOwner = entry.author === entry.node && transfers.ownerBefore(entry) === entry.node
    if (!isOwner && entry.type !== 'project.create') return false
    const act = actOf(entry, 'owner')
    if (!act) return true
    const handOver = transfers.counting.find(
      ({ entry: by, again, giver }) =>
        giver === entry.node && ![by, ...again].some((one) => isPast(one, entry)) && !isPast(entry, by),
    )
    if (entry.type === 'project.create') accepted(act)
    else if (handOver) isHeld(act, handOver.entry.id)
    else decide(act, OWNER, leaders, [leaders, upper, everybody])
    return true
  }

  function accepted(act: Act): void {
    acts.set(act.entry.id, act)
    // A project begins once: any other entry of that type means nothing.
    const isFirst = act.entry.lamport === 1 && verdicts.size === 0
    verdicts.set(act.entry.id, isFirst ? COUNTS : malformed)
    if (isFirst) for (const layer of [leaders, upper, everybody, ...withHeld]) layer.add(act)
  }

  function isHeld(act: Act, by: string): void {
    acts.set(act.entry.id, act)
    verdicts.set(act.entry.id, { state: 'held', by })
    addWithHeld(act, OWNER)
    held.push({ entry: act.entry, by, layer: OWNER })
  }

  function transferred(entry: Placed): boolean {
    const read = actOf(entry, 'owner')
    if (!read) return true
    const act: Act = { ...read, giver: handed.get(entry.id) }
    acts.set(entry.id, act)
    const winner = transfers.lost.get(entry.id)
    if (handed.has(entry.id)) {
      verdicts.set(entry.id, COUNTS)
      for (const layer of [leaders, upper, everybody, ...withHeld]) layer.add(act)
    } else if (winner !== undefined) verdicts.set(entry.id, { state: 'held', by: winner })
    else
      verdicts.set(entry.id, {
        ...{ state: 'denied', code: 'owner_only', reason: 'Only the owner hands a project over, to another node.' },
      })
    return true
  }

  /** Where overseers come from and go, beside the owner's word: answers to the owner's invitations, and leaving. */
  function comesOrGoes(entry: Placed): boolean {
    const standing = leaders.before(entry)
    const { type, body, node } = entry
    const invitation =
      type === 'project.accept' ? answered(standing.invitations, String(body['invitation']), entry) : undefined
    const isOverseers =
      type === 'project.leave' ? standing.nodeRoles.get(node) === 'overseer' : invitation?.role === 'overseer'
    if (!isOverseers) return false
    const act = actOf(entry, 'member')
    if (act) decide(act, COMING, leaders, [leaders, upper, everybody])
    return true
  }

  function overseersAct(entry: Placed): boolean {
    if (leaders.before(entry).rankOf(entry.author) !== 'overseer') return false
    const act = actOf(entry, 'overseer')
    if (act) decide(act, OVERSEER, upper, [upper, everybody])
    return true
  }

  function membersAct(entry: Placed): boolean {
    const act = actOf(entry, 'member')
    if (act) decide(act, MEMBER, everybody, [everybody])
    return true
  }

  let left = authority
  for (const layer of [ownersAct, comesOrGoes, overseersAct, membersAct]) left = left.filter((entry) => !layer(entry))

  return {
    verdicts,
    acts,
    contested: transfers.contested,
    holds,
    standing: everybody.all,
    before: everybody.before,
    extended: (added) => judgeMore(added, transfers, log, copyGrounds(grounds, log)),
    content(entry, needed, further) {
      const object = (standing: ProjectStanding) => objectionTo(entry.author, needed, standing) ?? further?.(standing)
      const objection = object(everybody.before(entry))
      if (objection) {
        const by = heldFor(entry, MEMBER, object)
        return by === undefined ? objection : { state: 'held', by }
      }
      const by = holds.holding(entry, needed)
      return by === undefined ? COUNTS : { state: 'held', by }
    },
  }
}

/** What, if it counts, changes how others are judged. */
const restricting = new Set(['project.suspend', 'project.remove', 'project.role', 'project.reinstate'])
/** What says who owns the project. */
const owning = new Set(['project.create', 'project.transfer'])

/**
 * The same, from what was judged before, where the new acts can change nothing for those judged then: none says who owns the project, and none that counts
 * restricts or releases. Nothing older can have them in its past. So whoever writes what it has no right to costs little, however much of it.
 */
export function judgeOnward(
  authority: readonly Placed[],
  log: LogView,
  previous: ProjectJudgement | undefined,
): ProjectJudgement {
  const added = previous ? authority.filter(({ id }) => !previous.verdicts.has(id)) : []
  const isSimple = previous && !previous.contested && !added.some(({ type }) => owning.has(type))
  if (!isSimple || authority.length - added.length !== previous.verdicts.size) return judgeProject(authority, log)
  if (added.length === 0) return previous
  const next = previous.extended(added)
  const changes = ({ id, type }: Placed) => restricting.has(type) && next.verdicts.get(id)?.state === 'counts'
  return added.some(changes) ? judgeProject(authority, log) : next
}

/** From which place on content may be judged otherwise; see SpaceRules. */
export function changedFrom(
  before: ReadonlyMap<string, Verdict>,
  after: ProjectJudgement,
  holdsBefore: Holds,
  log: LogView,
): Place | undefined {
  let lowest: Place | undefined
  const consider = (place: Place | undefined) => {
    if (place && (!lowest || comparePlaces(place, lowest) < 0)) lowest = place
  }
  /** Where what a node wrote without having seen `by` begins. */
  const unseen = (node: string, by: Placed) => {
    for (const { chain, node: of } of log.chains()) if (of === node) consider(log.at(chain, by.clock[chain] ?? 0))
  }
  for (const [id, verdict] of after.verdicts) {
    const known = before.get(id)
    if ((verdict.state === 'counts') === (known?.state === 'counts') && !isNewHold(verdict, known)) continue
    const act = after.acts.get(id)
    if (!act) continue
    const { entry, read } = act
    if (known) consider(entry)
    const { type, facts } = read
    if (type === 'project.suspend' || type === 'project.remove' || type === 'project.role')
      unseen(nodeOf(facts.who), entry)
    if (type !== 'project.reinstate') continue
    for (const one of facts.entries) {
      const node = log.placed(one)?.node
      if (node === undefined) continue
      for (const restriction of [...after.holds.on(node), ...holdsBefore.on(node)]) unseen(node, restriction.entry)
    }
  }
  return lowest
}

/** What is held by something else than before changes what is named by those it holds along with it. */
const isNewHold = (verdict: Verdict, known: Verdict | undefined): boolean =>
  known !== undefined && verdict.state === 'held' && (known.state !== 'held' || known.by !== verdict.by)
