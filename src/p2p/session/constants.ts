export const SESSION_PROTOCOL = '/agora/session/1.0.0'

/** The version of the messages; another one is another protocol. */
export const SESSION_VERSION = 1
/** Versions of the whole that this node speaks; peers need one major version in common. */
export const PROTOCOL_VERSIONS = ['1.0']

/** Bytes of one frame: a hello of 256 agents fits, and nothing here needs more. */
export const SESSION_FRAME_MAX = 64 << 10
export const AGENTS_MAX = 256

/** From the opened connection to the peer's hello, in ms. */
export const HELLO_WITHIN = 10_000

/** Ms between heartbeats, and how many may be missing until a peer counts as stale, and until it is given up. */
export const HEARTBEAT_EVERY = 30_000
export const MISSED_STALE = 3
export const MISSED_CLOSE = 5

/** Frames of one session that are read without delay: per second on average, and at once. */
export const SESSION_FRAMES_PER_SECOND = 10
export const SESSION_FRAMES_BURST = 50

/** Friends looked for in one `locate`, and told of in one `located`. */
export const LOCATE_MAX = 512
export const LOCATED_MAX = 64
