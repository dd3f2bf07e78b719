import { type Clock, every } from '../base/clock.ts'
import { agentDid } from '../base/did.ts'
import type { Dispatch } from '../core/dispatch.ts'
import type { Output } from '../operations.ts'
import type { Home } from '../store/home.ts'
import { handOverAll } from './held-tasks.ts'
import { endedSession } from './session-name.ts'
import type { ToolContext } from './tool.ts'

const LOOK_EVERY = 30_000
/** Ms for which nothing is to be heard of an agent after its session is seen to have ended: clients start anew, and there are other ways to call than theirs. */
export const SILENT_FOR = 2 * 60_000

export interface EndedSessionsParts {
  clock: Clock
  home: Home
  dispatch: Pick<Dispatch, 'call'>
  /** Of the node. */
  did: string
  agents: { names(): string[]; silentFor(name: string): number }
  log: { warn(details: object, message: string): void }
}

/**
 * Looks now and then whether the program that an agent ran in has ended, with the MCP server that it had started. Then nobody works at what the agent has claimed:
 * it is handed over, and does not wait for the lease. A server that ended alone says nothing, for its client may go on by itself.
 */
export function watchEndedSessions({ clock, home, dispatch, did, agents, log }: EndedSessionsParts) {
  const seenAt = new Map<string, number>()
  const stopped = new AbortController()
  let looking: Promise<void> | undefined
  const stopLooking = every(clock, LOOK_EVERY, () => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  })

  async function look(): Promise<void> {
    for (const name of agents.names()) {
      const ended = endedSession(home, name)
      if (!ended) seenAt.delete(name)
      else if (await isOver(name)) ended.forget()
    }
  }

  /** Whether nothing is left to be done for a session that has ended. */
  async function isOver(name: string): Promise<boolean> {
    const since = seenAt.get(name) ?? clock.now()
    seenAt.set(name, since)
    if (clock.now() - since < SILENT_FOR || agents.silentFor(name) < SILENT_FOR) return false
    const actor = { kind: 'agent', did: agentDid(did, name), name } as const
    const call: ToolContext['call'] = async (operation, input) =>
      (await dispatch.call(operation, actor, input, stopped.signal)) as Output<typeof operation>
    try {
      await handOverAll(call, actor)
      return true
    } catch (error) {
      // Its lease still runs out, and the next look tries again.
      if (!stopped.signal.aborted) log.warn({ agent: name, error: String(error) }, 'what it held was not handed over')
      return false
    }
  }

  return {
    async stop(): Promise<void> {
      stopLooking()
      stopped.abort()
      await looking
    },
  }
}
