import type { Clock } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError, messageOf } from '../../base/errors.ts'
import type { FencingToken } from '../../contract/keeper-message.ts'
import type { Replica } from '../../log/replica.ts'
import { type ProjectJudgement, type ProjectStanding, standingOf } from '../../spaces/project.ts'
import type { Database } from '../../store/database.ts'
import type { Spaces } from '../spaces.ts'
import type { Telemetry } from '../telemetry.ts'
import { keeperBook, type Lease } from './book.ts'
import type { EndReason, Exclusive, Holding } from './exclusive.ts'

export interface GrantingParts {
  clock: Clock
  key: { did: string }
  database: Database
  spaces: Spaces
  telemetry: Telemetry
  kinds: readonly Exclusive[]
  /** How long a grant lasts without a sign of its holder. */
  leaseMs: number
  /** Takes in what others have of a space, as far as they can be reached in a few seconds. */
  catchUp?: ((space: string) => Promise<void>) | undefined
  /** Told until when, in ms since the epoch, what was renewed is its holder's: of renewals the log says nothing. */
  onRenewed?: ((space: string, kind: string, renewed: Renewed['renewed']) => void) | undefined
  /** Whether nothing is written in the space now, because a backup brought it: this node does not know what it has granted. */
  isWaiting?(space: string): boolean
}

export interface Granted {
  key: string
  token: FencingToken
  /** Ms since the epoch. */
  until: number
  /** The entry that says so. */
  entry: string
}

export interface Renewed {
  renewed: { key: string; until: number }[]
  /** What is not the asking node's, or under another token. */
  lost: string[]
}

/** Leases ended in one write. */
const ENDED_AT_ONCE = 200
/** Ms until what could not be ended is tried again. */
const RETRY = 10_000

export const standingIn = (replica: Replica): ProjectStanding => standingOf(replica.judgement() as ProjectJudgement)

/** What fails is answered and not thrown within a write: thrown, it would undo what others do in the same commit. */
export const attempt = <Result>(work: () => Result): { done: Result } | { error: AgoraError } => {
  try {
    return { done: work() }
  } catch (error) {
    if (error instanceof AgoraError) return { error }
    throw error
  }
}

/** The keeper's own side: gives out what one alone can have, one at a time, and ends it when its lease has run out. */
export function createGranting(parts: GrantingParts) {
  const { clock, key, database, spaces, telemetry, kinds, leaseMs, catchUp, isWaiting = () => false } = parts
  const book = keeperBook(database)
  /** By space: the epoch in which this node has begun to grant since it started. */
  const begun = new Map<string, number>()
  const beginning = new Map<string, Promise<void>>()
  let cancel: () => void = () => undefined
  let isRunning = false

  const isKeeper = (replica: Replica): boolean => standingIn(replica).keeper.node === key.did
  const isSame = (a: FencingToken, b: FencingToken): boolean => a[0] === b[0] && a[1] === b[1]
  const kindOf = (kind: string): Exclusive => {
    const found = kinds.find((one) => one.kind === kind)
    if (found) return found
    throw new AgoraError('invalid_input', `kind: this keeper knows nothing of the kind ${kind}.`, { field: 'kind' })
  }

  /** Takes up the work of a keeper once for each epoch, after having synchronised when it is new. */
  function begin(space: string): Promise<void> {
    const { node, epoch } = standingIn(spaces.replica(space)).keeper
    if (node !== key.did) throw notKeeper()
    if (isWaiting(space)) throw waiting()
    if (begun.get(space) === epoch) return Promise.resolve()
    const known = beginning.get(space)
    if (known) return known
    const work = takeUp(space).finally(() => beginning.delete(space))
    beginning.set(space, work)
    return work
  }

  async function takeUp(space: string): Promise<void> {
    const before = standingIn(spaces.replica(space)).keeper
    // Whoever began the project is its keeper from the first entry on, and knows of all it granted.
    if (before.epoch > 1 && (book.epoch(space)?.epoch ?? 0) < before.epoch) await catchUp?.(space)
    await spaces.write(space, (replica) => {
      const { node, epoch } = standingIn(replica).keeper
      if (node !== key.did) return
      const known = book.epoch(space)
      const counted = known?.epoch === epoch ? known.counter : 0
      const counter = Math.max(counted, ...kinds.map((kind) => kind.latest(replica, epoch)))
      book.setEpoch({ space, epoch, counter })
      for (const kind of kinds) {
        for (const { key, token } of kind.held(replica)) {
          if (!book.lease(space, kind.kind, key))
            book.put({ space, kind: kind.kind, key, token, until: clock.now() + leaseMs })
        }
      }
      database.afterCommit(() => begun.set(space, epoch))
    })
    plan()
  }

  async function acquire(
    space: string,
    ask: { kind: string; holder: string; wish: unknown; id: string },
  ): Promise<Granted> {
    const kind = kindOf(ask.kind)
    await begin(space)
    const outcome = await spaces.write(space, (replica) =>
      attempt((): Granted => {
        if (!isKeeper(replica)) throw notKeeper()
        const { epoch } = standingIn(replica).keeper
        const known = book.epoch(space)
        const counter = (known?.epoch === epoch ? known.counter : 0) + 1
        const token: FencingToken = [epoch, counter]
        const until = clock.now() + leaseMs
        const { holder, wish, id } = ask
        const { key: thing, entry } = kind.grant(replica, { author: key.did, holder, token, until, ask: id, wish })
        book.setEpoch({ space, epoch, counter })
        book.put({ space, kind: kind.kind, key: thing, token, until })
        return { key: thing, token, until, entry }
      }),
    )
    if ('error' in outcome) throw outcome.error
    plan()
    return outcome.done
  }

  /** Renews what `node`, or agents of it, have under these tokens. */
  async function renew(
    space: string,
    { kind: name, node, items }: { kind: string; node: string; items: { key: string; token: FencingToken }[] },
  ): Promise<Renewed> {
    const kind = kindOf(name)
    await begin(space)
    const answer: Renewed = { renewed: [], lost: [] }
    await database.write(() => {
      answer.renewed = []
      answer.lost = []
      const replica = spaces.replica(space)
      const until = clock.now() + leaseMs
      for (const { key, token } of items) {
        const holding = kind.current(replica, key)
        if (holding && nodeOf(holding.holder) === node && isSame(holding.token, token)) {
          book.put({ space, kind: name, key, token, until })
          answer.renewed.push({ key, until })
        } else answer.lost.push(key)
      }
    })
    plan()
    parts.onRenewed?.(space, name, answer.renewed)
    return answer
  }

  /** Within a write: ends what somebody has. What cannot be ended now is tried again. */
  function end(replica: Replica, kind: Exclusive, holding: Holding, because: EndReason): void {
    const lease = { space: replica.space, kind: kind.kind, key: holding.key, token: holding.token }
    const outcome = attempt(() => kind.end(replica, holding, because, key.did))
    if ('error' in outcome) {
      telemetry.log.warn(
        { ...lease, error: messageOf(outcome.error) },
        'what nobody holds any more could not be released',
      )
      book.put({ ...lease, until: clock.now() + leaseMs })
    } else book.remove({ ...lease, until: 0 })
  }

  async function lapse(): Promise<void> {
    const due = book.due(clock.now(), ENDED_AT_ONCE)
    for (const [space, leases] of Map.groupBy(due, (lease) => lease.space)) {
      // It may have been renewed, or ended, without this node's knowing.
      if (isWaiting(space)) await database.write(() => leases.map(renewed).forEach(book.put))
      else if (spaces.info(space)?.status === 'member') await spaces.write(space, (replica) => lapseIn(replica, leases))
      else await database.write(() => leases.forEach(book.remove))
    }
  }

  const renewed = (lease: Lease): Lease => ({ ...lease, until: clock.now() + leaseMs })

  function lapseIn(replica: Replica, leases: readonly Lease[]): void {
    for (const lease of leases) {
      // It may have been renewed since.
      const now = book.lease(lease.space, lease.kind, lease.key)
      if (!now || now.until > clock.now()) continue
      const kind = kinds.find((one) => one.kind === lease.kind)
      const holding = kind?.current(replica, lease.key)
      if (kind && holding && isSame(holding.token, lease.token) && isKeeper(replica))
        end(replica, kind, holding, 'lapsed')
      else book.remove(lease)
    }
  }

  /** Ends what is held by whoever may do nothing in the project now: it may have been suspended without anybody knowing of the grant. */
  async function endUnfit(space: string): Promise<void> {
    await spaces.write(space, (replica) => {
      const standing = standingIn(replica)
      if (standing.keeper.node !== key.did) return
      for (const kind of kinds) {
        for (const holding of [...kind.held(replica)]) {
          const member = standing.roleOf(holding.holder)
          if (!member || member.suspended) end(replica, kind, holding, 'suspended')
        }
      }
    })
  }

  /** Wakes when the next lease runs out. */
  function plan(): void {
    cancel()
    if (!isRunning) return
    const next = book.next()
    if (next !== undefined) cancel = clock.after(Math.max(0, next - clock.now()), () => void sweep())
  }

  async function sweep(): Promise<void> {
    try {
      await lapse()
      plan()
    } catch (error) {
      telemetry.log.error({ error: messageOf(error) }, 'leases that ran out could not be ended')
      if (isRunning) cancel = clock.after(RETRY, () => void sweep())
    }
  }

  return {
    acquire,
    renew,
    /** Until when something is its holder's, if this node keeps it. */
    until: (space: string, kind: string, key: string) => book.lease(space, kind, key)?.until,
    /** After the commit of entries that say who may do what: who keeps the project and who may hold anything can be another now. */
    async authorityChanged(space: string): Promise<void> {
      if (!isRunning || isWaiting(space) || !isKeeper(spaces.replica(space))) return
      await begin(space)
      await endUnfit(space)
    },
    async start(): Promise<void> {
      isRunning = true
      // While the keeper was away nobody could renew: that is not held against them.
      await database.write(() => book.spare(clock.now() + leaseMs))
      for (const { id, status } of spaces.list('project')) {
        if (status === 'member' && !isWaiting(id) && isKeeper(spaces.replica(id))) await begin(id)
      }
      plan()
    },
    stop(): void {
      isRunning = false
      cancel()
    },
  }
}

const notKeeper = (): AgoraError =>
  new AgoraError('keeper_unreachable', 'The node that was asked is not the keeper of this project any more.')

const waiting = (): AgoraError =>
  new AgoraError(
    'keeper_unreachable',
    'The keeper of this project was restored from a backup, and gives out nothing until other members have told it what it gave out since.',
    { hint: 'Try again in a moment. At the keeper, `agora restored` says who is waited for.' },
  )
