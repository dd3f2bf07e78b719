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

/** Ms for one address to answer and be secured, and for all of one dial. On a busy machine libp2p's 6 s are too few; the other side waits for 10. */
export const ADDRESS_WITHIN = 10_000
export const DIAL_WITHIN = 30_000

/** Ms after which the next address is dialled beside those that have not answered yet. */
export const DIAL_STAGGER = 300

/** Addresses a node tells of itself, or of somebody else. */
export const ADDRESSES_TOLD = 16

/** New addresses taken from one teller: so many at once, then one a minute. */
export const TOLD_AT_ONCE = 64
export const TOLD_PER_SECOND = 1 / 60

/** Ms to wait after each failure at an address that only was told; after one more it is given up. */
export const TRIES = [60_000, 600_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000]
/** Ms for which nothing is learned of an address that was given up; where the operator gave it, and another node answers, it is dialled again after so many. */
export const GIVEN_UP_FOR = 24 * 3_600_000
export const GIVEN_PAUSE = 3_600_000

/** Of the addresses where a peer answered once, so many are dialled every time; the others after such a pause (ms) at most. */
export const ALWAYS_TRIED = 2
export const OLD_PAUSE_MAX = 600_000

/** What is remembered of addresses that did not answer, and of who tells them, in entries. */
export const TRIED_MAX = 4096
export const TELLERS_MAX = 1024

/** Ms between two times that one peer is asked where friends are, or may ask; it may ask so often at once. */
export const LOCATE_EVERY = 10_000
export const LOCATE_AT_ONCE = 6

/** Addresses told of one friend, and friends told of in one frame, which then fits. */
export const LOCATED_ADDRESSES = 8
export const LOCATED_ITEMS = 16

/** The name under which nodes are found on the local network, how often (ms) they are asked for, and how many addresses fit an answer. */
export const MDNS_SERVICE = '_agora._udp.local'
export const MDNS_EVERY = 30_000
export const MDNS_ADDRESSES = 8
