import { HEADS_MAX } from '../contract/entry.ts'
import type { Chains } from './chains.ts'
import { comparePlaces, isPast, type LogView, type Placed } from './types.ts'

/** What the next entry of a node follows. */
export interface Parents {
  prev: Placed | undefined
  heads: Placed[]
  lamport: number
}

/**
 * All that is here; or, where something is `unseen`, all but that and what follows it, as if it had not come. Undefined when the node itself wrote on behind
 * what is to be unseen.
 */
export function parentsOf(
  { chains, view }: { chains: Chains; view: LogView },
  node: string,
  unseen: readonly Placed[],
): Parents | undefined {
  const prev = chains.of(node).sort(comparePlaces).at(-1)
  const tips = unseen.length === 0 ? chains.tips() : tipsWithout(chains, view, unseen)
  if (prev && unseen.length > 0 && follows(prev, unseen)) return undefined
  const heads = tips
    .filter(({ id }) => id !== prev?.id)
    .filter((tip) => unseen.length === 0 || !prev || !isPast(tip, prev))
    .sort(comparePlaces)
    .slice(-HEADS_MAX)
  const lamport = 1 + Math.max(prev?.lamport ?? 0, heads.at(-1)?.lamport ?? 0)
  return { prev, heads, lamport }
}

const follows = (entry: Placed, unseen: readonly Placed[]): boolean =>
  unseen.some((one) => one.id === entry.id || isPast(one, entry))

/** Of each chain the last that follows none of these; without those that another of them follows. */
function tipsWithout(chains: Chains, view: LogView, unseen: readonly Placed[]): Placed[] {
  const ends = chains.all().flatMap(({ chain, length }) => {
    // Whatever comes later in a chain follows all that an earlier one follows.
    let [low, high] = [0, length]
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = view.at(chain, middle)
      if (entry && follows(entry, unseen)) high = middle
      else low = middle + 1
    }
    return low === 0 ? [] : (view.at(chain, low - 1) ?? [])
  })
  return ends.filter((end) => !ends.some((other) => isPast(end, other)))
}
