import { rfc3339 } from '../../src/base/clock.ts'
import { AgoraError } from '../../src/base/errors.ts'
import type { CheckedEntry } from '../../src/log/checked.ts'
import type { Placed } from '../../src/log/types.ts'
import { fc } from '../helpers/fast-check.ts'
import { clock, type signedProject, uuid } from './signed-project.ts'

type Project = ReturnType<typeof signedProject>

export const people = ['alice', 'bob', 'carol', 'dave', 'erin', 'mallory'] as const
const roles = ['overseer', 'developer', 'reviewer', 'tester', 'consultant', 'observer']
const stages = ['investigation', 'implementation', 'review', 'integration', 'deployment']

const authority = [
  ...['project.suspend', 'project.unsuspend', 'project.remove', 'project.role', 'project.role', 'project.invite'],
  ...['project.invite', 'project.accept', 'project.withdraw', 'project.leave', 'project.stage', 'project.reinstate'],
  ...['project.transfer', 'project.update', 'project.archive'],
]
const content = [
  ...['task.create', 'task.create', 'task.update', 'task.claim', 'task.release', 'task.complete', 'task.assign'],
  ...['task.delete', 'task.comment', 'room.create', 'room.message', 'decision.record', 'report.submit'],
  ...['project.clock_in', 'project.clock_out', 'project.audit', 'project.redact', 'project.denied'],
]

const who = fc.nat({ max: people.length - 1 })
/** Somebody writes something about somebody, behind what its node has, or (a lie) behind whatever it pretends to have alone. */
const Act = fc.record({
  do: fc.constant('act' as const),
  who,
  agent: fc.boolean(),
  kind: fc.oneof(fc.constantFrom(...authority), { arbitrary: fc.constantFrom(...content), weight: 2 }),
  about: who,
  aboutAgent: fc.boolean(),
  pick: fc.nat({ max: 1 << 16 }),
  lie: fc.option(fc.array(fc.nat({ max: 1 << 16 }), { minLength: 0, maxLength: 3 }), { freq: 6 }),
})
/** All that one lacks of another; `some`: only so much of it, in a random order, some twice: the rest is missing. */
const Send = fc.record({
  do: fc.constant('send' as const),
  from: who,
  to: who,
  some: fc.option(fc.record({ part: fc.double({ min: 0, max: 1, noNaN: true }), seed: fc.nat({ max: 1 << 16 }) })),
})
const Part = fc.record({ do: fc.constant('part' as const), group: fc.array(who, { minLength: 1, maxLength: 4 }) })
const Heal = fc.record({ do: fc.constant('heal' as const), whole: fc.boolean() })
const Restart = fc.record({ do: fc.constant('restart' as const), who, snapshot: fc.boolean() })

export const Step = fc.oneof(
  { arbitrary: Act, weight: 12 },
  { arbitrary: Send, weight: 6 },
  { arbitrary: Part, weight: 1 },
  { arbitrary: Heal, weight: 1 },
  { arbitrary: Restart, weight: 1 },
)
export type Step = typeof Step extends fc.Arbitrary<infer Value> ? Value : never
type Act = Extract<Step, { do: 'act' }>

/** Numbers from a seed, the same in every run. */
export function random(seed: number): () => number {
  let state = seed + 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

export function shuffled<Item>(items: readonly Item[], next: () => number): Item[] {
  const all = [...items]
  for (let index = all.length - 1; index > 0; index--) {
    const other = Math.floor(next() * (index + 1))
    ;[all[index], all[other]] = [all[other] as Item, all[index] as Item]
  }
  return all
}

/** All that a node has, in order of place. */
const entriesAt = (p: Project, name: string): Placed[] =>
  p.all(name).flatMap(({ id }) => p.node(name).replica.get(id) ?? [])

function factsOf(p: Project, at: string, { kind, about, aboutAgent, pick }: Act): Record<string, unknown> {
  const { replica } = p.node(at)
  const target = p.did(`${aboutAgent ? 'claude@' : ''}${people[about] ?? 'alice'}`)
  const node = p.did(people[about] ?? 'alice')
  const all = entriesAt(p, at)
  const of = (type: string, then: (entry: Placed) => unknown = ({ body }) => body['id']): unknown => {
    const found = all.filter((entry) => entry.type === type)
    return found.length === 0 ? undefined : then(found[pick % found.length] as Placed)
  }
  const one = all[pick % Math.max(1, all.length)]
  const other = all[(pick * 7) % Math.max(1, all.length)]
  const task = of('task.create') ?? uuid(999_999)
  const claim = replica.state().get('task_claims', String(task))
  switch (kind) {
    case 'project.role':
      return { who: target, role: roles[pick % roles.length] }
    case 'project.suspend':
    case 'project.unsuspend':
      return { who: target }
    case 'project.remove':
      return { who: node }
    case 'project.invite':
      return { id: p.thing(), to: target, role: roles[pick % roles.length], expires_at: rfc3339(clock.now() + 1e9) }
    case 'project.accept':
    case 'project.withdraw':
      return { invitation: of('project.invite') ?? uuid(999_999) }
    case 'project.leave':
      return aboutAgent ? { agent: target } : {}
    case 'project.stage':
      return { stage: stages[pick % stages.length] }
    case 'project.reinstate':
      return { ...(pick % 2 ? { who: target } : {}), entries: [one?.id, other?.id] }
    case 'project.transfer':
      return { to: node }
    case 'project.archive':
      return { archived: pick % 4 === 0 }
    case 'project.update':
      return [{ name: `n${pick}` }, { keeper: node }, { limits: { max_agents: 9 } }, { profile: {} }][pick % 4] ?? {}
    case 'task.create': {
      const depends = pick % 3 === 0 && task !== uuid(999_999) ? [task] : []
      // Now and then somebody else's id.
      const id = pick % 11 === 0 ? task : p.thing()
      return { id, title: `t${pick}`, priority: 'high', labels: ['a'], depends_on: depends }
    }
    case 'task.update':
      return [
        { task, status: ['todo', 'in_progress', 'done', 'blocked'][(pick >> 2) % 4] },
        { task, depends_on: [of('task.create', ({ body }) => body['id'])] },
        { task, title: `t${pick}`, override: true },
        { task, accepted: pick % 8 < 4 },
      ][pick % 4] as Record<string, unknown>
    case 'task.assign':
      return { task, assignee: target }
    case 'task.claim': {
      const { epoch } = replica.judgement().standing().keeper
      return { task, holder: target, token: [epoch, pick % 100], until: rfc3339(clock.now() + 1e6) }
    }
    case 'task.release':
      return { task, because: ['released', 'taken', 'lapsed'][pick % 3], ...(claim ? { token: claim.token } : {}) }
    case 'task.complete':
    case 'task.delete':
    case 'task.comment':
      return { task, ...(pick % 5 === 0 ? { override: true } : {}) }
    case 'room.create':
      return { id: p.thing(), name: `room ${pick % 5}` }
    case 'room.message': {
      const answered = pick % 3 === 0 ? of('room.message', ({ id }) => id) : undefined
      return {
        room: of('room.create') ?? 'main',
        mentions: [],
        texts_hash: p.space,
        ...(answered ? { reply_to: answered } : {}),
      }
    }
    case 'decision.record':
    case 'report.submit':
      return { id: pick % 7 === 0 ? (of(kind) ?? p.thing()) : p.thing(), title: 'r' }
    case 'project.audit':
      return { action: 'noted', ...(pick % 2 ? { texts_hash: p.space } : {}) }
    case 'project.redact':
      return { entry: one?.id, of: one?.author }
    case 'project.denied':
      return { operation: 'tasks.add', who: target, count: 1 }
    default:
      return {}
  }
}

/** A project with random people at work: what each step does to it. */
export function workIn(p: Project) {
  const sees = new Set<string>()
  let apart: ReadonlySet<string> = new Set()
  const isApart = (a: string, b: string) => apart.has(a) !== apart.has(b)
  /** What was held back on the way, and what came once already. */
  const sent = new Map<string, CheckedEntry>()

  function act(step: Act): void {
    const name = people[step.who] ?? 'alice'
    const author = step.agent ? `claude@${name}` : name
    if (p.node(name).replica.count() === 0) return
    const facts = factsOf(p, name, step)
    if (!step.lie) {
      try {
        p.write(author, step.kind, facts)
      } catch (error) {
        // Who knows that it may not, or has nothing to do it with.
        if (!(error instanceof AgoraError)) throw error
        sees.add(error.code)
        if (error.code === 'not_member' && step.kind === 'project.accept') begin(author, facts)
      }
      return
    }
    const all = entriesAt(p, name)
    const own = all.filter(({ node }) => node === p.did(name))
    const prev = own[step.pick % Math.max(1, own.length)]
    const heads = [...new Set(step.lie.flatMap((number) => all[number % all.length]?.id ?? []))]
    const entry = p.forge(author, step.kind, facts, { prev, heads: heads.filter((id) => id !== prev?.id) })
    p.node(name).replica.admit([entry])
  }

  /** Answers an invitation with the first entry of its chain. */
  function begin(author: string, { invitation }: Record<string, unknown>): void {
    const name = author.split('@').at(-1) ?? ''
    const { replica } = p.node(name)
    const invite = replica
      .log()
      .authority()
      .find(({ type, body }) => type === 'project.invite' && body['id'] === invitation)
    if (!invite) return
    const entry = p.forge(author, 'project.accept', { invitation }, { prev: undefined, heads: [invite.id] })
    replica.admit([entry])
  }

  function send({ from: fromIndex, to: toIndex, some }: Extract<Step, { do: 'send' }>): void {
    const [from, to] = [people[fromIndex] ?? 'alice', people[toIndex] ?? 'alice']
    if (from === to || isApart(from, to)) return
    const lacking = p.lacking(from, to)
    if (!some) {
      p.node(to).replica.admit(lacking, from)
      return
    }
    const next = random(some.seed)
    const part = shuffled(lacking, next).slice(0, Math.ceil(lacking.length * some.part))
    const twice = shuffled([...sent.values(), ...part], next).slice(0, 5)
    for (const entry of part) sent.set(entry.id, entry)
    p.node(to).replica.admit([...part, ...twice], from)
  }

  return {
    codes: sees,
    take(step: Step): void {
      if (step.do === 'act') act(step)
      if (step.do === 'send') send(step)
      if (step.do === 'part') apart = new Set(step.group.map((index) => people[index] ?? 'alice'))
      if (step.do === 'heal') {
        apart = new Set()
        if (step.whole) p.heal(...people)
      }
      if (step.do === 'restart') {
        const member = p.node(people[step.who] ?? 'alice')
        if (step.snapshot && member.replica.count() > 0) member.replica.snapshot()
        member.restart()
      }
    },
  }
}
