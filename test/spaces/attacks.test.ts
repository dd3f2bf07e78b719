import test from 'ava'
import { canonicalJson } from '../../src/base/canonical.ts'
import type { Verdict } from '../../src/contract/verdict.ts'
import { comparePlaces, isPast, type Placed } from '../../src/log/types.ts'
import { changedFrom, judgeProject, type ProjectJudgement } from '../../src/spaces/judge.ts'
import { isAuthorityType } from '../../src/spaces/project-facts.ts'
import { applyAct, emptyStanding } from '../../src/spaces/standing.ts'
import { fc } from '../helpers/fast-check.ts'
import { begun } from './paper-log.ts'

const people = ['alice', 'bob', 'carol', 'dave', 'mallory'] as const
const roles = ['overseer', 'developer', 'reviewer', 'tester', 'observer']
const kinds = [
  ...['task.create', 'task.create', 'task.create'],
  ...['project.suspend', 'project.unsuspend', 'project.remove', 'project.role', 'project.role', 'project.invite'],
  ...['project.accept', 'project.withdraw', 'project.leave', 'project.stage', 'project.reinstate', 'project.transfer'],
]

/** One step: somebody writes something about somebody, behind what it has seen, or behind whatever it pretends to have seen. */
const Step = fc.record({
  who: fc.integer({ min: 0, max: people.length - 1 }),
  agent: fc.boolean(),
  kind: fc.constantFrom(...kinds),
  about: fc.integer({ min: 0, max: people.length - 1 }),
  /** About an agent of that one. */
  aboutAgent: fc.boolean(),
  role: fc.constantFrom(...roles),
  /** Sees first what all others wrote, or one of them. */
  sees: fc.option(fc.integer({ min: 0, max: people.length }), { freq: 2 }),
  /** Cheats: behind a few old entries, chosen by these numbers. */
  pretend: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), { freq: 5 }),
  pick: fc.nat(),
})
type Step = typeof Step extends fc.Arbitrary<infer Value> ? Value : never

const meddling = [
  ...['project.invite', 'project.invite', 'project.accept', 'project.accept', 'project.withdraw', 'project.leave'],
  ...['project.role', 'project.suspend', 'project.unsuspend', 'project.remove', 'project.reinstate', 'task.create'],
]
/** The same by few, mostly about mallory: what has to meet does so more often. */
const Meddling = fc
  .record({ step: Step, kind: fc.constantFrom(...meddling), who: fc.constantFrom(0, 1, 2, 4), other: fc.nat(9) })
  .map(({ step, kind, who, other }): Step => ({ ...step, kind, who, about: other < 3 ? step.about : 4 }))
const Steps = (constraints: fc.ArrayConstraints) =>
  fc.oneof(fc.array(Step, constraints), fc.array(Meddling, constraints))

type Project = ReturnType<typeof begun>

function bodyOf(p: Project, { who: by, agent, kind, about, aboutAgent, role, pick }: Step): Record<string, unknown> {
  const node = p.did(people[about] ?? 'alice')
  const who = aboutAgent ? p.did(`claude@${people[about]}`) : node
  const invitations = p.log.ordered().filter(({ type }) => type === 'project.invite')
  const invitation = invitations[pick % Math.max(1, invitations.length)]?.body['id']
  switch (kind) {
    case 'project.role':
      return { who, role }
    case 'project.invite': {
      const id = `00000000-0000-4000-8000-${String(p.log.ordered().length).padStart(12, '0')}`
      return { id, to: who, role, expires_at: '2030-01-01T00:00:00.000Z' }
    }
    case 'project.accept':
    case 'project.withdraw':
      return { invitation }
    case 'project.stage':
      return { stage: ['implementation', 'review', 'deployment'][pick % 3] }
    case 'project.reinstate': {
      const all = p.log.ordered()
      return { who, entries: [all[pick % all.length]?.id, all[(pick * 7) % all.length]?.id] }
    }
    case 'project.transfer':
      return { to: node }
    case 'project.remove':
      return { who: node }
    case 'task.create':
      return { id: 't', title: 't' }
    case 'project.leave':
      return agent || aboutAgent ? { agent: p.did(`claude@${people[by]}`) } : {}
    default:
      return { who }
  }
}

function take(p: Project, step: Step): Placed {
  const name = people[step.who] ?? 'alice'
  const author = step.agent ? `claude@${name}` : name
  const body = bodyOf(p, step)
  if (step.pretend) {
    const all = p.log.ordered()
    const own = all.filter(({ node }) => node === p.did(name))
    const behind = step.pretend.flatMap((number) => all[number % all.length] ?? [])
    const prev = own[step.pick % own.length]
    if (prev)
      return p.pretend(
        author,
        step.kind,
        body,
        behind.filter((one) => one.node !== prev.node),
        prev,
      )
  }
  if (step.sees !== null && step.sees !== undefined)
    p.sees(name, ...(people[step.sees] ? [people[step.sees] as string] : people))
  return p.write(author, step.kind, body)
}

/** By mallory, behind what itself has, or a fork of that. */
const asMallory = (step: Step): Step => ({
  ...{ ...step, who: people.indexOf('mallory'), sees: null, pretend: step.pretend ?? [step.pick] },
})

const start = () => begun({ bob: 'overseer', carol: 'overseer', dave: 'developer', mallory: 'developer' })

const verdictOf = (judgement: ProjectJudgement, entry: Placed): Verdict | undefined =>
  isAuthorityType(entry.type) ? judgement.verdicts.get(entry.id) : judgement.content(entry, ['task.create'])

const shown = (judgement: ProjectJudgement, entries: Placed[]) =>
  entries.map((entry) => [entry.type, entry.author.slice(-6), verdictOf(judgement, entry)])

test('judging entry by entry, in whatever order they come, is judging them all at once', (t) => {
  fc.assert(
    fc.property(Steps({ maxLength: 40 }), (steps) => {
      const p = start()
      let judgement = p.log.judge()
      for (const step of steps) {
        const known = p.log.ordered()
        const before = judgement
        const verdicts = new Map(known.map((entry) => [entry.id, verdictOf(before, entry)]))
        take(p, step)
        judgement = p.log.judge(before)
        const whole = judgeProject(p.log.view.authority(), p.log.view)
        t.deepEqual(shown(judgement, p.log.ordered()), shown(whole, p.log.ordered()))
        // What stays as it was judged is told truly.
        const from =
          before === judgement ? undefined : changedFrom(before.verdicts, judgement, before.holds, p.log.view)
        for (const entry of known) {
          if (isAuthorityType(entry.type)) continue
          if (from && comparePlaces(entry, from) >= 0) continue
          if (before.contested || judgement.contested) continue
          t.deepEqual(verdictOf(judgement, entry), verdicts.get(entry.id))
        }
      }
    }),
    { numRuns: 150 },
  )
})

test('how everybody stood before an entry is the fold of what counts in its past', (t) => {
  fc.assert(
    fc.property(Steps({ maxLength: 40 }), (steps) => {
      const p = start()
      for (const step of steps) take(p, step)
      const judgement = p.log.judge()
      const counting = p.log.view.authority().filter(({ id }) => judgement.verdicts.get(id)?.state === 'counts')
      const plain = (standing: ReturnType<typeof emptyStanding>) =>
        canonicalJson({
          ...JSON.parse(JSON.stringify(standing)),
          members: [...standing.members.keys()].sort(),
          roles: [...standing.nodeRoles, ...standing.agentRoles, ...standing.leftAgents].map(String).sort(),
          suspended: [...standing.suspensions.keys(), ...standing.removals.keys()].sort(),
        })
      for (const entry of p.log.ordered()) {
        const naive = emptyStanding()
        for (const one of counting) {
          const act = judgement.acts.get(one.id)
          if (act && isPast(one, entry)) applyAct(naive, act)
        }
        t.is(plain(judgement.before(entry)), plain(naive))
      }
    }),
    { numRuns: 100 },
  )
})

test('whatever a member tries, with whatever parents, it leads nothing unless the owner said so', (t) => {
  const without = (step: Step) => step.kind !== 'project.transfer' && step.kind !== 'project.role'
  fc.assert(
    fc.property(Steps({ maxLength: 60 }), (steps) => {
      const p = start()
      // The owner and the overseers do as they like, but give nobody rank; mallory tries everything.
      for (const step of steps) {
        if (step.kind === 'project.invite' && step.role === 'overseer') continue
        if (people[step.who] === 'mallory' || without(step)) take(p, step)
      }
      const judgement = p.log.judge()
      const standing = judgement.standing()
      t.is(standing.owner, p.did('alice'))
      for (const did of ['mallory', 'claude@mallory']) t.is(standing.rankOf(p.did(did)), 'member')
      t.is(standing.suspendedBy(p.did('alice')), undefined)
      for (const entry of p.log.ordered()) {
        if (entry.node !== p.did('mallory') || !isAuthorityType(entry.type)) continue
        const allowed = ['project.accept', 'project.leave', 'project.withdraw'].includes(entry.type)
        if (!allowed) t.not(judgement.verdicts.get(entry.id)?.state, 'counts')
      }
    }),
    { numRuns: 300 },
  )
})

test('what a suspended or removed node writes behind whatever parents never counts, and changes nothing for others', (t) => {
  const restrictions = fc.constantFrom('project.suspend', 'project.remove')
  fc.assert(
    fc.property(
      Steps({ maxLength: 30 }),
      restrictions,
      Steps({ minLength: 1, maxLength: 20 }),
      (steps, type, later) => {
        const p = start()
        for (const step of steps) if (step.kind !== 'project.transfer') take(p, step)
        p.sees('alice', ...people)
        const restriction = p.write('alice', type, { who: p.did('mallory') })
        const before = p.log.ordered()
        const judged = shown(p.log.judge(), before)
        const written = later.map((step) => take(p, asMallory(step)))
        const judgement = p.log.judge()
        for (const entry of written) {
          // Whoever knows that it is suspended may still leave, or let an agent of its own leave.
          if (type === 'project.suspend' && entry.type === 'project.leave' && isPast(restriction, entry)) continue
          t.not(verdictOf(judgement, entry)?.state, 'counts')
        }
        t.deepEqual(shown(judgement, before), judged)
      },
    ),
    { numRuns: 200 },
  )
})

test('what a suspended agent writes behind whatever parents never counts, and changes nothing for other nodes', (t) => {
  fc.assert(
    fc.property(Steps({ maxLength: 30 }), Steps({ minLength: 1, maxLength: 20 }), (steps, later) => {
      const p = start()
      for (const step of steps) if (step.kind !== 'project.transfer') take(p, step)
      p.sees('alice', ...people)
      const suspend = p.write('alice', 'project.suspend', { who: p.did('claude@mallory') })
      const before = p.log.ordered()
      const judged = shown(p.log.judge(), before)
      const written = later.map((step) => take(p, { ...asMallory(step), agent: true }))
      const judgement = p.log.judge()
      for (const entry of written) {
        if (entry.type === 'project.leave' && isPast(suspend, entry)) continue
        t.not(verdictOf(judgement, entry)?.state, 'counts')
      }
      t.deepEqual(shown(judgement, before), judged)
    }),
    { numRuns: 200 },
  )
})

test('of what an unmade overseer writes behind whatever parents only what everybody may counts', (t) => {
  fc.assert(
    fc.property(Steps({ maxLength: 30 }), Steps({ minLength: 1, maxLength: 20 }), (steps, later) => {
      const p = start()
      for (const step of steps) if (step.kind !== 'project.transfer') take(p, step)
      p.sees('alice', ...people)
      p.write('alice', 'project.role', { who: p.did('mallory'), role: 'observer' })
      const written = later.map((step) => take(p, asMallory(step)))
      const judgement = p.log.judge()
      for (const entry of written) {
        // It answers, leaves, and takes back what itself sent.
        if (entry.type === 'project.accept' || entry.type === 'project.leave') continue
        const { invitation } = entry.body
        const invite = p.log.ordered().find(({ type, body }) => type === 'project.invite' && body['id'] === invitation)
        if (entry.type === 'project.withdraw' && invite?.node === entry.node) continue
        t.not(verdictOf(judgement, entry)?.state, 'counts')
      }
    }),
    { numRuns: 200 },
  )
})

test('an agent with a role that keeps it from work gets out of that by nothing it writes itself', (t) => {
  fc.assert(
    fc.property(Steps({ maxLength: 30 }), Steps({ minLength: 1, maxLength: 20 }), (steps, later) => {
      const p = start()
      for (const step of steps) if (step.kind !== 'project.transfer') take(p, step)
      p.sees('alice', ...people)
      p.write('alice', 'project.role', { who: p.did('claude@mallory'), role: 'observer' })
      const written = later
        // Somebody may have invited it before to another role.
        .filter(({ kind }) => kind !== 'project.accept')
        .map((step) => take(p, { ...asMallory(step), agent: true }))
      const judgement = p.log.judge()
      for (const entry of written) if (entry.type === 'task.create') t.not(verdictOf(judgement, entry)?.state, 'counts')
    }),
    { numRuns: 200 },
  )
})

// What such steps came to once, by itself.

const invitation = (to: string, role: string, n = 1) => ({
  ...{ id: `c0ffee00-0000-4000-8000-00000000000${n}`, to, role, expires_at: '2030-01-01T00:00:00.000Z' },
})

test('whoever is suspended or removed takes no invitation back, neither as a leader nor as who sent it', (t) => {
  for (const restriction of ['project.suspend', 'project.remove']) {
    const p = begun({ bob: 'overseer' })
    const theirs = p.write('alice', 'project.invite', invitation(p.did('dave'), 'tester'))
    p.sees('bob', 'alice')
    const own = p.write('bob', 'project.invite', invitation(p.did('erin'), 'tester', 2))
    p.sees('alice', 'bob')
    p.write('alice', restriction, { who: p.did('bob') })
    p.sees('bob', 'alice')
    for (const { body } of [theirs, own]) {
      const withdraw = p.write('bob', 'project.withdraw', { invitation: body['id'] })
      t.is(p.verdict(withdraw), 'denied', restriction)
    }
    p.sees('erin', 'bob')
    t.is(p.verdict(p.write('erin', 'project.accept', { invitation: own.body['id'] })), 'counts')
  }
})

test('whoever was an overseer takes back what itself sent and nothing else, whatever it pretends to know', (t) => {
  const p = begun({ bob: 'overseer' })
  const theirs = p.write('alice', 'project.invite', invitation(p.did('dave'), 'tester'))
  p.sees('bob', 'alice')
  const own = p.write('bob', 'project.invite', invitation(p.did('erin'), 'tester', 2))
  p.sees('alice', 'bob')
  p.write('alice', 'project.role', { who: p.did('bob'), role: 'observer' })
  const pretended = (one: Placed) =>
    p.verdict(p.pretend('bob', 'project.withdraw', { invitation: one.body['id'] }, [theirs], own))
  t.is(pretended(theirs), 'held')
  t.is(pretended(own), 'counts')
  p.sees('bob', 'alice')
  t.is(p.verdict(p.write('bob', 'project.withdraw', { invitation: theirs.body['id'] })), 'denied')
})

test('no answer to an invitation that did not know of a suspension or removal counts for who knows of it', (t) => {
  for (const restriction of ['project.suspend', 'project.remove']) {
    for (const role of ['overseer', 'developer']) {
      const p = begun({ bob: 'developer', carol: 'overseer' })
      p.write('carol', restriction, { who: p.did('bob') })
      const { id } = p.write('alice', 'project.invite', invitation(p.did('bob'), role)).body
      p.write('alice', restriction, { who: p.did('bob') })
      p.sees('bob', 'alice', 'carol')
      const accept = p.write('bob', 'project.accept', { invitation: id })
      t.is(p.verdict(accept), 'denied', `${restriction} ${role}`)
      t.is(p.judgement().standing().invitations.get(String(id))?.[0]?.status, 'pending')
    }
  }
})

test('no overseer gives a suspended overseer its place back by inviting an agent of it', (t) => {
  const p = begun({ bob: 'overseer' })
  // An overseer of whom the owner’s and overseers’ acts alone do not tell how it came.
  p.invite('bob', 'dave', 'developer')
  p.sees('alice', 'bob')
  p.write('alice', 'project.role', { who: p.did('dave'), role: 'overseer' })
  p.write('alice', 'project.suspend', { who: p.did('dave') })
  p.sees('bob', 'alice')
  const invite = p.write('bob', 'project.invite', invitation(p.did('codex@dave'), 'developer'))
  p.sees('dave', invite)
  const accept = p.write('dave', 'project.accept', { invitation: invite.body['id'] })
  const stage = p.write('dave', 'project.stage', { stage: 'review' })
  t.deepEqual([accept, stage].map(p.verdict), ['denied', 'denied'])
})

test('in an archived project nobody takes an invitation back, and whoever is no member does not leave', (t) => {
  const p = begun({ bob: 'overseer', carol: 'developer' })
  const { id } = p.write('alice', 'project.invite', invitation(p.did('dave'), 'tester')).body
  p.write('alice', 'project.archive', { archived: true })
  for (const name of ['bob', 'carol']) p.sees(name, 'alice')
  for (const name of ['alice', 'bob', 'carol'])
    t.is(p.verdict(p.write(name, 'project.withdraw', { invitation: id })), 'denied')
  t.is(p.verdict(p.write('carol', 'project.leave')), 'counts')
  t.is(p.verdict(p.write('carol', 'project.leave')), 'denied')
})

test('what a member may say as often as it likes costs others as much each time', (t) => {
  const { write, did, log } = begun({ bob: 'developer' })
  for (let n = 0; n < 30_000; n++) write('bob', 'project.leave', { agent: did('agent@bob') })
  const before = process.cpuUsage()
  const { verdicts } = log.judge()
  const { user } = process.cpuUsage(before)
  t.true([...verdicts.values()].every(({ state }) => state === 'counts'))
  // Half a second where it is measured; half a minute where each looks at all before it.
  t.true(user < 8_000_000, `${user / 1000} ms`)
})
