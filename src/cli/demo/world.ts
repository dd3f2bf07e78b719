import { setTimeout as pause } from 'node:timers/promises'
import { AgoraError } from '../../base/errors.ts'
import type { Task } from '../../capabilities/tasks/schema.ts'
import { type ApprovalPendingError, type Client, createClient } from '../../client/index.ts'
import type { AgentName } from './cast.ts'
import type { Repository } from './repository.ts'
import type { Piece, Theme } from './themes.ts'

export type Call = Client['call']

/** A node of the world, with its operator's client. */
export interface Seat {
  name: string
  did: string
  url: string
  call: Call
  /** Answers what `probe` finds; asked again whenever something happens at this node. @throws AgoraError `timed_out` */
  until<Found>(what: string, probe: () => Promise<Found | undefined>): Promise<Found>
}

export interface Agent {
  name: AgentName
  did: string
  seat: Seat
  call: Call
}

/** A task of the script's own. */
export interface Job {
  id: string
  title: string
  round: number
  theme: Theme
  kind: 'code' | 'tests' | 'docs'
  piece?: Piece
  /** Begun by one agent and handed over to another. */
  handedOver?: boolean
  /** Is sent back at the first review, and how often it was done. */
  sentBack?: boolean
  passes: number
}

export interface World {
  seats: Seat[]
  agents: Record<AgentName, Agent>
  project: string
  /** Without one the agents only say that they write. */
  repository: Repository | undefined
  /** Tasks of the script, by their ids. */
  jobs: Map<string, Job>
  /** Tasks handed over, by who is to take them. */
  handed: Map<AgentName, Task['id'][]>
  /** What the script itself had operators say: messages and entries. Whatever else a person says is a newcomer's. */
  said: Set<string>
  signal: AbortSignal
}

/** Ms to wait for what another node is to do. */
const PATIENCE = 60_000
const LOOK_AGAIN = 300

/** A client's calls, ended by `signal`. */
export const callsOf = (client: Client, signal: AbortSignal): Call =>
  ((name: never, input: never) => client.call(name, input, { signal })) as Call

export async function seatOf({ url, token }: { url: string; token: string }, signal: AbortSignal): Promise<Seat> {
  const client = createClient({ url, token })
  const call = callsOf(client, signal)
  const { name, did } = await call('node.status', {})
  let next = Promise.withResolvers<void>()
  const follow = async () => {
    for await (const _ of client.events({ signal })) {
      next.resolve()
      next = Promise.withResolvers()
    }
  }
  // Without events it is only slower: `until` looks again by itself.
  void follow().catch(() => undefined)
  return {
    ...{ name, did, url, call },
    async until(what, probe) {
      const end = performance.now() + PATIENCE
      for (;;) {
        const { promise } = next
        const found = await probe()
        if (found !== undefined) return found
        if (performance.now() > end) throw new AgoraError('timed_out', `${name} waited in vain for ${what}.`)
        await Promise.race([promise, pause(LOOK_AGAIN, undefined, { signal })])
      }
    },
  }
}

/** How one agent names another in a room. */
export const mention = (who: Agent, from: { seat: Seat }): string =>
  who.seat === from.seat ? `@${who.name}` : `@${who.name}@${who.seat.name}`

/** The task or whatever else, as a short quotation. */
export const quoted = (title: string): string => `“${title}”`

/** One thing that was done, to be told. */
export interface Beat {
  who: string
  text: string
  /** Why it could not be done. */
  failed?: { code: string; reason: string }
}

/** Does something and tells it, by `text` or by what `act` answers; what the daemon refuses is told, too, for whoever watches may have intervened. */
export async function beat(who: { name: string }, text: string, act: () => Promise<unknown>): Promise<Beat> {
  try {
    const told = await act()
    return { who: who.name, text: typeof told === 'string' ? told : text }
  } catch (error) {
    if (!(error instanceof AgoraError)) throw error
    return { who: who.name, text, failed: { code: error.code, reason: error.message } }
  }
}

/** Asks for what only a person may do. Answers whether it waits for one now. */
export async function ask(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act()
    return false
  } catch (error) {
    if (error instanceof AgoraError && 'approval' in (error as ApprovalPendingError)) return true
    throw error
  }
}

/** Resolves when every node has the latest entry of the project; not for ever, for a newcomer may have cut one off. */
export async function together({ seats, project, signal }: World): Promise<void> {
  const newest = async ({ call }: Seat) => (await call('audit.list', { project_id: project, limit: 1 })).items[0]?.id
  const end = performance.now() + 3000
  while (performance.now() < end) {
    const heads = await Promise.all(seats.map(newest))
    if (heads.every((head) => head === heads[0])) return
    await pause(10, undefined, { signal })
  }
}
