export const LOG_PROTOCOL = '/agora/log/1.0.0'

/** Seconds' worth of entries that a peer may send at once: a node that was away for some days has what it missed without being held back. */
export const LOG_BURST_SECONDS = 8
