import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { ApiEvent } from '../../../src/client/index.ts'
import { type Live, type LiveState, useEvents, useLiveState } from './live.ts'

interface Page {
  live: Live
  signOut(): void
}
const LiveContext = createContext<Page | undefined>(undefined)

export function LiveProvider({ live, signOut, children }: Page & { children: ReactNode }) {
  const page = useMemo(() => ({ live, signOut }), [live, signOut])
  return <LiveContext.Provider value={page}>{children}</LiveContext.Provider>
}

function usePage(): Page {
  const page = useContext(LiveContext)
  if (!page) throw new TypeError('there are no events above this component')
  return page
}

/** Whether events reach this page now. */
export const useLink = (): LiveState => useLiveState(usePage().live)
export const useSignOut = (): (() => void) => usePage().signOut
/** Hears every event; `listener` should be stable (useCallback). Only for what the general refreshing cannot do. */
export const useEach = (listener: (event: ApiEvent) => void): void => useEvents(usePage().live, listener)
