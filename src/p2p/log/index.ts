import { type LogMessage, readLogMessage } from '../../contract/log-message.ts'
import type { Lane, MessagePort } from '../../core/network.ts'
import type { Telemetry } from '../../core/telemetry.ts'
import { messageLane } from '../lanes/index.ts'
import { LOG_BURST_SECONDS, LOG_PROTOCOL, LOG_READ_AHEAD } from './constants.ts'

export { LOG_BURST_SECONDS, LOG_PROTOCOL } from './constants.ts'

/** `/agora/log/1.0.0`: the logs of spaces, from member to member. `perSecond` counts entries, and those folded again for them. */
export const logLane = (parts: { port: MessagePort<LogMessage>; perSecond: number; telemetry: Telemetry }): Lane =>
  messageLane({
    ...parts,
    protocol: LOG_PROTOCOL,
    name: 'log',
    counts: 'entries',
    burst: parts.perSecond * LOG_BURST_SECONDS,
    readAhead: LOG_READ_AHEAD,
    read: readLogMessage,
  })
