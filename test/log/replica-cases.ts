import type { TestFn } from 'ava'
import { keyFromSeed, type NodeKey } from '../../src/identity/signing.ts'
import type { CheckedEntry } from '../../src/log/checked.ts'
import { checkEntry, makeEntry } from '../../src/log/entry.ts'
import type { EntryStore } from '../../src/log/entry-store.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import type { Replica } from '../../src/log/replica.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { type ToyJudgement, type ToyTables, toyRules } from './toy.ts'

type Toy = Replica<ToyJudgement, ToyTables>
const keys = [1, 2, 3].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte)))
const [alice, bob, carol] = keys as [NodeKey, NodeKey, NodeKey]
const clock = fakeClock()

export const first = makeEntry(alice, {
  author: alice.did,
  seq: 0,
  prev: undefined,
  heads: [],
  lamport: 1,
  at: clock.now(),
  type: 'toy.create',
  facts: { name: 'toy' },
})

const checked = async (replica: Toy, ids: string[]): Promise<CheckedEntry[]> =>
  Promise.all(
    ids.map(async (id) => {
      const { entry } = await checkEntry(replica.signed(id))
      if (!entry) throw new Error(`${id} does not verify`)
      return entry
    }),
  )

/** All that `to` lacks of `from`. */
async function send(from: Toy, to: Toy) {
  const { entries } = from.lacking(to.branches(), { bytes: 1 << 30 })
  const all = await Promise.all(entries.map(checkEntry))
  return to.admit(all.map(({ entry }) => entry as CheckedEntry))
}

const items = (replica: Toy, list = 'l') => replica.state().get('lists', list)?.items
const by = (key: NodeKey) => ({
  list: (id: string) => ({ author: key.did, type: 'toy.list', facts: { id } }),
  push: (item: string, more = {}) => ({ author: key.did, type: 'toy.push', facts: { list: 'l', item, ...more } }),
  authority: (type: string, who: NodeKey) => ({ author: key.did, type: `toy.${type}`, facts: { who: who.did } }),
})

/** What a replica does, over stores of one kind. */
export function replicaCases(test: TestFn, newStore: () => EntryStore): void {
  function open(key: NodeKey, store: EntryStore = newStore(), rules = toyRules()): Toy {
    const replica = openReplica({ space: first.id, rules, store, clock, key })
    if (store.count() === 0) replica.admit([first])
    return replica
  }

  /** Alice and bob with a list, both with everything. */
  async function two() {
    const [a, b] = [open(alice), open(bob)]
    a.append(by(alice).authority('admit', bob))
    a.append(by(alice).list('l'))
    await send(a, b)
    return { a, b }
  }

  test('what is appended is folded, and on another node too', async (t) => {
    const { a, b } = await two()
    b.append(by(bob).push('one'))
    const { added } = await send(b, a)
    t.is(added.length, 1)
    t.deepEqual(items(a), ['one'])
    t.is(a.stateHash(), b.stateHash())
    t.deepEqual(a.tips(), b.tips())
    t.is(a.kind, 'toy')
    t.deepEqual((await send(a, b)).added, [])
  })

  test('who may not is told, and nothing is written', async (t) => {
    const [a, c] = [open(alice), open(carol)]
    await send(a, c)
    t.throws(() => c.append(by(carol).list('l')), { code: 'not_member' })
    const { b } = await two()
    t.throws(() => b.append(by(bob).authority('hold', alice)), { code: 'not_permitted' })
    t.throws(() => b.append({ ...by(bob).push('x'), facts: { list: 'none', item: 'x' } }), { code: 'not_found' })
    t.like(b.trial(by(bob).list('l')), { state: 'refused', code: 'already_exists' })
    t.like(c.trial(by(carol).list('l')), { state: 'denied', code: 'not_member' })
    t.is(b.count(), 3)
    t.is(b.trial(by(bob).push('x')).state, 'counts')
    t.is(b.count(), 3)
  })

  test('concurrent entries fold in one order, whichever came first', async (t) => {
    const { a, b } = await two()
    a.append(by(alice).push('a1'))
    a.append(by(alice).push('a2'))
    b.append(by(bob).push('b1'))
    b.append(by(bob).push('b2'))
    const toA = b.lacking(a.branches(), { bytes: 1 << 20 }).entries
    await send(a, b)
    const all = await Promise.all(toA.map(checkEntry))
    const { refolded } = a.admit(all.map(({ entry }) => entry as CheckedEntry))
    t.true(refolded > 0)
    t.deepEqual(items(a), items(b))
    t.is(items(a)?.length, 4)
    t.is(a.stateHash(), b.stateHash())
  })

  test('entries without their parents wait for them', async (t) => {
    const { a, b } = await two()
    const ids = ['1', '2', '3'].map((item) => a.append(by(alice).push(item)).id)
    const [one, two_, three] = (await checked(a, ids)) as [CheckedEntry, CheckedEntry, CheckedEntry]
    t.deepEqual(b.admit([three]).missing, [two_.id])
    t.deepEqual(b.admit([two_]).missing, [one.id])
    t.deepEqual(items(b), [])
    t.deepEqual(
      b.admit([one]).added.map(({ id }) => id),
      ids,
    )
    t.deepEqual(items(b), ['1', '2', '3'])
  })

  test('a hold strikes what had not seen it, with what refers to it, and a lift brings both back', async (t) => {
    const { a, b } = await two()
    const created = b.append(by(bob).list('m'))
    await send(b, a)
    const hold = a.append(by(alice).authority('hold', bob))
    t.is(a.verdict(created.id)?.state, 'counts')
    const late = b.append(by(bob).list('n'))
    const { changed } = await send(b, a)
    t.deepEqual(changed, [])
    t.deepEqual(a.verdict(late.id), { state: 'held', by: hold.id })
    // Alice, who took it for there, refers to the list.
    const pushed = open(alice)
    await send(b, pushed)
    const onto = pushed.append({ author: alice.did, type: 'toy.push', facts: { list: 'n', item: 'x' } })
    await send(pushed, a)
    t.deepEqual(a.verdict(onto.id), { state: 'held', by: hold.id })
    t.is(items(a, 'n'), undefined)

    a.append(by(alice).authority('lift', bob))
    t.deepEqual(a.verdict(late.id), { state: 'counts' })
    t.deepEqual(items(a, 'n'), ['x'])
    await send(a, b)
    t.is(a.stateHash(), b.stateHash())
  })

  test('a fork is kept, both branches count, and is told', async (t) => {
    const { a, b } = await two()
    const twin = open(bob)
    await send(a, twin)
    b.append(by(bob).push('left'))
    twin.append(by(bob).push('right'))
    twin.append(by(bob).push('right2'))
    t.true(b.isForked(twin.branches()) !== twin.isForked(b.branches()))
    await send(b, a)
    const { forks } = await send(twin, a)
    t.is(forks.length, 1)
    t.is(a.branches().filter(({ node }) => node === bob.did).length, 2)
    t.deepEqual(items(a)?.toSorted(), ['left', 'right', 'right2'])
    // The node's next entry joins them.
    await send(a, b)
    const joined = b.append(by(bob).push('joined'))
    t.is(joined.clock.length, 3)
    t.is(b.tips().length, 1)
    await send(b, a)
    await send(a, twin)
    t.is(a.stateHash(), b.stateHash())
    t.is(a.stateHash(), twin.stateHash())
  })

  test('what nobody honest can have written is not taken in, and who brought it is named', async (t) => {
    const { a } = await two()
    const end = a.append(by(alice).push('x'))
    const base = {
      space: a.space,
      author: alice.did,
      at: clock.now(),
      type: 'toy.push',
      facts: { list: 'l', item: 'y' },
    }
    const next = { ...base, prev: end.id, seq: end.seq + 1, heads: [], lamport: end.lamport + 1 }
    const cases: [Parameters<typeof makeEntry>[1], string][] = [
      [{ ...next, lamport: next.lamport + 1 }, 'wrong_lamport'],
      [{ ...next, lamport: next.lamport - 1 }, 'wrong_lamport'],
      [{ ...next, seq: 99 }, 'wrong_prev'],
      [{ ...next, heads: [end.id] }, 'wrong_heads'],
      [{ ...next, heads: [a.space, a.space] }, 'wrong_heads'],
      [{ ...next, prev: undefined, seq: 0, heads: [end.id] }, 'may_not_begin'],
      [{ ...next, space: end.id }, 'wrong_space'],
    ]
    for (const [parts, reason] of cases) {
      const { faults, added } = a.admit([makeEntry(alice, parts)], 'mallory')
      t.like(faults, [{ reason: reason as never, from: 'mallory' }])
      t.is(added.length, 0)
    }
    t.like(a.admit([makeEntry(bob, { ...next, author: bob.did })]).faults, [{ reason: 'wrong_prev' }])
  })

  test('an unknown type stops the fold there until it is known', async (t) => {
    const { a, b } = await two()
    const store = newStore()
    const newer = open(bob, store, toyRules({ known: ['toy.list', 'toy.push', 'toy.new'], version: 1 }))
    await send(a, newer)
    newer.append(by(bob).push('before'))
    const unknown = newer.append({ author: bob.did, type: 'toy.new', facts: {} })
    const after = newer.append(by(bob).push('x'))
    await send(newer, a)
    t.is(a.upgradeNeeded(), 'toy.new')
    t.throws(() => a.append(by(alice).push('y')), { code: 'upgrade_needed' })
    t.like(a.verdict(unknown.id), { state: 'refused', code: 'upgrade_needed' })
    t.like(a.verdict(after.id), { state: 'refused', code: 'upgrade_needed' })
    t.deepEqual(items(a), ['before'])
    // What is below is folded all the same.
    const below = b.append(by(bob).push('below'))
    a.admit(await checked(b, [below.id]))
    t.deepEqual(items(a)?.toSorted(), ['before', 'below'].toSorted())
    t.is(a.upgradeNeeded(), 'toy.new')
    const store2 = newStore()
    const older = open(alice, store2)
    await send(newer, older)
    const upgraded = open(alice, store2, toyRules({ known: ['toy.list', 'toy.push', 'toy.new'], version: 1 }))
    t.is(upgraded.upgradeNeeded(), undefined)
    t.is(upgraded.stateHash(), newer.stateHash())
    t.deepEqual(upgraded.verdict(after.id), { state: 'counts' })
  })

  test('what is redacted is gone, and comes back from nobody', async (t) => {
    const { a, b } = await two()
    const said = b.append({ ...by(bob).push('x'), texts: { text: 'the secret word' } })
    await send(b, a)
    t.deepEqual(a.texts(said.id), { text: 'the secret word' })
    t.is(a.search('SECRET word', { limit: 5 }).length, 1)
    const full = await checked(a, [said.id])
    a.append({ author: alice.did, type: 'toy.redact', facts: { entry: said.id } })
    t.is(a.texts(said.id), undefined)
    t.is(a.search('secret', { limit: 5 }).length, 0)
    t.true(a.logged(said.id)?.redacted)
    a.admit(full)
    t.is(a.texts(said.id), undefined)
    const [again] = await checked(a, [said.id])
    t.is(again?.texts, undefined)
    await send(a, b)
    t.is(b.texts(said.id), undefined)
    t.is(a.stateHash(), b.stateHash())
  })

  test('an entry whose texts came later has them then', async (t) => {
    const { a, b } = await two()
    const said = b.append({ ...by(bob).push('x'), texts: { text: 'hello' } })
    const [full] = (await checked(b, [said.id])) as [CheckedEntry]
    const { texts: _, ...bare } = full.signed
    a.admit([{ ...full, texts: undefined, signed: bare }])
    t.is(a.texts(said.id), undefined)
    a.admit([full])
    t.deepEqual(a.texts(said.id), { text: 'hello' })
  })

  test('batches go on where the one before ended, and end at an entry', async (t) => {
    const { a } = await two()
    const ids = Array.from({ length: 200 }, (_, item) => a.append(by(alice).push(String(item))).id)
    const c = open(carol)
    let [after, rounds]: [ReturnType<Toy['lacking']>['after'], number] = [undefined, 0]
    const branches = c.branches()
    do {
      const batch = a.lacking(branches, { bytes: 10_000, after })
      c.admit((await Promise.all(batch.entries.map(checkEntry))).map(({ entry }) => entry as CheckedEntry))
      after = batch.after
      rounds++
    } while (after)
    t.true(rounds > 5)
    t.is(c.stateHash(), a.stateHash())
    const until = a.lacking([], { bytes: 1 << 30, until: ids[9] })
    t.is(until.entries.length, 3 + 10)
  })

  test('queries narrow and page', async (t) => {
    const { a, b } = await two()
    for (const item of ['1', '2', '3']) b.append({ ...by(bob).push(item), author: `${bob.did}#claude-1` })
    await send(b, a)
    const own = a.query({ author: bob.did, limit: 2 })
    t.deepEqual(
      own.map(({ body }) => body['item']),
      ['3', '2'],
    )
    t.deepEqual(
      a.query({ author: `${bob.did}#claude-1`, after: own[1], limit: 2 }).map(({ body }) => body['item']),
      ['1'],
    )
    t.is(a.query({ subject: 'l', limit: 9, order: 'oldest' })[0]?.body['item'], '1')
    t.is(a.query({ types: ['toy.admit', 'toy.list'], limit: 9 }).length, 2)
    t.is(a.query({ states: ['held'], limit: 9 }).length, 0)
    t.is(a.query({ until: clock.now(), limit: 9 }).length, 0)
    t.deepEqual(a.withPrefix(a.space.slice(0, 8), 5), [a.space])
  })
}
