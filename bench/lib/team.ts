import { setTimeout as pause } from 'node:timers/promises'
import { befriend, type Daemon, type World } from './world.ts'

/** Daemons that are members of one project. */
export interface Team {
  project: string
  /** The owner's is the first. */
  members: Daemon[]
}

/** Ms that a log may take to come to all before that counts as failed. */
const PATIENCE = 120_000

/** Starts daemons, lets the first begin a project and all others join it as developers. All are connected to the first. */
export async function createTeam(world: World, names: readonly string[]): Promise<Team> {
  const [first = '', ...others] = names
  const owner = await world.start(first)
  const { id: project } = await owner.call<{ id: string }>('POST', '/projects', { name: 'bench' })
  const members = [owner]
  for (const name of others) {
    const member = await world.start(name)
    await befriend(owner, member)
    for (const [one, other] of [
      [owner, member],
      [member, owner],
    ] as const) {
      await one.call('PATCH', `/friends/${encodeURIComponent(other.info.did)}`, { trust_level: 2 })
    }
    const invitation = { project_id: project, peer_name: member.info.did, role: 'developer' }
    const { id } = await owner.call<{ id: string }>('POST', '/project-invitations', invitation)
    await until(async () => {
      const { items } = await member.call<{ items: { id: string }[] }>('GET', '/project-invitations')
      return items.some((item) => item.id === id)
    })
    await member.call('POST', `/project-invitations/${id}/accept`)
    members.push(member)
    await until(() => agree({ project, members }))
  }
  return { project, members }
}

/** The latest entry of a project's log on a node; undefined as long as it is not there. */
export async function latest({ call }: Daemon, project: string): Promise<string | undefined> {
  const { items } = await call<{ items: { id: string }[] }>('GET', `/projects/${project}/audit?limit=1`)
  return items[0]?.id
}

/** SHA-256 of a project's state on a node. */
export async function stateHash({ call }: Daemon, project: string): Promise<string | undefined> {
  type Exported = { head: { state_hash?: string } }
  return (await call<Exported>('GET', `/projects/${project}/export?limit=1`)).head.state_hash
}

async function agree({ project, members }: Team): Promise<boolean> {
  const hashes = await Promise.all(members.map((member) => stateHash(member, project).catch(() => undefined)))
  return hashes[0] !== undefined && hashes.every((hash) => hash === hashes[0])
}

/** Ms until all members have the same state. */
export async function converged(team: Team): Promise<number> {
  const began = performance.now()
  await until(() => agree(team))
  return performance.now() - began
}

/** Asks again and again, for it is asked of several processes, and each answer costs one of them time. */
export async function until(isSo: () => Promise<boolean>, every = 10): Promise<void> {
  const began = performance.now()
  while (!(await isSo())) {
    if (performance.now() - began > PATIENCE) throw new Error('what should have come about has not')
    await pause(every)
  }
}
