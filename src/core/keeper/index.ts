import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { every } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { AgoraError, type ErrorParts, messageOf } from '../../base/errors.ts'
import { EntryId, SpaceId } from '../../contract/entry.ts'
import { Did } from '../../contract/envelope.ts'
import { FencingToken, type KeeperAsk, type KeeperMessage } from '../../contract/keeper-message.ts'
import type { MessagePort } from '../network.ts'
import { createArrivals } from './arrivals.ts'
import { createAsking, TIPS_MAX } from './asking.ts'
import type { Holding } from './exclusive.ts'
import { attempt, createGranting, type Granted, type GrantingParts, type Renewed, standingIn } from './granting.ts'

export type { EndReason, Exclusive, Grant, Holding } from './exclusive.ts'
export { attempt, type Granted, type Renewed, standingIn } from './granting.ts'

export interface KeeperParts extends GrantingParts {
  /** Whether somebody of this node, an agent or its operator, is there: then what it holds is renewed. */
  isAlive(did: string): boolean
  /** Ms to wait for a keeper's answer. */
  timeout?: number
}

/** What one alone can have: asked for here, and given out here where this node is the keeper. */
export interface Keeper {
  port: MessagePort<KeeperMessage>
  /**
   * Asks the keeper of a space for something of a kind, for an agent or the operator of this node. What was granted is in the log here when this resolves,
   * unless that takes too long.
   * @throws AgoraError `keeper_unreachable`, or why it is not granted.
   */
  acquire(space: string, want: { kind: string; holder: string; wish: unknown }): Promise<Granted>
  /** Renews what this node and its agents hold. @throws AgoraError `keeper_unreachable` */
  renew(space: string, kind: string, items: { key: string; token: FencingToken }[]): Promise<Renewed>
  /** Until when something is its holder's, as far as this node was told; ms since the epoch. */
  until(space: string, kind: string, key: string): number | undefined
  /** A space that a backup brought has caught up: what was granted in it is known again. */
  settled(space: string): void
  start(): Promise<void>
  stop(): Promise<void>
  /** Resolves when nothing that was asked is being answered. */
  idle(): Promise<void>
}

const TIMEOUT = 5_000
/** Ms a keeper waits for entries that whoever asks has seen, and one that asks for the entry of the grant. */
const ARRIVAL = 2_000
/** Requests of one peer that are answered at the same time. */
export const ASKS_MAX = 500
/** Requests given up that are remembered, to give back what is granted on them all the same. */
const ABANDONED_MAX = 1_000
const TOLD_MAX = 10_000
const RENEWED_AT_ONCE = 500
const RENEWALS_PER_LEASE = 3

const Asked = z.looseObject({
  space: SpaceId,
  kind: z.string().max(64),
  tips: z.array(EntryId).max(TIPS_MAX).optional(),
})
const AcquireAsk = Asked.extend({ op: z.literal('acquire'), holder: Did, wish: z.unknown() })
const RenewAsk = Asked.extend({
  op: z.literal('renew'),
  items: z.array(z.looseObject({ key: z.string().max(1024), token: FencingToken })).max(RENEWED_AT_ONCE),
})
const Ask = z.discriminatedUnion('op', [AcquireAsk, RenewAsk])

/** Up to the end of the year 9999, the last that RFC 3339 can write. */
const Ms = z.int().min(0).max(253_402_300_799_999)
const Answers = {
  acquire: z.looseObject({ key: z.string(), token: FencingToken, until: Ms, entry: EntryId }),
  renew: z.looseObject({ renewed: z.array(z.looseObject({ key: z.string(), until: Ms })), lost: z.array(z.string()) }),
}

export function createKeeper(parts: KeeperParts): Keeper {
  const { clock, key, spaces, telemetry, kinds, leaseMs, isAlive, timeout = TIMEOUT } = parts
  const granting = createGranting(parts)
  const asking = createAsking({ clock, spaces, timeout, onGivenUp: abandon })
  const arrivals = createArrivals(parts)
  const abandoned = new Set<string>()
  const answering = new Map<string, number>()
  const running = new Set<Promise<unknown>>()
  /** What this node was told of leases that others keep. */
  const told = new Map<string, number>()
  let stopRenewing: () => void = () => undefined

  const track = (work: Promise<unknown>, what: string): void => {
    const tracked = work
      .catch((error) => telemetry.log.warn({ error: messageOf(error) }, what))
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }

  const keptHere = (space: string): boolean => standingIn(spaces.replica(space)).keeper.node === key.did
  const nameOf = (space: string, kind: string, thing: string): string => `${space} ${kind} ${thing}`

  function abandon(id: string, space: string): void {
    abandoned.add(id)
    track(giveBack(space), 'what was granted too late could not be given back')
    const [oldest] = abandoned
    if (abandoned.size > ABANDONED_MAX && oldest !== undefined) abandoned.delete(oldest)
  }

  function note(space: string, kind: string, thing: string, until: number): void {
    if (told.size >= TOLD_MAX) told.clear()
    told.set(nameOf(space, kind, thing), until)
  }

  async function acquire(space: string, want: { kind: string; holder: string; wish: unknown }): Promise<Granted> {
    if (keptHere(space)) return granting.acquire(space, { ...want, id: randomUUID() })
    const granted = await asking.ask(Answers.acquire, space, { op: 'acquire', ...want })
    note(space, want.kind, granted.key, granted.until)
    await arrivals.all(space, [granted.entry], ARRIVAL)
    return granted
  }

  async function renew(space: string, kind: string, items: { key: string; token: FencingToken }[]): Promise<Renewed> {
    if (keptHere(space)) return granting.renew(space, { kind, node: key.did, items })
    const answer = await asking.ask(Answers.renew, space, { op: 'renew', kind, items })
    for (const { key: thing, until } of answer.renewed) note(space, kind, thing, until)
    parts.onRenewed?.(space, kind, answer.renewed)
    return answer
  }

  /** Renews what those hold who are there, in the projects that `keeper` keeps, or in all. */
  async function renewAll(keeper?: string): Promise<void> {
    for (const { id: space, status } of spaces.list('project')) {
      const replica = spaces.replica(space)
      if (status !== 'member' || (keeper !== undefined && standingIn(replica).keeper.node !== keeper)) continue
      for (const kind of kinds) {
        const own = [...kind.held(replica)].filter(({ holder }) => nodeOf(holder) === key.did && isAlive(holder))
        for (let from = 0; from < own.length; from += RENEWED_AT_ONCE) {
          const items = own.slice(from, from + RENEWED_AT_ONCE).map(({ key: thing, token }) => ({ key: thing, token }))
          await renew(space, kind.kind, items).catch((error) =>
            telemetry.log.debug({ space, error: messageOf(error) }, 'what is held here was not renewed'),
          )
        }
      }
    }
  }

  /** Gives back what was granted on requests that were given up: who asked knows nothing of it. */
  async function giveBack(space: string): Promise<void> {
    const isUnknown = ({ ask: id }: Holding) => id !== undefined && abandoned.has(id)
    const replica = spaces.replica(space)
    if (!kinds.some((kind) => [...kind.held(replica)].some(isUnknown))) return
    await spaces.write(space, (log) => {
      for (const kind of kinds) {
        for (const holding of [...kind.held(log)].filter(isUnknown))
          attempt(() => kind.end(log, holding, 'released', holding.holder))
      }
    })
  }

  async function answer(did: string, { id, ...message }: KeeperAsk): Promise<void> {
    let outcome: Record<string, unknown>
    try {
      outcome = { result: await run(did, id, message) }
    } catch (error) {
      if (!(error instanceof AgoraError)) telemetry.log.error({ did, err: error }, 'a request to the keeper failed')
      outcome = { error: failureOf(error) }
    }
    await asking.link(did)?.send([{ ...outcome, type: 'keeper.answer', id }])
  }

  async function run(did: string, id: string, message: Record<string, unknown>): Promise<unknown> {
    const parsed = Ask.safeParse(message)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw new AgoraError('malformed', `${issue?.path.join('.')}: ${issue?.message}`)
    }
    const { space, kind, tips = [] } = parsed.data
    // It may speak of what it has just written, which comes on another lane.
    await arrivals.all(space, tips, ARRIVAL)
    if (!spaces.members(space).has(did)) throw new AgoraError('not_member', 'Who is no member can be granted nothing.')
    if (parsed.data.op === 'renew') return granting.renew(space, { kind, node: did, items: parsed.data.items })
    const { holder, wish } = parsed.data
    if (nodeOf(holder) !== did) throw new AgoraError('not_permitted', 'holder: is not of the node that asks.')
    return granting.acquire(space, { kind, holder, wish, id })
  }

  /** Whether a peer may be answered about a space at all: others are not told that there is one. */
  function isMember(did: string, space: unknown): boolean {
    return typeof space === 'string' && spaces.info(space) !== undefined && spaces.members(space).has(did)
  }

  spaces.onCommitted(({ space, kind, added, changed }) => {
    if (kind !== 'project') return
    const isAuthority = [...added, ...changed.map(({ entry }) => entry)].some(({ type }) => type.startsWith('project.'))
    if (isAuthority) track(granting.authorityChanged(space), 'the keeper could not follow who may do what')
    if (added.some(({ body }) => typeof body['ask'] === 'string' && abandoned.has(body['ask'])))
      track(giveBack(space), 'what was granted too late could not be given back')
  })

  return {
    acquire,
    renew,
    until: (space, kind, thing) =>
      keptHere(space) ? granting.until(space, kind, thing) : told.get(nameOf(space, kind, thing)),
    port: {
      async receive(did, messages) {
        for (const message of messages) {
          if (message.type === 'keeper.answer') {
            asking.answered(did, message)
            continue
          }
          const asks = answering.get(did) ?? 0
          if (asks >= ASKS_MAX || !isMember(did, message['space'])) {
            telemetry.count('frames_ignored', { what: 'keeper' })
            continue
          }
          answering.set(did, asks + 1)
          const done = () => void answering.set(did, (answering.get(did) ?? 1) - 1)
          track(answer(did, message).finally(done), 'an answer of the keeper was lost')
        }
        return { close: false }
      },
      linkUp(did, link) {
        asking.linkUp(did, link)
        track(renewAll(did), 'what is held here was not renewed')
      },
      linkAcknowledged: () => undefined,
      linkDown(did, link) {
        if (asking.linkDown(did, link)) answering.delete(did)
      },
    },
    settled(space) {
      if (spaces.info(space)?.kind === 'project')
        track(granting.authorityChanged(space), 'the keeper could not take up its work')
    },
    async start() {
      await granting.start()
      stopRenewing = every(clock, leaseMs / RENEWALS_PER_LEASE, () => track(renewAll(), 'nothing was renewed'))
      track(renewAll(), 'nothing was renewed')
    },
    async stop() {
      stopRenewing()
      granting.stop()
      asking.stop()
      await Promise.all(running)
    },
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

function failureOf(error: unknown): { code: string; message: string } & Pick<ErrorParts, 'field'> {
  if (!(error instanceof AgoraError)) return { code: 'internal', message: 'The keeper could not do this.' }
  return { code: error.code, message: error.message, ...(error.field === undefined ? {} : { field: error.field }) }
}
