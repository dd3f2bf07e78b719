import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { AgoraError } from '../../../src/base/errors.ts'
import type { ApiEvent, Client } from '../../../src/client/index.ts'
import { createLead, type News } from './lead.ts'
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
/** How long a page that does not hold the stream waits for what it was told of: another page may have told it of what never was. */
const CATCH_UP = 3000
/** Whatever the page that holds the stream says, each looks for itself now and then. It is use of its sign-in, too. */
const LOOK_AFTER = 5 * 60_000
/** A page that nobody sees hears nothing after so many ms, and goes on where it was when it is looked at. */
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
  /** How far the page that holds the stream has come. */
  let aim = 0
  /** Whether it said something since this one looked. */
  let isBehind = false
  let telling: number | undefined
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

  /** For the pages that hold no stream. */
  function tell(event: ApiEvent) {
    // What has a number of its own is told by it.
    if (event.seq === after) lead.tell({ passed: event.type })
  }
  function tellPosition() {
    if (telling === undefined)
      setTimeout(() => {
        if (telling !== undefined) lead.tell({ position: telling })
        telling = undefined
      })
    telling = after
  }
  function onNews(news: News) {
    if ('passed' in news) take({ seq: after ?? 0, at: new Date().toISOString(), type: news.passed })
    else if ('lost' in news || news.position !== after) {
      if ('position' in news) aim = news.position
      isBehind = true
      hurry?.()
    }
  }

  /**
   * Hears what happens: the page that leads from now on, another one up to where that has come.
   * Resolves with whether it is where it should be, or else was cut off.
   */
  async function follow(leads: boolean): Promise<boolean> {
    const reading = new AbortController()
    attempt = reading
    let isThere = false
    let quiet = setTimeout(() => reading.abort(), SILENCE)
    const heard = (seq: number) => {
      clearTimeout(quiet)
      after = seq
      become({ state: 'live' })
      isThere = !leads
      if (isThere && seq >= aim) return reading.abort()
      quiet = setTimeout(() => reading.abort(), leads ? SILENCE : CATCH_UP)
      if (!leads) return
      onHeard(true)
      tellPosition()
    }
    try {
      const options = {
        resume: false,
        signal: reading.signal,
        onPosition: heard,
        ...(after !== undefined && { after }),
      }
      for await (const event of client.events(options)) {
        if (leads) tell(event)
        take(event)
      }
    } finally {
      clearTimeout(quiet)
      if (leads) {
        onHeard(false)
        lead.tell({ lost: true })
      }
    }
    return isThere
  }

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  /** Until there may be something that this page has not heard. */
  async function waitForNews() {
    // What comes together is asked for once.
    await new Promise((resolve) => setTimeout(resolve, GATHER))
    if (!stopped && !resting && !isBehind && !lead.isMine()) await sleep(LOOK_AFTER)
  }

  async function rest() {
    lead.leave()
    await sleep(REST_FOR)
    if (stopped) return
    become({ state: 'connecting' })
    onSeen()
    await lead.join()
  }

  async function run() {
    let pause = FIRST_PAUSE
    await lead.join()
    while (!stopped) {
      if (resting) {
        await rest()
        continue
      }
      const began = performance.now()
      const leads = lead.isMine()
      isBehind = false
      try {
        if (await follow(leads)) {
          pause = FIRST_PAUSE
          await waitForNews()
          continue
        }
      } catch (error) {
        if (error instanceof AgoraError && error.code === 'unauthenticated') return onSignedOut()
      }
      if (stopped || resting || leads !== lead.isMine()) continue
      // What happened while nothing was heard is told when it comes back: `after` continues without a gap.
      if (performance.now() - began > LONGEST_PAUSE) pause = FIRST_PAUSE
      become({ state: 'offline', since: Date.now() })
      await sleep(pause * (0.5 + Math.random() / 2))
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  }
  const lead = createLead({
    silence: SILENCE,
    onNews,
    onTurn() {
      // Whoever led until now holds its stream no longer; whoever leads now opens one.
      if (!lead.isMine()) attempt?.abort()
      hurry?.()
    },
  })
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
      lead.leave()
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
