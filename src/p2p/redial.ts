import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { Log } from '../core/telemetry.ts'
import { backoff } from './backoff.ts'
import { BACKOFF_MAX, STEADY_AFTER } from './constants.ts'

const ADDRESSES_MAX = 8

/** Whom to be connected to: known by DID, or at first only by an address. */
interface Target {
  did: string | undefined
  /** Those the operator gave, or reached it by. */
  addresses: string[]
  attempt: number
  connectedAt: number | undefined
  cancel: () => void
  dialling: AbortController | undefined
  /** Asked for while it was being dialled: there may be more to try. */
  again: boolean
}

export interface RedialParts {
  clock: Clock
  log: Log
  random: () => number
  isConnected(did: string): boolean
  /** Whether there is an address to dial now, of these and those known of `did`. */
  canDial(addresses: string[], did: string | undefined): boolean
  /** Dials these addresses, and those known of `did`, until it (or, without a DID, anyone) answers; resolves with who it was. */
  dial(addresses: string[], did: string | undefined, signal: AbortSignal): Promise<string>
}

/** Dials again whom the node wants to be connected to, with backoff and jitter, until told to forget them. */
export interface Redialer {
  /** Dials this address now and until somebody answers; from then on that peer is wanted. */
  want(address: string): void
  /** From now on this peer is dialled again whenever it is lost. */
  wantPeer(did: string, addresses: string[]): void
  /** Dials a wanted peer without waiting. */
  dialNow(did: string): void
  connected(did: string): void
  lost(did: string): void
  forget(did: string): void
  /** The same, unless the operator said where it is. */
  release(did: string): void
  stop(): void
}

export function createRedialer({ clock, log, random, isConnected, canDial, dial }: RedialParts): Redialer {
  const targets = new Set<Target>()
  let stopped = false

  const find = (did: string) => [...targets].find((target) => target.did === did)

  const add = (did: string | undefined, addresses: string[]): Target => {
    const target: Target = {
      did,
      addresses,
      attempt: 0,
      connectedAt: undefined,
      cancel: () => undefined,
      dialling: undefined,
      again: false,
    }
    targets.add(target)
    return target
  }

  const drop = (target: Target) => {
    targets.delete(target)
    target.cancel()
    target.dialling?.abort()
  }

  const schedule = (target: Target, ms = backoff(target.attempt++, random)): number => {
    target.cancel()
    target.cancel = clock.after(ms, () => void attempt(target))
    return ms
  }

  async function attempt(target: Target): Promise<void> {
    if (stopped || target.dialling || (target.did !== undefined && isConnected(target.did))) return
    if (!canDial(target.addresses, target.did)) return void schedule(target, BACKOFF_MAX)
    const dialling = new AbortController()
    target.dialling = dialling
    target.again = false
    try {
      const did = await dial(target.addresses, target.did, dialling.signal)
      target.dialling = undefined
      if (!targets.has(target)) return
      reached(target, did)
    } catch (error) {
      target.dialling = undefined
      if (!targets.has(target)) return
      if (target.again) return void attempt(target)
      const level = target.attempt === 0 ? 'warn' : 'debug'
      const ms = schedule(target)
      log[level](
        { addresses: target.addresses, error: messageOf(error), retry_in_ms: Math.round(ms) },
        'could not connect; trying again',
      )
    }
  }

  /** Somebody answered: whom an address leads to is known now, and may be wanted already. */
  function reached(target: Target, did: string): void {
    const known = find(did)
    if (known && known !== target) {
      known.addresses = [...new Set([...known.addresses, ...target.addresses])]
      targets.delete(target)
    }
    const kept = known ?? target
    kept.did = did
    kept.connectedAt ??= clock.now()
    // It may have been lost again while the dial was being finished.
    if (!isConnected(did)) schedule(kept)
  }

  return {
    want(address) {
      void attempt(add(undefined, [address]))
    },
    wantPeer(did, addresses) {
      const target = find(did) ?? add(did, [])
      target.addresses = [...new Set([...addresses, ...target.addresses])].slice(0, ADDRESSES_MAX)
      if (isConnected(did)) target.connectedAt ??= clock.now()
    },
    dialNow(did) {
      const target = find(did)
      if (target?.dialling) target.again = true
      else if (target) void attempt(target)
    },
    connected(did) {
      const target = find(did)
      if (target) target.connectedAt = clock.now()
    },
    lost(did) {
      const target = find(did)
      if (!target || stopped) return
      // One that went as quickly as it came is dialled more and more rarely.
      if (target.connectedAt !== undefined && clock.now() - target.connectedAt >= STEADY_AFTER) target.attempt = 0
      target.connectedAt = undefined
      schedule(target)
    },
    forget(did) {
      const target = find(did)
      if (target) drop(target)
    },
    release(did) {
      const target = find(did)
      if (target?.addresses.length === 0) drop(target)
    },
    stop() {
      stopped = true
      for (const target of [...targets]) drop(target)
    },
  }
}
