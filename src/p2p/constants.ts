/** Where a node listens, and where it is looked for when an address names no port. */
export const DEFAULT_PORT = 7312

/** Yamux would let a window grow to 16 MiB, four times what a stream may hold unread, and then reset the stream. In bytes. */
export const STREAM_WINDOW = 1 << 20

/** Unread bytes of one stream at which reading pauses; the sender may have one window more on its way. */
export const READ_AHEAD = 256 << 10

/** Bytes handed to a stream at once: enough that the cost of a send vanishes, little enough to wait for. */
export const SEND_AHEAD = 128 << 10

/** A batch of frames holds at most so many, and so many bytes (or one frame). */
export const BATCH_FRAMES = 256
export const BATCH_BYTES = 1 << 20

/** Pause before dialling again, or opening a stream again: this at first, doubled each time, in ms. Up to as much again is added by chance. */
export const BACKOFF_FIRST = 1000
export const BACKOFF_MAX = 30_000

/** New connections a second from one host. libp2p's 5 are soon reached by several nodes on one machine. */
export const CONNECTIONS_PER_HOST = 20

/** A connection that held this long (ms) was a good one: the next backoff begins anew. */
export const STEADY_AFTER = 60_000
