/** Bytes of what an acceptor answers: `{"ack":N}` and whatever a later version may add. */
export const ACK_FRAME_MAX = 1024

/** Seconds' worth of what a lane counts that a peer may send at once. */
export const BURST_SECONDS = 2

/** Streams of one lane a peer may have open on one connection: two, because a newer stream is there before the older that it replaces is gone. */
export const STREAMS_EACH = 2

/** Ms until a peer that does not speak a lane's protocol is asked again on the same connection: it would have to be another program by then. */
export const UNSPOKEN_PAUSE = 600_000
