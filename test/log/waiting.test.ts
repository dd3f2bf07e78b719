import test from 'ava'
import type { CheckedEntry } from '../../src/log/checked.ts'
import { createWaitingRoom, PARENT_BYTES } from '../../src/log/waiting.ts'

const entry = (id: string, size = 10): CheckedEntry =>
  ({ id, signed: { header: 'x'.repeat(size), facts: '' } }) as CheckedEntry
const ids = (list: { entry: CheckedEntry }[]) => list.map((one) => one.entry.id)

test('what waits for several comes with the last of them', (t) => {
  const room = createWaitingRoom()
  room.add(entry('c'), 'bob', ['a', 'b'])
  room.add(entry('d'), undefined, ['b'])
  t.deepEqual(room.release('a'), [])
  t.deepEqual(ids(room.release('b')), ['c', 'd'])
  t.is(room.size(), 0)
  t.deepEqual(room.release('b'), [])
})

test('who comes again waits once', (t) => {
  const room = createWaitingRoom()
  room.add(entry('c'), 'bob', ['a', 'b'])
  room.add(entry('c'), 'carol', ['b'])
  t.deepEqual(room.release('a'), [])
  t.deepEqual(room.release('b'), [{ entry: entry('c'), from: 'carol' }])
})

test('too many, or too much: the oldest goes', (t) => {
  const few = createWaitingRoom({ most: 2 })
  for (const id of ['a', 'b', 'c']) few.add(entry(id), undefined, ['x'])
  t.deepEqual(ids(few.release('x')), ['b', 'c'])
  const small = createWaitingRoom({ mostBytes: 25 + 2 * PARENT_BYTES })
  for (const id of ['a', 'b', 'c']) small.add(entry(id), undefined, ['x'])
  t.deepEqual(ids(small.release('x')), ['b', 'c'])
  t.is(small.size(), 0)
  // An entry that names many parents takes as much as many that name one.
  small.add(entry('a'), undefined, ['x'])
  small.add(entry('b'), undefined, ['x', 'y'])
  t.deepEqual(ids(small.release('x')), [])
  t.deepEqual(ids(small.release('y')), ['b'])
})

test('what waits for somebody who never comes is forgotten, and so on', (t) => {
  const room = createWaitingRoom()
  room.add(entry('b'), undefined, ['a'])
  room.add(entry('c'), undefined, ['b', 'z'])
  room.add(entry('d'), undefined, ['z'])
  room.forget('a')
  t.deepEqual(ids(room.release('z')), ['d'])
  t.is(room.size(), 0)
})
