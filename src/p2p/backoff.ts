import { BACKOFF_FIRST, BACKOFF_MAX } from './constants.ts'

/**
 * Ms to wait before attempt `attempt` (0 is the first after a loss): 1–2 s, then doubling to 30–60 s. The chance in it keeps
 * the peers of a node that restarts from coming back all at once.
 */
export const backoff = (attempt: number, random: () => number = Math.random): number =>
  Math.min(BACKOFF_MAX, BACKOFF_FIRST * 2 ** attempt) * (1 + random())
