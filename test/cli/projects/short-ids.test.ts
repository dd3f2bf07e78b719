import test from 'ava'
import { shortest } from '../../../src/cli/projects/short-ids.ts'
import { fc } from '../../helpers/fast-check.ts'

test('beginnings of ids are as short as tells them apart', (t) => {
  const short = shortest(['abcdefghi1', 'abcdefghi2', 'xbcdefghi1'])
  t.is(short('abcdefghi1'), 'abcdefghi1')
  t.is(short('xbcdefghi1'), 'xbcdefgh')
})

test('no beginning fits another of those listed', (t) => {
  const id = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 36, maxLength: 36 })
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1 }), (ids) => {
      const short = shortest(ids)
      for (const each of ids)
        t.deepEqual(
          ids.filter((other) => other.startsWith(short(each))),
          [each],
        )
    }),
  )
})
