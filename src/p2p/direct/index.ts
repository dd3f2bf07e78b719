/** `/agora/direct/1.0.0`: each side opens a stream for the envelopes it sends, and is told on it how many the other side has kept. */
export { type Acceptor, createAcceptor } from './acceptor.ts'
export { BURST_SECONDS, DIRECT_PROTOCOL } from './constants.ts'
export { keepLink } from './opener.ts'
