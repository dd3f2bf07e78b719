import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { AgoraError } from '../../../src/base/errors.ts'
import type { ApiEvent, Client } from '../../../src/client/index.ts'
import { isTouched } from './touched.ts'

/** Whether the daemon's events reach this page, and since when they do not. */
export type LiveState = { state: 'connecting' } | { state: 'live' } | { state: 'offline'; since: number }

export interface Live {
  start(): void
  stop(): void
  state(): LiveState
  subscribe(listener: () => void): () => void
  /** Every event as it comes; returns the way to stop. */
  listen(listener: (event: ApiEvent) => void): () => void
}

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 10_000
/** The daemon says where it is every 15 s; a computer that slept does not notice that a connection is gone. */
const SILENCE = 40_000
/**
 * A browser gives all pages of one origin six connections. With a stream for each, the seventh page would not even load: so one that nobody sees rests
 * after so many ms, and goes on where it was when it is looked at.
 */
const REST_AFTER = 20_000
/** An open stream is use of the sign-in, so a page that rests comes up for a moment now and then. */
const REST_FOR = 6 * 3_600_000
/** Events of one deed come together; what they touch is asked for once. */
const GATHER = 80

export interface LiveParts {
  client: Client
  queries: QueryClient
  /** The token is not valid any more. */
  onSignedOut(): void
  /** Whether the daemon's events are heard from now on. */
  onHeard(isHeard: boolean): void
}

export function createLive({ client, queries, onSignedOut, onHeard }: LiveParts): Live {
  let current: LiveState = { state: 'connecting' }
  let stopped = true
  let after: number | undefined
  let attempt: AbortController | undefined
  let hurry: (() => void) | undefined
  let resting = false
  let restTimer: ReturnType<typeof setTimeout> | undefined
  let gathered: ApiEvent[] = []
  const watchers = new Set<() => void>()
  const listeners = new Set<(event: ApiEvent) => void>()

  const become = (next: LiveState) => {
    if (next.state === current.state) return
    current = next
    for (const watcher of watchers) watcher()
  }

  function refresh() {
    const events = gathered
    gathered = []
    void queries.invalidateQueries({
      predicate: ({ queryKey, meta }) => !meta?.['live'] && isTouched(queryKey, events),
    })
  }
  function take(event: ApiEvent) {
    for (const listener of listeners) listener(event)
    if (gathered.length === 0) setTimeout(refresh, GATHER)
    gathered.push(event)
  }

  async function follow(): Promise<void> {
    attempt = new AbortController()
    const { signal } = attempt
    let quiet = setTimeout(() => attempt?.abort(), SILENCE)
    const heard = (seq: number) => {
      clearTimeout(quiet)
      quiet = setTimeout(() => attempt?.abort(), SILENCE)
      after = seq
      onHeard(true)
      become({ state: 'live' })
    }
    try {
      const options = { resume: false, signal, onPosition: heard, ...(after !== undefined && { after }) }
      for await (const event of client.events(options)) take(event)
    } finally {
      clearTimeout(quiet)
      onHeard(false)
    }
  }

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function rest() {
    await sleep(REST_FOR)
    if (stopped) return
    become({ state: 'connecting' })
    onSeen()
  }

  async function run() {
    let pause = FIRST_PAUSE
    while (!stopped) {
      if (resting) {
        await rest()
        continue
      }
      const began = performance.now()
      try {
        await follow()
      } catch (error) {
        if (error instanceof AgoraError && error.code === 'unauthenticated') return onSignedOut()
      }
      if (stopped || resting) continue
      // What happened while nothing was heard is told when it comes back: `after` continues without a gap.
      if (performance.now() - began > LONGEST_PAUSE) pause = FIRST_PAUSE
      become({ state: 'offline', since: Date.now() })
      await sleep(pause * (0.5 + Math.random() / 2))
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  }
  /** Looked at again, or the network is back: now is the time to try. */
  const wake = () => {
    if (document.visibilityState === 'visible') hurry?.()
  }
  function onSeen() {
    clearTimeout(restTimer)
    resting = false
    if (document.visibilityState === 'visible') return wake()
    restTimer = setTimeout(() => {
      resting = true
      attempt?.abort()
    }, REST_AFTER)
  }

  return {
    start() {
      if (!stopped) return
      stopped = false
      document.addEventListener('visibilitychange', onSeen)
      window.addEventListener('online', wake)
      onSeen()
      void run()
    },
    stop() {
      stopped = true
      clearTimeout(restTimer)
      document.removeEventListener('visibilitychange', onSeen)
      window.removeEventListener('online', wake)
      attempt?.abort()
      hurry?.()
    },
    state: () => current,
    subscribe(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const useLiveState = (live: Live): LiveState => useSyncExternalStore(live.subscribe, live.state)

export function useEvents(live: Live, listener: (event: ApiEvent) => void): void {
  useEffect(() => live.listen(listener), [live, listener])
}
