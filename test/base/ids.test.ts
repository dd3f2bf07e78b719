import test from 'ava'
import { isId, newId } from '../../src/base/ids.ts'

test('ids are UUIDv7, never the same, and sort by their time', (t) => {
  const ids = Array.from({ length: 5000 }, () => newId(1_700_000_000_000))
  t.true(ids.every(isId))
  t.is(new Set(ids).size, ids.length)
  t.true(ids.every((id) => id < newId(1_700_000_000_001)))
})
