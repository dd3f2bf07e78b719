import { AgoraError } from '../../src/base/errors.ts'
import { random } from './random-work.ts'
import { begun, type signedProject, uuid } from './signed-project.ts'

type Project = ReturnType<typeof signedProject>

export interface Crew {
  /** Nodes, and agents on each. */
  nodes: number
  agents: number
  /** That each agent tries. */
  operations: number
  seed: number
}

export interface Worked {
  project: Project
  /** In the log at the end, and how many of them count. */
  entries: number
  counting: number
  /** Attempts that their own node refused. */
  refused: number
  /** Ms until all had been written, and then until all nodes had everything and the same state. */
  wrote: number
  converged: number
  hashes: Set<string>
}

type Deed = [author: string, type: string, facts: Record<string, unknown>]

const roles = ['overseer', 'developer', 'tester', 'developer']
const stages = ['investigation', 'implementation', 'implementation', 'integration', 'review']
const statuses = ['todo', 'in_progress', 'done', 'blocked']

/**
 * Agents on several nodes of one project at random work, while the network between their nodes falls into parts and comes together again. Signatures and
 * folds are real; the network is not there.
 */
export function membersAtWork({ nodes, agents, operations, seed }: Crew): Worked {
  const next = random(seed)
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item
  const names = ['alice', ...Array.from({ length: nodes - 1 }, (_, index) => `node${index}`)]
  const p = begun(Object.fromEntries(names.slice(1).map((name, index) => [name, roles[index % roles.length] ?? ''])))
  const crew = names.flatMap((node) =>
    Array.from({ length: agents }, (_, index) => ({ author: `agent-${index}@${node}`, node, left: operations })),
  )
  const tasks: string[] = []
  let parts = new Map<string, number>()
  let refused = 0

  function deed({ author, node }: { author: string; node: string }): Deed {
    const task = tasks.length === 0 ? uuid(0) : pick(tasks)
    const other = pick(crew).author
    const by = (type: string, facts: Record<string, unknown>): Deed => [author, type, facts]
    const dice = next()
    if (dice < 0.25) {
      const id = p.thing()
      tasks.push(id)
      return by('task.create', { id, title: `t ${id}`, priority: 'medium', labels: [], depends_on: [] })
    }
    if (dice < 0.4) return by('task.update', { task, status: pick(statuses) })
    if (dice < 0.5) return by('task.update', { task, title: `u ${Math.floor(next() * 1000)}` })
    if (dice < 0.55) return by('task.update', { task, depends_on: [pick(tasks) ?? task] })
    if (dice < 0.6) return by('task.complete', { task })
    if (dice < 0.63) return by('task.delete', { task })
    if (dice < 0.7) return by('task.comment', { task, texts_hash: p.space })
    if (dice < 0.85) return by('room.message', { room: 'main', mentions: [], texts_hash: p.space })
    if (dice < 0.9) return by(pick(['project.clock_in', 'project.clock_out']), {})
    if (dice < 0.93) return by('decision.record', { id: p.thing(), title: 'd' })
    // What leads is done by the operator of the node, if it may.
    if (dice < 0.935) return [node, 'project.suspend', { who: p.did(other) }]
    if (dice < 0.98) return [node, 'project.unsuspend', { who: p.did(other) }]
    if (dice < 0.99) return [node, 'project.role', { who: p.did(other), role: pick(['developer', 'tester']) }]
    return [node, 'project.stage', { stage: pick(stages) }]
  }

  const began = performance.now()
  for (let working = crew; working.length > 0; working = working.filter(({ left }) => left > 0)) {
    for (let turn = 0; turn < 50; turn++) {
      const who = pick(working)
      if (who.left === 0) continue
      who.left--
      try {
        p.write(...deed(who))
      } catch (error) {
        if (!(error instanceof AgoraError)) throw error
        refused++
      }
      if (next() < 0.02) parts = new Map(names.map((name) => [name, Math.floor(next() * 3)]))
      const [from, to] = [pick(names), pick(names)]
      if (from !== to && parts.get(from) === parts.get(to) && next() < 0.5) p.send(from, to)
    }
  }
  const written = performance.now()
  p.heal(...names)
  const hashes = new Set(names.map((name) => p.node(name).replica.stateHash()))
  const healed = performance.now()
  const { replica } = p.node('alice')
  const counting = replica.query({ states: ['counts'], limit: Number.MAX_SAFE_INTEGER }).length
  return {
    ...{ project: p, entries: replica.count(), counting, refused, hashes },
    ...{ wrote: written - began, converged: healed - written },
  }
}
