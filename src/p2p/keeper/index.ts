import { type KeeperMessage, readKeeperMessage } from '../../contract/keeper-message.ts'
import type { Lane, MessagePort } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { messageLane } from '../lanes/index.ts'
import { KEEPER_FRAMES_PER_SECOND, KEEPER_PROTOCOL } from './constants.ts'

export { KEEPER_PROTOCOL } from './constants.ts'

/** `/agora/keeper/1.0.0`: members ask the keeper of a project for what only one may have. */
export const keeperLane = (parts: { port: MessagePort<KeeperMessage>; telemetry: Telemetry }): Lane =>
  messageLane({
    ...parts,
    protocol: KEEPER_PROTOCOL,
    name: 'keeper',
    counts: 'requests',
    perSecond: KEEPER_FRAMES_PER_SECOND,
    read: readKeeperMessage,
  })
