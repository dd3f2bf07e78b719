import { comparePlaces, type Placed } from '../log/types.ts'
import { type Act, applyAct, copyStanding, emptyStanding, type ProjectStanding } from './standing.ts'

/**
 * What a set of acts says of a project, seen from any entry: those acts alone count that are in its past. Many entries have the same of them in their
 * past, so each such standing is made once.
 */
export interface Pasts {
  add(act: Act): void
  /** The same as it is now; what is added to either is not in the other. */
  copy(): Pasts
  /** How everybody stood by what is in the past of the entry, itself not included. */
  before(entry: Placed): ProjectStanding
  /** By what is in the past of either. */
  beforeEither(one: Placed, other: Placed): ProjectStanding
  /** By all of them. */
  all(): ProjectStanding
}

/** One step further than the standing above it, by one act. */
interface Step {
  standing: ProjectStanding | undefined
  next: Map<Act, Step>
}

/** Standings kept at once; more are made anew when they are asked for. */
const KEPT_MAX = 4096

/** By chain: the acts in it and their positions, lowest first. */
interface Slot {
  chain: number
  positions: number[]
  acts: Act[]
}

const empty = emptyStanding()
const newRoot = (): Step => ({ standing: empty, next: new Map() })

export const createPasts = (): Pasts => pastsOf([], newRoot())

function pastsOf(chains: Slot[], begin: Step): Pasts {
  const slots = new Map(chains.map((slot) => [slot.chain, slot]))
  let root = begin
  let kept = 0
  let known = new Map<string, ProjectStanding>()
  let last: { counts: Uint32Array; standing: ProjectStanding } | undefined
  let scratch = new Uint32Array(chains.length)

  /** The standing by the first so many acts of each chain. */
  function byCounts(counts: Uint32Array): ProjectStanding {
    if (last && same(last.counts, counts)) return last.standing
    // Chains that came later have none in old pasts: without them the key stays what it was.
    const key = keyOf(counts)
    let standing = known.get(key)
    if (!standing) {
      if (kept > KEPT_MAX) {
        root = newRoot()
        known = new Map()
        kept = 0
      }
      standing = fromOneLess(counts) ?? make(chains.flatMap((slot, index) => slot.acts.slice(0, counts[index])))
      known.set(key, standing)
      kept++
    }
    last = { counts: counts.slice(), standing }
    return standing
  }

  /** One step on from where all but the latest of these acts are known: so whoever writes thousands of them, each behind the last, costs as much for each. */
  function fromOneLess(counts: Uint32Array): ProjectStanding | undefined {
    let latest: { act: Act; index: number } | undefined
    for (const [index, { acts }] of chains.entries()) {
      // Places grow along a chain.
      const act = acts[(counts[index] ?? 0) - 1]
      if (act && (!latest || comparePlaces(act.entry, latest.act.entry) > 0)) latest = { act, index }
    }
    if (!latest) return undefined
    const before = counts.slice()
    before[latest.index] = (before[latest.index] ?? 0) - 1
    const less = known.get(keyOf(before))
    if (!less) return undefined
    const standing = copyStanding(less)
    applyAct(standing, latest.act)
    return standing
  }

  function make(chosen: Act[]): ProjectStanding {
    chosen.sort((a, b) => comparePlaces(a.entry, b.entry))
    let step = root
    let from = empty
    let done = 0
    for (const [index, act] of chosen.entries()) {
      let next = step.next.get(act)
      if (!next) {
        next = { standing: undefined, next: new Map() }
        step.next.set(act, next)
      }
      step = next
      if (step.standing) {
        from = step.standing
        done = index + 1
      }
    }
    if (done === chosen.length) return from
    const standing = copyStanding(from)
    for (const act of chosen.slice(done)) applyAct(standing, act)
    step.standing = standing
    return standing
  }

  return {
    copy: () =>
      pastsOf(
        chains.map(({ chain, positions, acts }) => ({ chain, positions: [...positions], acts: [...acts] })),
        root,
      ),
    add(act) {
      const { chain, position } = act.entry
      let slot = slots.get(chain)
      if (!slot) {
        slot = { chain, positions: [], acts: [] }
        slots.set(chain, slot)
        chains.push(slot)
        scratch = new Uint32Array(chains.length)
      }
      last = undefined
      const index = countBelow(slot.positions, position)
      // In the midst of a chain, so many of its acts mean others than before.
      if (index < slot.positions.length) known = new Map()
      slot.positions.splice(index, 0, position)
      slot.acts.splice(index, 0, act)
    },
    before(entry) {
      for (const [index, slot] of chains.entries()) {
        // Its own position is no past of it.
        const reach = slot.chain === entry.chain ? entry.position : (entry.clock[slot.chain] ?? 0)
        scratch[index] = countBelow(slot.positions, reach)
      }
      return byCounts(scratch)
    },
    beforeEither(one, other) {
      const reachOf = (entry: Placed, chain: number) =>
        chain === entry.chain ? entry.position : (entry.clock[chain] ?? 0)
      scratch = scratch.map((_, index) => {
        const slot = chains[index] as (typeof chains)[number]
        return countBelow(slot.positions, Math.max(reachOf(one, slot.chain), reachOf(other, slot.chain)))
      })
      return byCounts(scratch)
    },
    all: () => byCounts(Uint32Array.from(chains, (slot) => slot.acts.length)),
  }
}

function same(a: Uint32Array, b: Uint32Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

const keyOf = (counts: Uint32Array): string => counts.join().replace(/(,0)+$/, '')

/** How many of the sorted positions are below `reach`. */
function countBelow(positions: number[], reach: number): number {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((positions[middle] as number) < reach) low = middle + 1
    else high = middle
  }
  return low
}
