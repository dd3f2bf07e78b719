import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { people, random, Step, shuffled, workIn } from './random-work.ts'
import { begun, type signedProject, verdictsOf } from './signed-project.ts'

type Project = ReturnType<typeof signedProject>

const start = () => {
  const p = begun({ bob: 'overseer', carol: 'overseer', dave: 'developer', erin: 'tester' })
  // Invited, and not there yet; it has what the others have, to do harm with.
  p.invite('alice', 'mallory', 'developer')
  p.heal()
  return p
}

/** Everybody has the same, says the same of it, and so does whoever comes new to it in whatever order. */
function agree(t: ExecutionContext, p: Project, seed: number): void {
  p.heal(...people)
  const [first, ...others] = people.map((name) => p.node(name).replica)
  if (!first) throw new Error('nobody is there')
  const verdicts = verdictsOf(first)
  for (const replica of others) {
    t.deepEqual(verdictsOf(replica), verdicts)
    t.is(replica.stateHash(), first.stateHash())
  }
  const all = p.all('alice')
  for (const entries of [all, shuffled(all, random(seed))]) {
    const fresh = p.fresh(entries)
    t.deepEqual(verdictsOf(fresh), verdicts)
    t.is(fresh.stateHash(), first.stateHash())
  }
}

const runs = Number(process.env['AGORA_RUNS'] ?? 60)

test('whatever members do, in whatever order it comes to whom, all come to the same', (t) => {
  fc.assert(
    fc.property(fc.array(Step, { maxLength: 80, size: 'max' }), fc.nat(), (steps, seed) => {
      const p = start()
      const work = workIn(p)
      for (const step of steps) work.take(step)
      agree(t, p, seed)
    }),
    { numRuns: runs },
  )
})

test('an owner who has just begun makes an overseer', (t) => {
  const p = begun({})
  p.invite('alice', 'bob', 'overseer')
  t.is(p.attempt('alice', 'project.role', { who: p.did('claude@alice'), role: 'overseer' }), 'counts')
})
