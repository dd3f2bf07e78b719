/**
 * A lane is a protocol on which each side opens a stream for the frames it sends, and is told on it how many the other side has kept. Several run
 * beside each other, each with its own order, its own limits and its own backpressure.
 */
export { type Acceptor, createAcceptor } from './acceptor.ts'
export { BURST_SECONDS, STREAMS_EACH } from './constants.ts'
export { messageLane } from './message-lane.ts'
export { keepLink } from './opener.ts'
