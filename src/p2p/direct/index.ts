import type { Inbound, Lane, LinkListener } from '../../core/network.ts'
import { DIRECT_PROTOCOL } from './constants.ts'

export { DIRECT_PROTOCOL } from './constants.ts'

/** `/agora/direct/1.0.0`: envelopes, each a frame. */
export const directLane = (parts: { inbound: Inbound; links: LinkListener; perSecond: number }): Lane => ({
  ...parts,
  protocol: DIRECT_PROTOCOL,
  name: 'direct',
  counts: 'envelopes',
})
