import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { EntryStore } from '../../src/log/entry-store.ts'
import { memoryStore } from '../../src/log/memory-store.ts'
import { entryTables } from '../../src/log/tables.ts'
import { openDatabase } from '../../src/store/database.ts'
import { raw, temporaryFolder } from '../helpers/database.ts'
import { fc } from '../helpers/fast-check.ts'
import { membersAtWork } from './members-at-work.ts'
import { people, random, Step, shuffled, workIn } from './random-work.ts'
import { begun, signedProject, verdictsOf } from './signed-project.ts'

type Project = ReturnType<typeof signedProject>

/** More of them to search for longer. */
const RUNS = Number(process.env['AGORA_RUNS'] ?? 24)

const start = (newStore?: () => EntryStore) => {
  const p = begun({ bob: 'overseer', carol: 'overseer', dave: 'developer', erin: 'tester' }, { newStore })
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

const Work = fc.array(Step, { minLength: 20, maxLength: 70, size: 'max' })

test('whatever members do, in whatever order it comes to whom, all come to the same', (t) => {
  fc.assert(
    fc.property(Work, fc.nat(), (steps, seed) => {
      const p = start()
      const work = workIn(p)
      for (const step of steps) work.take(step)
      agree(t, p, seed)
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
})

test('so do those whose logs are on disk', (t) => {
  const folder = temporaryFolder(t)
  const databases: ReturnType<typeof openDatabase>[] = []
  const space = signedProject().space
  // Half of them keep theirs on disk, half in memory.
  let made = 0
  const newStore = () => {
    if (++made % 2 === 0) return memoryStore()
    const database = openDatabase(join(folder, `${databases.length}.db`))
    database.run(raw('PRAGMA synchronous = OFF'))
    databases.push(database)
    return entryTables(database).of(space)
  }
  fc.assert(
    fc.property(Work, fc.nat(), (steps, seed) => {
      const p = start(newStore)
      const work = workIn(p)
      for (const step of steps) work.take(step)
      agree(t, p, seed)
    }),
    { numRuns: Math.ceil(RUNS / 8), includeErrorInReport: true },
  )
  for (const database of databases) database.close()
})

test('an owner who has just begun makes an overseer', (t) => {
  const p = begun({})
  p.invite('alice', 'bob', 'overseer')
  t.is(p.attempt('alice', 'project.role', { who: p.did('claude@alice'), role: 'overseer' }), 'counts')
})

test('twenty agents on five nodes at random work, now and then apart, come to one state', (t) => {
  const { project: p, hashes, entries, counting } = membersAtWork({ nodes: 5, agents: 4, operations: 25, seed: 1 })
  t.is(hashes.size, 1)
  t.true(counting > 200)
  t.log(`${entries} entries, ${counting} count`)
  t.true(hashes.has(p.fresh(shuffled(p.all('alice'), random(1))).stateHash()))
})
