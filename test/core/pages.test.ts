import test from 'ava'
import { listPage } from '../../src/core/list-page.ts'
import { entryCursors, placeCursors } from '../../src/core/place-cursors.ts'
import { fc } from '../helpers/fast-check.ts'

const named = (id: string) => ({ id })

test('page by page a list is read whole, and each page but the last says how to go on', (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 5 }), (ids, limit) => {
      const all = ids.map(named)
      const read: string[] = []
      for (let page = listPage(all, { limit }); ; page = listPage(all, { limit, cursor: page.next_cursor })) {
        read.push(...page.items.map(({ id }) => id))
        if (page.next_cursor === undefined) break
      }
      t.deepEqual(read, ids)
    }),
  )
})

test('a cursor of another list, or of none, is refused', (t) => {
  const place = { lamport: 36, id: '0b7e6f1e-4d0a-4c55-9d8e-0a4f6b1c2d3e' }
  const cursors = placeCursors('t', /[0-9a-f-]{36}/)
  t.deepEqual(cursors.read(cursors.write(place)), place)
  t.is(cursors.read(undefined), undefined)
  t.throws(() => entryCursors.read(cursors.write(place)), { code: 'invalid_cursor' })
  t.throws(() => cursors.read(`${cursors.write(place)}0`), { code: 'invalid_cursor' })
  t.throws(() => listPage([named('a')], { limit: 1, cursor: 'b' }), { code: 'invalid_cursor' })
})
