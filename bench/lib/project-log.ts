import { randomBytes, randomUUID } from 'node:crypto'
import { rfc3339 } from '../../src/base/clock.ts'
import { agentDid } from '../../src/base/did.ts'
import type { Texts } from '../../src/contract/entry.ts'
import { keyFromSeed, type NodeKey } from '../../src/identity/signing.ts'
import type { CheckedEntry } from '../../src/log/checked.ts'
import { makeEntry } from '../../src/log/entry.ts'
import { generator } from './random.ts'

export interface LogShape {
  nodes: number
  /** Entries in all. */
  count: number
  /** Of these, those that say who may do what. */
  authority: number
  /** Tasks that are made; what else is done with tasks is done with these. */
  tasks: number
}

export interface ProjectLog {
  space: string
  /** The first is the owner's. */
  keys: NodeKey[]
  /** Parents first. */
  entries: CheckedEntry[]
}

/** So many of the latest entries a connected node has not received yet when it writes, at most. */
const LAG = 4
/** At any time one of the nodes works without connection, through so many entries of all. */
const AWAY = 300
const DAY = 86_400_000

interface Node {
  key: NodeKey
  authors: string[]
  /** How much of the log it has received. */
  seen: number
  tips: Map<string, number>
  last: CheckedEntry | undefined
  isSuspended: boolean
  awayUntil: number
}

/**
 * The log of a project as a team of so many nodes writes it in ten days, signed and in order: rooms, tasks, clocks, and, spread evenly over it, what says
 * who may do what. Nodes write without having seen the latest of the others, one of them at a time nothing for long.
 */
export function makeProjectLog({ nodes: size, count, authority, tasks: made }: LogShape): ProjectLog {
  const random = generator(7)
  const below = (n: number) => random() % n
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const begin = Date.now() - 10 * DAY
  const nodes: Node[] = Array.from({ length: size }, () => {
    const key = keyFromSeed(new Uint8Array(randomBytes(32)))
    const authors = [key.did, agentDid(key.did, 'claude-1'), agentDid(key.did, 'codex-1')]
    return { key, authors, seen: 0, tips: new Map(), last: undefined, isSuspended: false, awayUntil: 0 }
  })
  const owner = nodes[0] as Node
  const entries: CheckedEntry[] = []
  let space: string | undefined

  function receive(node: Node, upTo: number) {
    for (; node.seen < upTo; node.seen++) {
      const { id, header } = entries[node.seen] as CheckedEntry
      if (header.author.startsWith(node.key.did)) continue
      if (header.prev !== undefined) node.tips.delete(header.prev)
      for (const head of header.heads) node.tips.delete(head)
      node.tips.set(id, header.lamport)
    }
  }

  function write(node: Node, type: string, facts: Record<string, unknown>, texts?: Texts, author = node.key.did) {
    const { last, tips } = node
    const entry = makeEntry(node.key, {
      ...{ space, author, type, facts, texts },
      seq: last ? last.header.seq + 1 : 0,
      prev: last?.id,
      heads: [...tips.keys()].filter((id) => id !== last?.id),
      lamport: 1 + Math.max(0, ...tips.values()),
      at: begin + Math.floor((entries.length / count) * 10 * DAY),
    })
    space ??= entry.space
    node.last = entry
    node.tips = new Map([[entry.id, entry.header.lamport]])
    entries.push(entry)
    return entry
  }

  write(owner, 'project.create', { name: 'Bench' }, { description: words(40) })
  for (const node of nodes.slice(1)) {
    receive(owner, entries.length)
    const id = randomUUID()
    const role = nodes.indexOf(node) < 3 ? 'overseer' : 'developer'
    const facts = { id, to: node.key.did, role, expires_at: rfc3339(begin + 20 * DAY) }
    const invite = write(owner, 'project.invite', facts, { message: words(8) })
    // Whoever is invited has nothing of the log but what invited it.
    node.tips = new Map([[invite.id, invite.header.lamport]])
    write(node, 'project.accept', { invitation: id })
    // Everything else is in the past of that.
    node.seen = entries.length
  }
  for (const node of nodes) receive(node, entries.length)

  const left = authority - entries.length
  const every = Math.floor((count - entries.length) / Math.max(1, left))
  const first = entries.length
  const tasks: string[] = []
  /** Made, and waiting for nothing. */
  const ready: string[] = []
  const doing = new Map<string, string>()
  const clocked = new Set<string>()
  let rulings = 0
  let token = 0
  const suspended: Node[] = []
  while (entries.length < count) {
    const now = entries.length
    if (now % AWAY === 0) pick(nodes.slice(3)).awayUntil = now + AWAY
    if (rulings < left && now >= first + rulings * every) {
      receive(owner, now)
      rule(rulings++)
      continue
    }
    const node = pick(nodes)
    if (node.isSuspended) continue
    if (node.awayUntil <= now) receive(node, now - below(LAG + 1))
    work(node)
  }
  return { space: space as string, keys: nodes.map(({ key }) => key), entries }

  /** Something that the owner or an overseer says about who may do what. */
  function rule(n: number) {
    const someone = nodes[3 + (n % (size - 3))] as Node
    const back = suspended.shift()
    if (back) {
      back.isSuspended = false
      write(owner, 'project.unsuspend', { who: back.key.did })
      return receive(back, entries.length)
    }
    switch (n % 5) {
      case 0:
        return write(owner, 'project.stage', { stage: pick(['investigation', 'implementation', 'integration']) })
      case 1:
        suspended.push(someone)
        someone.isSuspended = true
        return write(owner, 'project.suspend', { who: someone.key.did }, { reason: words(5) })
      case 2: {
        const overseer = nodes[1 + (n % 2)] as Node
        receive(overseer, entries.length)
        return write(overseer, 'project.role', { who: someone.key.did, role: n % 2 ? 'developer' : 'tester' })
      }
      case 3:
        return write(owner, 'project.role', { who: someone.authors[1], role: 'developer' })
      default:
        return write(owner, 'project.update', { name: `Bench ${n}` }, { description: words(40) })
    }
  }

  function work(node: Node) {
    const author = pick(node.authors)
    const kind = below(100)
    const task = tasks[Math.max(0, tasks.length - 1 - below(200))]
    const wanted = Math.ceil((entries.length / count) * made)
    if (tasks.length < wanted || task === undefined) {
      const id = randomUUID()
      const waits = task !== undefined && kind < 20
      const facts = {
        ...{ id, title: words(6), priority: pick(['low', 'medium', 'high']), labels: [pick(['ui', 'api', 'docs'])] },
        depends_on: waits ? [task] : [],
      }
      tasks.push(id)
      if (!waits) ready.push(id)
      return write(node, 'task.create', facts, { description: words(30) }, author)
    }
    if (kind < 50) {
      const facts = { room: 'main', mentions: kind < 5 ? [pick(nodes).key.did] : [] }
      return write(node, 'room.message', facts, { text: words(20) }, author)
    }
    if (kind < 58) {
      const isIn = clocked.delete(author)
      if (!isIn) clocked.add(author)
      return isIn
        ? write(node, 'project.clock_out', {}, undefined, author)
        : write(node, 'project.clock_in', {}, { focus: words(4) }, author)
    }
    if (kind < 70) return write(node, 'task.comment', { task }, { text: words(15) }, author)
    if (kind < 80) return write(node, 'task.update', { task, priority: pick(['low', 'high']) }, undefined, author)
    const next = kind < 90 ? ready.shift() : undefined
    if (next !== undefined) {
      // Claims are the keeper's to grant.
      receive(owner, entries.length)
      doing.set(next, author)
      const until = rfc3339(begin + 20 * DAY)
      return write(owner, 'task.claim', { task: next, holder: author, token: [1, ++token], until })
    }
    const [claimed, holder] = [...doing].at(below(doing.size)) ?? []
    const its = nodes.find(({ authors }) => holder !== undefined && authors.includes(holder))
    if (claimed === undefined || !its || its.isSuspended)
      return write(node, 'task.update', { task, labels: ['later'] }, undefined, author)
    doing.delete(claimed)
    return write(its, 'task.complete', { task: claimed }, { note: words(10) }, holder)
  }

  function words(n: number): string {
    return Array.from({ length: n }, () => VOCABULARY[below(VOCABULARY.length)]).join(' ')
  }
}

const VOCABULARY = (
  'the agent of a build fails when its test has no branch for merge review deploy fix note parser cache token retry limit page ' +
  'queue index schema client server worker signature permission stage project task claim lease keeper owner room thread message'
).split(' ')
