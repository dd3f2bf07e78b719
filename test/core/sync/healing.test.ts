import test from 'ava'
import { fc } from '../../helpers/fast-check.ts'
import { connect, joined, type Node, settle, syncNode, type Wire } from './helpers.ts'

const sorted = (items: string[]) => items.toSorted()

/** A node with the key of another, and with what a third has of a space: a backup that was put back. */
async function twinOf(node: Node, space: string, source: Node): Promise<Node> {
  const twin = syncNode(`${node.name}-twin`, { key: node.key })
  await twin.begin(space, [source.spaces.replica(space).signed(space)], [source.did])
  const wire = connect(twin, source)
  await settle(twin, source)
  wire.cut()
  return twin
}

test('a fork reaches everybody, whichever side has which branch and whose is longer', async (t) => {
  for (const [mine, others] of [
    [1, 1],
    [1, 3],
    [3, 1],
    [40, 2],
    [2, 40],
  ] as const) {
    const { space, nodes } = await joined('bob', 'carol')
    const [alice, bob, carol] = nodes as [Node, Node, Node]
    const twin = await twinOf(bob, space, alice)
    for (let index = 0; index < mine; index++) await bob.push(space, `one ${index}`)
    for (let index = 0; index < others; index++) await twin.push(space, `two ${index}`)
    const first = connect(alice, bob)
    connect(carol, twin)
    await settle(...nodes, twin)
    first.cut()
    connect(alice, carol)
    await settle(...nodes, twin)
    const all = mine + others
    t.deepEqual(
      [alice, carol].map((node) => node.items(space).length),
      [all, all],
      `${mine} ${others}`,
    )
    t.is(alice.hash(space), carol.hash(space))
    connect(alice, bob)
    await settle(...nodes, twin)
    t.is(bob.hash(space), alice.hash(space), 'who forked learns of it too')
    t.is(twin.hash(space), alice.hash(space))
    await bob.push(space, 'joined')
    await settle(...nodes, twin)
    t.is(carol.hash(space), alice.hash(space))
    t.deepEqual(
      [alice, bob, carol].flatMap(({ security, errors }) => [...security, ...errors]),
      [],
    )
  }
})

test('parents that somebody was thought to have are asked for', async (t) => {
  const { space, nodes } = await joined('bob', 'carol')
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  const twin = await twinOf(bob, space, alice)
  await bob.push(space, 'one')
  const first = connect(alice, bob)
  await settle(...nodes)
  first.cut()
  for (const item of ['a', 'b', 'c']) await twin.push(space, item)
  const second = connect(carol, twin)
  await settle(carol, twin)
  second.cut()
  // Carol's branch of bob is longer, so that alice takes it that carol has hers; what alice writes cites it.
  await alice.push(space, 'cites one')
  connect(alice, carol)
  await settle(...nodes)
  t.deepEqual(sorted(carol.items(space)), ['a', 'b', 'c', 'cites one', 'one'])
  t.is(carol.hash(space), alice.hash(space))
})

test('whoever looked for what others know has it when they have answered, or gives up', async (t) => {
  const { space, nodes } = await joined('bob', 'carol')
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  t.true(await alice.sync.synchronise(space, 1000), 'there is nobody to ask')
  connect(alice, bob)
  const { promise, resolve } = Promise.withResolvers<void>()
  let gate = Promise.resolve()
  connect(alice, carol, { gate: () => gate })
  await settle(...nodes)
  t.true(await alice.sync.synchronise(space, 1000))
  gate = promise
  const asking = alice.sync.synchronise(space, 3000)
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done))
  await alice.clock.advance(3000)
  t.false(await asking)
  await carol.push(space, 'news')
  const more = alice.sync.synchronise(space, 3000)
  resolve()
  t.true(await more)
  t.deepEqual(alice.items(space), ['news'])
})

test('a write that fails leaves no trace in memory, and members are told of nothing', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const wire = connect(alice, bob)
  await settle(...nodes)
  const hash = alice.hash(space)
  const before = wire.entries(alice)
  await t.throwsAsync(
    alice.spaces.write(space, (replica) => {
      replica.append({ author: alice.did, type: 'toy.push', facts: { list: 'l', item: 'x' } })
      throw new Error('no')
    }),
  )
  await Promise.allSettled([
    alice.push(space, 'kept'),
    alice.database.write(() => {
      alice.spaces.writeWithin(space, (replica) =>
        replica.append({ author: alice.did, type: 'toy.push', facts: { list: 'l', item: 'y' } }),
      )
      throw new Error('no')
    }),
    alice.push(space, 'kept too'),
  ])
  await settle(...nodes)
  t.deepEqual(alice.items(space), ['kept', 'kept too'])
  t.not(alice.hash(space), hash)
  t.is(bob.hash(space), alice.hash(space))
  t.is(wire.entries(alice) - before, 2)
})

test('whatever is written where, and whoever is connected when: in the end all have the same', async (t) => {
  const names = ['bob', 'carol', 'dave']
  const step = fc.oneof(
    fc.record({ what: fc.constant('push' as const), who: fc.nat(4), burst: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ what: fc.constant('join' as const), who: fc.nat(3), other: fc.nat(3) }),
    fc.record({ what: fc.constant('cut' as const), who: fc.nat(20) }),
    fc.record({ what: fc.constant('turn' as const) }),
    fc.record({ what: fc.constant('restart' as const), who: fc.nat(3), snapshot: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const { space, nodes } = await joined(...names)
      // Number 4 writes with bob's key on another machine, and is connected only in the end.
      const twin = await twinOf(nodes[1] as Node, space, nodes[0] as Node)
      const all = [...nodes, twin]
      let wires: { pair: string; wire: Wire }[] = []
      let count = 0
      const join = (one: number, other: number) => {
        const pair = [one, other].sort().join()
        if (one === other || wires.some((entry) => entry.pair === pair)) return
        wires.push({ pair, wire: connect(all[one] as Node, all[other] as Node) })
      }
      const restart = async (who: number, snapshot: boolean) => {
        const { name, key, path, database, spaces } = all[who] as Node
        for (const { wire } of wires.filter(({ pair }) => pair.includes(`${who}`))) wire.cut()
        wires = wires.filter(({ pair }) => !pair.includes(`${who}`))
        await settle(...all)
        if (snapshot) await database.write(() => spaces.snapshot())
        database.close()
        const again = syncNode(name, { key, path })
        await again.database.write(() => again.sync.start())
        nodes[who] = again
        all[who] = again
      }
      for (const one of steps) {
        if (one.what === 'push') {
          const writing = Array.from({ length: one.burst }, () => (all[one.who] as Node).push(space, `${count++}`))
          await Promise.all(writing)
        } else if (one.what === 'join') join(one.who, one.other)
        else if (one.what === 'turn') await settle(...all)
        else if (one.what === 'restart') await restart(one.who, one.snapshot)
        else {
          wires[one.who % Math.max(1, wires.length)]?.wire.cut()
          wires = wires.filter((_, index) => index !== one.who % Math.max(1, wires.length))
        }
      }
      for (const { wire } of wires.splice(0)) wire.cut()
      await settle(...all)
      const last = connect(twin, nodes[0] as Node)
      await settle(...all)
      last.cut()
      for (const [one, other] of [
        [0, 1],
        [1, 2],
        [2, 3],
      ] as const)
        join(one, other)
      await settle(...all)
      const hashes = new Set(nodes.map((node) => node.hash(space)))
      t.is(hashes.size, 1)
      t.is((nodes[3] as Node).items(space).length, count)
      t.deepEqual(
        all.flatMap(({ security, errors }) => [...security, ...errors]),
        [],
      )
      for (const { database } of all) database.close()
    }),
    { numRuns: Number(process.env['AGORA_RUNS'] ?? 12) },
  )
})
