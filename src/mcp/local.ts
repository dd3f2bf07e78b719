import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../authority/may.ts'
import type { Clock } from '../base/clock.ts'
import { AgoraError } from '../base/errors.ts'
import { ApprovalPending, type Dispatch } from '../core/dispatch.ts'
import { agentInbox, EVERY_AGENT, type Events, OPERATOR_INBOX } from '../core/events.ts'
import type { Output } from '../operations.ts'
import { createMcpEndpoint, type McpCaller } from './http.ts'
import { createMcpServer } from './server.ts'
import { ApprovalAsked } from './tool.ts'

export interface LocalMcpParts {
  clock: Clock
  dispatch: Dispatch
  events: Events
  /** The node's name. */
  node: string
  version: string
}

/** Whoever showed a token, and whether it still holds. */
export interface TokenHolder {
  actor: Actor
  stillValid(): boolean
  /** @throws AgoraError `unauthenticated` when it does not. */
  assertStillValid(): void
}

export interface LocalMcp {
  handle(req: IncomingMessage, res: ServerResponse, body: unknown, holder: TokenHolder): Promise<void>
  stop(): Promise<void>
}

/** `/mcp` of the daemon: every call is dispatched as whoever's token was shown. */
export function createLocalMcp({ clock, dispatch, events, node, version }: LocalMcpParts): LocalMcp {
  const endpoint = createMcpEndpoint({
    clock,
    serverFor: ({ me, call, events: follow }, profile) =>
      createMcpServer({ ...{ call, version, clock, profile }, events: follow, me: async () => me }),
  })

  function callerOf({ actor, stillValid, assertStillValid }: TokenHolder): McpCaller {
    if (actor.kind !== 'agent' && actor.kind !== 'operator')
      throw new AgoraError('unauthenticated', 'This call needs a token.')
    const inbox = actor.kind === 'agent' ? agentInbox(actor.name) : OPERATOR_INBOX
    return {
      me: {
        did: actor.did,
        name: actor.kind === 'agent' ? actor.name : node,
        node,
        isOperator: actor.kind === 'operator',
      },
      async call(name, input, signal) {
        assertStillValid()
        const answer = await dispatch.call(name, actor, input, signal)
        // It may have waited for minutes; what it found is not for whoever has lost the token meanwhile.
        assertStillValid()
        if (answer instanceof ApprovalPending) throw new ApprovalAsked(answer.approval)
        return answer as Output<typeof name>
      },
      stillValid,
      events: (listener) =>
        events.subscribe((event) => {
          if (event.inbox === inbox || event.inbox === EVERY_AGENT) listener({ type: event.type, data: event.data })
        }),
    }
  }
  return {
    handle: (req, res, body, holder) => endpoint.handle(req, res, body, callerOf(holder)),
    stop: endpoint.stop,
  }
}
