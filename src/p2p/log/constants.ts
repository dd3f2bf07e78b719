export const LOG_PROTOCOL = '/agora/log/1.0.0'

/**
 * Three or four full frames: the signatures of one are checked while the entries of another are committed, so they must be here together. Its window is
 * twice as much (core/sync/sender.ts), so that the next are on their way meanwhile.
 */
export const LOG_READ_AHEAD = 1 << 20

/** Seconds' worth of entries that a peer may send at once: a node that was away for some days has what it missed without being held back. */
export const LOG_BURST_SECONDS = 8
