export const DIRECT_PROTOCOL = '/agora/direct/1.0.0'

/** Bytes of what an acceptor answers: `{"ack":N}` and whatever a later version may add. */
export const ACK_FRAME_MAX = 1024

/** Seconds' worth of envelopes that a peer may send at once. */
export const BURST_SECONDS = 2
