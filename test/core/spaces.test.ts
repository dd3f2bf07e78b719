import test from 'ava'
import { connect, joined, type Node, settle, syncNode } from './sync/helpers.ts'

test('a space is found by the beginning of its id, if that is long enough and fits one', async (t) => {
  const { spaces, ...alice } = syncNode('alice')
  const ids = [await alice.create(), await alice.create()]
  const [first = '', second = ''] = ids
  t.is(spaces.resolve(first, 'project_id'), first)
  const length = [...first].findIndex((letter, index) => letter !== second[index]) + 1
  t.is(spaces.resolve(first.slice(0, Math.max(4, length)), 'project_id', 'project'), first)
  t.throws(() => spaces.resolve(first.slice(0, 3), 'project_id'), { code: 'not_found', message: /At least 4/ })
  t.throws(() => spaces.resolve(`${first.slice(0, 8)}0`, 'project_id'), { code: 'not_found' })
  t.throws(() => spaces.resolve(first, 'thread_id', 'thread'), { code: 'not_found' })
  t.throws(() => spaces.replica('nothing'), { code: 'not_found' })
  t.is(spaces.info('nothing'), undefined)
  t.deepEqual(
    spaces
      .list()
      .map(({ id, status }) => [id, status])
      .sort(),
    ids.map((id) => [id, 'member']).sort(),
  )
})

test('what listeners write is kept with the entries, or not at all', async (t) => {
  const { spaces, ...alice } = syncNode('alice')
  const heard: string[] = []
  spaces.onEntries(({ added, from }) => {
    heard.push(...added.map(({ type }) => `${type} ${from}`))
    if (added.some(({ body }) => body['item'] === 'bad')) throw new Error('no')
  })
  const space = await alice.create()
  await alice.push(space, 'good')
  await t.throwsAsync(alice.push(space, 'bad'), { message: 'no' })
  t.deepEqual(alice.items(space), ['good'])
  t.is(heard.length, 4)
  const entry = await spaces.create('project', { author: alice.did, facts: {} }, (replica, { id }) => {
    replica.append({ author: alice.did, type: 'toy.list', facts: { id } })
  })
  t.is(spaces.replica(entry.id).count(), 2)
})

test('who was refused in the middle of a write goes on with what was written before it', async (t) => {
  const { spaces, ...alice } = syncNode('alice')
  const space = await alice.create()
  let told = 0
  spaces.onCommitted(({ added }) => {
    told += added.length
  })
  const push = (item: string) => ({ author: alice.did, type: 'toy.push', facts: { list: 'l', item } })
  await alice.database.write(() => {
    t.throws(() =>
      spaces.writeWithin(space, (replica) => {
        replica.append(push('one'))
        replica.append(push('one'))
      }),
    )
    spaces.writeWithin(space, (replica) => replica.append(push('two')))
  })
  t.deepEqual(alice.items(space), ['one', 'two'])
  t.is(told, 2)
})

test('how a node stands to a space follows the log; who left by itself hears no more of it', async (t) => {
  const { space, nodes } = await joined('bob')
  const [alice, bob] = nodes as [Node, Node]
  t.is(bob.spaces.info(space)?.status, 'member')
  await bob.database.write(() => bob.spaces.leaveWithin(space))
  connect(alice, bob)
  await alice.push(space, 'news')
  await settle(alice, bob)
  t.deepEqual(bob.items(space), [])
  await bob.begin(space, [], [alice.did])
  await settle(alice, bob)
  t.is(bob.spaces.info(space)?.status, 'member')
  t.deepEqual(bob.items(space), ['news'])
})
