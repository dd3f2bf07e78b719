import { createClient } from '../../client/index.ts'
import { type AgentName, agentNames, cast, nodeRoles } from './cast.ts'
import { conversations, sideShow } from './prologue.ts'
import type { Repository } from './repository.ts'
import { play, type Step } from './script.ts'
import { type Agent, callsOf, type Seat, seatOf, type World } from './world.ts'

/** A running node with its operator's token. */
export interface SeedNode {
  url: string
  token: string
}

export interface SeedOptions {
  /** Two or three; the first owns the project. They must reach each other. */
  nodes: readonly SeedNode[]
  /** One more, of whom the first knows nothing: a stranger that writes, and asks to be a friend. May be stopped afterwards. */
  visitor?: SeedNode
  repository?: Repository
  /** Makes the first node's operator an owner. */
  passphrase?: string
  /** How far the work has come when this resolves: so many steps of the second round of it. */
  steps?: number
  signal?: AbortSignal
}

export interface SeededWorld extends World {
  /** What happens next, step by step, without end. */
  play: AsyncGenerator<Step, never>
}

/** Steps of the second round that are taken before anybody looks: the board then shows work of every kind. */
const STEPS = 15

/**
 * Makes a believable world of nodes that know nothing yet: friends, agents, a project with its team, rooms, decisions, work that is done and work that is under way, and a
 * few things that wait for the first operator. All of it through the API, as it would come about.
 */
export async function seedWorld(options: SeedOptions): Promise<SeededWorld> {
  const { nodes, visitor, repository, passphrase, steps = STEPS, signal = new AbortController().signal } = options
  const seats = await Promise.all(nodes.map((node) => seatOf(node, signal)))
  const [home] = seats as [Seat]
  const [guest] = await Promise.all([
    visitor && seatOf(visitor, signal).then((seat) => visit(seat, home)),
    befriend(seats),
    passphrase !== undefined && home.call('owner.init', { passphrase }),
  ])
  const agents = await register(seats, signal)
  const project = await team(seats, agents, repository?.url)
  const world: World = {
    ...{ seats, agents, project, repository, signal },
    jobs: new Map(),
    handed: new Map(),
    said: new Set(),
  }
  await conversations(world)
  await sideShow(world, guest)
  const playing = play(world)
  for (let taken = 0; taken < steps; ) {
    const { value } = await playing.next()
    if (value.round > 1) taken++
  }
  return { ...world, play: playing }
}

/** Everybody with everybody, each side by itself. */
async function befriend(seats: readonly Seat[]): Promise<void> {
  const pairs = seats.flatMap((one, index) => seats.slice(index + 1).map((other) => [one, other] as const))
  for (const [one, other] of pairs) {
    const { addresses } = await other.call('node.status', {})
    await one.call('node.connect', { address: addresses[0] ?? '' })
    await other.until(`a connection of ${one.name}`, async () => {
      const { items } = await other.call('node.peers', {})
      return items.find(({ did }) => did === one.did)
    })
    // Whoever is asked for more gives it: the first trusts the second with its agents.
    const trust = one === seats[0] && other === seats[1] ? 3 : 2
    await one.call('friends.add', { did: other.did, trust_level: trust, message: `It is ${one.name}.` })
    await other.call('friends.add', { did: one.did, trust_level: one === seats[0] ? 3 : 2 })
    for (const [self, friend] of [
      [one, other],
      [other, one],
    ] as const) {
      await self.until(`the trust of ${friend.name}`, async () => {
        const known = await self.call('friends.show', { name: friend.did })
        return known.their_trust !== undefined && !known.requested ? known : undefined
      })
    }
  }
  const [first, second] = seats
  if (first && second) await first.call('friends.verify', { name: second.did, verified: true })
}

async function register(seats: readonly Seat[], signal: AbortSignal): Promise<Record<AgentName, Agent>> {
  const agents = agentNames.map(async (name) => {
    const { kind, capabilities, seat: place } = cast[name]
    const seat = seats[place % seats.length] as Seat
    const { did, token } = await seat.call('agents.register', {
      ...{ name, kind, model: 'scripted' },
      capabilities: {
        domains: [...capabilities.domains],
        tools: [...capabilities.tools],
        languages: [...capabilities.languages],
      },
    })
    const call = callsOf(createClient({ url: seat.url, token }), signal)
    return [name, { name, did, seat, call }] as const
  })
  return Object.fromEntries(await Promise.all(agents)) as Record<AgentName, Agent>
}

/** The project, and everybody in it by invitation. */
async function team(seats: Seat[], agents: Record<AgentName, Agent>, repo: string | undefined): Promise<string> {
  const [home, ...others] = seats as [Seat, ...Seat[]]
  const { id: project_id } = await home.call('projects.create', {
    name: 'pocket',
    description: 'A small library of helpers for words, numbers, lists and times. No dependencies.',
    ...(repo === undefined ? {} : { repo }),
  })
  for (const seat of others) {
    const role = nodeRoles[seats.indexOf(seat)]
    await home.call('invitations.send', {
      ...{ project_id, peer_name: seat.did },
      role: role === 'owner' || role === undefined ? 'developer' : role,
      message: 'We begin with words; numbers and lists come next.',
    })
    const invitation = await invited(seat, seat.call, project_id, seat.did)
    await seat.call('invitations.accept', { id: invitation })
    await seat.until('the project', async () => {
      const { items } = await seat.call('projects.list', {})
      return items.find(({ id, status }) => id === project_id && status === 'member')
    })
  }
  for (const agent of Object.values(agents)) {
    const { role } = cast[agent.name]
    if (agent.seat === home) {
      await home.call('projects.role', { project_id, name: agent.did, role })
      continue
    }
    await home.call('invitations.send', { project_id, peer_name: agent.did, role })
    await agent.call('invitations.accept', { id: await invited(agent.seat, agent.call, project_id, agent.did) })
  }
  return project_id
}

const invited = (seat: Seat, call: Seat['call'], project: string, to: string): Promise<string> =>
  seat.until('an invitation', async () => {
    const { items } = await call('invitations.list', { project })
    return items.find((one) => one.to.did === to)?.id
  })

/** A stranger comes by. Answers who it was, when all it has to say is where it is to go. */
async function visit(visitor: Seat, home: Seat): Promise<Seat> {
  const { addresses } = await home.call('node.status', {})
  await visitor.call('node.connect', { address: addresses[0] ?? '' })
  await visitor.call('messages.send', {
    to: home.did,
    body: 'Hello! I read about pocket and have a parser for durations that you may want. Shall I send it?',
    wait_for: 'stored',
    timeout: 20,
  })
  await visitor.call('friend_requests.send', {
    peer_name: home.did,
    trust_level: 2,
    message: `I am ${visitor.name}. We met at the library.`,
  })
  await home.until('a friend request', async () => {
    const { items } = await home.call('friend_requests.list', { direction: 'in' })
    return items.find(({ did }) => did === visitor.did)
  })
  return visitor
}
