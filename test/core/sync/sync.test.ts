import test from 'ava'
import { connect, joined, type Node, settle, syncNode } from './helpers.ts'

test('who joins is given the log, and from then on what is new at once', async (t) => {
  const alice = syncNode('alice')
  const bob = syncNode('bob')
  const space = await alice.create()
  for (const item of ['a', 'b', 'c']) await alice.push(space, item)
  await alice.admit(space, bob)
  t.is(bob.spaces.info(space)?.status, 'joining')
  connect(alice, bob)
  await settle(alice, bob)
  t.deepEqual(bob.items(space), ['a', 'b', 'c'])
  t.is(bob.spaces.info(space)?.status, 'member')
  t.is(bob.hash(space), alice.hash(space))
  await bob.push(space, 'd')
  await alice.push(space, 'e')
  await settle(alice, bob)
  t.deepEqual([...alice.items(space)].sort(), ['a', 'b', 'c', 'd', 'e'])
  t.is(bob.hash(space), alice.hash(space))
  t.deepEqual([...alice.errors, ...bob.errors], [])
})

test('two that were apart send each other what the other lacks, and nothing else', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  for (let index = 0; index < 50; index++) {
    await alice.push(space, `a${index}`)
    await bob.push(space, `b${index}`)
  }
  const wire = connect(alice, bob)
  await settle(alice, bob)
  t.is(alice.items(space).length, 100)
  t.is(bob.hash(space), alice.hash(space))
  t.is(wire.entries(alice), 50)
  t.is(wire.entries(bob), 50)
})

test('who comes back with nothing new is sent nothing', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  const wire = connect(alice, bob)
  await settle(alice, bob)
  t.is(wire.entries(alice) + wire.entries(bob), 0)
  t.is(bob.hash(space), alice.hash(space))
})

test('any member passes on what it was sent: the author need not be there', async (t) => {
  const { space, nodes } = await joined('bob', 'carol')
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  const wire = connect(bob, alice)
  await bob.push(space, 'from bob')
  await settle(...nodes)
  wire.cut()
  connect(alice, carol)
  await settle(...nodes)
  t.deepEqual(carol.items(space), ['from bob'])
})

test('in a chain of members what is new goes from end to end at once', async (t) => {
  const { space, nodes } = await joined('bob', 'carol', 'dave')
  const [alice, bob, carol, dave] = nodes as [Node, Node, Node, Node]
  connect(alice, bob)
  connect(bob, carol)
  connect(carol, dave)
  await settle(...nodes)
  await alice.push(space, 'one')
  await dave.push(space, 'two')
  await settle(...nodes)
  for (const node of nodes) t.is(node.hash(space), alice.hash(space), node.name)
  t.is(alice.items(space).length, 2)
})
