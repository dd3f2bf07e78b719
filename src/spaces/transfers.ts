import { handOverText } from '../identity/owner.ts'
import { verifyOwner } from '../identity/signing.ts'
import { comparePlaces, isConcurrent, isPast, type LogView, type Placed } from '../log/types.ts'
import { type Facts, readAuthority } from './project-facts.ts'

/** A hand-over of ownership that counts. */
export interface Transfer {
  entry: Placed
  /** The owner until then. */
  giver: string
  to: string
  /** It is the owner key's word, and not that of the node that owned the project. */
  isByKey: boolean
  /** What that key said, and when: the same wherever it is said again. */
  proof: string | undefined
  /** Other entries that repeat the same word of the key: one hand-over all the same, known to whoever knows one of them. */
  again: Placed[]
}

export interface Transfers {
  counting: Transfer[]
  /** Those that lost against another made without knowing of it, with that one's id. */
  lost: Map<string, string>
  /** Somebody's next entry could decide otherwise. */
  contested: boolean
  /** Who owns the project by what is in the past of the entry. */
  ownerBefore(entry: Placed): string
}

/** Whether a hand-over is the word of the key that the project's first entry names. */
export function isSignedByOwner(
  { to, owner_proof: proof }: Facts<'project.transfer'>,
  create: Pick<Placed, 'id' | 'body'> | undefined,
): boolean {
  if (!create || !proof || proof.owner !== create.body['owner_key']) return false
  return verifyOwner(proof.owner, handOverText(create.id, to, proof.at), proof.signature)
}

/**
 * Which hand-overs count. Two that did not know of each other cannot both: the owner key's comes before a node's, else the one counts that more of the nodes
 * cite first which had written something before either. So nobody who gave the project away can write a second hand-over, as if before the first, that
 * would take it back from all who have seen the first. What the owner's key said holds once: whoever has it in hand cannot say it again after a later
 * hand-over.
 */
export function settleTransfers(authority: readonly Placed[], log: LogView): Transfers {
  const [create] = authority
  const creator = create?.type === 'project.create' ? create : undefined
  const candidates = authority.filter(({ type }) => type === 'project.transfer')
  const lost = new Map<string, string>()
  let contested = false

  const ownerBy = (counting: readonly Transfer[], entry: Placed): string => {
    let owner = creator?.node ?? ''
    for (const { entry: by, again, to } of counting) if ([by, ...again].some((one) => isPast(one, entry))) owner = to
    return owner
  }

  function settle(): Transfer[] | undefined {
    const counting: Transfer[] = []
    for (const entry of candidates) {
      if (lost.has(entry.id)) continue
      const transfer = read(entry, ownerBy(counting, entry))
      if (!transfer) continue
      const same = counting.find(({ proof }) => proof !== undefined && proof === transfer.proof)
      if (same) {
        same.again.push(entry)
        continue
      }
      if (transfer.to === transfer.giver) continue
      const rival = counting.find(
        (other) =>
          isConcurrent(other.entry, entry) &&
          !other.again.some((one) => isPast(one, entry)) &&
          (other.giver === transfer.giver || other.isByKey || transfer.isByKey),
      )
      if (!rival) {
        counting.push(transfer)
        continue
      }
      contested = true
      if (!wins(transfer, rival)) lost.set(entry.id, rival.entry.id)
      else {
        lost.set(rival.entry.id, entry.id)
        // What was built on the loser falls with it.
        return undefined
      }
    }
    return counting
  }

  function read(entry: Placed, giver: string): Transfer | undefined {
    const facts = readAuthority(entry.type, entry.body)?.facts as Facts<'project.transfer'> | undefined
    if (!facts) return undefined
    const isByKey = isSignedByOwner(facts, creator)
    if (!isByKey && (entry.author !== entry.node || entry.node !== giver)) return undefined
    const proof = isByKey ? `${facts.owner_proof?.at} ${facts.to}` : undefined
    return { entry, giver, to: facts.to, isByKey, proof, again: [] }
  }

  const wins = (one: Transfer, other: Transfer): boolean => {
    if (one.isByKey !== other.isByKey) return one.isByKey
    const lead = votes(one, other, log)
    return lead === 0 ? comparePlaces(one.entry, other.entry) < 0 : lead > 0
  }

  let counting = settle()
  while (!counting) counting = settle()
  const settled = counting
  return { counting, lost, contested, ownerBefore: (entry) => ownerBy(settled, entry) }
}

/** How many more nodes cite `one` first than `other`. */
function votes({ entry: a, giver }: Transfer, { entry: b }: Transfer, log: LogView): number {
  const chains = log.chains()
  const before = new Set<string>()
  for (const { chain, node } of chains) if (Math.min(a.clock[chain] ?? 0, b.clock[chain] ?? 0) > 0) before.add(node)
  before.delete(giver)
  let lead = 0
  for (const voter of before) {
    const first = chains
      .filter(({ node }) => node === voter)
      .flatMap(({ chain, length }) => firstCiting(chain, length, [a, b], log) ?? [])
      .sort((x, y) => x.seq - y.seq || comparePlaces(x, y))[0]
    if (!first) continue
    const [citesA, citesB] = [knows(first, a), knows(first, b)]
    if (citesA !== citesB) lead += citesA ? 1 : -1
  }
  return lead
}

const knows = (entry: Placed, of: Placed): boolean => entry.id === of.id || isPast(of, entry)

/** The first entry of a chain that has one of these in its past; all after it do as well. */
function firstCiting(chain: number, length: number, wanted: readonly Placed[], log: LogView): Placed | undefined {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = log.at(chain, middle)
    if (entry && wanted.some((one) => knows(entry, one))) high = middle
    else low = middle + 1
  }
  return low < length ? log.at(chain, low) : undefined
}
