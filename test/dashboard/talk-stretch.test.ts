import test from 'ava'
import { type Ends, endsAround, isWithin, stretchOf } from '../../dashboard/src/parts/talk/stretch.ts'
import { fc } from '../helpers/fast-check.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ({ id: `m${from + n}` }))

test('a short log is known as a whole, and stays so while it grows', (t) => {
  t.deepEqual(stretchOf([], {}), { from: 0, to: 0 })
  t.deepEqual(stretchOf(items(100), {}), { from: 0, to: 100 })
  t.true(isWithin({ from: 0, to: 1500 }, 1500, 0, 9))
  t.false(isWithin({ from: 0, to: 1501 }, 1501, 0, 9))
})

test('wherever one is in a log of any length, the part around it is not left at once, and never too long', (t) => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(20_000), (count, at) => {
      const all = items(count + 1)
      const middle = Math.min(at, count)
      const stretch = stretchOf(all, endsAround(all, middle))
      t.true(stretch.from <= middle && middle < stretch.to)
      t.true(stretch.to - stretch.from <= 1001)
      t.true(isWithin(stretch, all.length, Math.max(0, middle - 10), Math.min(count, middle + 10)))
    }),
    { numRuns: 50 },
  )
})

test('it holds the same messages while others come in above and below', (t) => {
  const ends = endsAround(items(10_000), 5000)
  const more = items(10_300, -200)
  const { from, to } = stretchOf(more, ends)
  t.deepEqual([more[from]?.id, more[to - 1]?.id], ['m4500', 'm5500'])
  t.is(from, 4700)
})

test('at an end of the log it takes in what comes there', (t) => {
  const begin = endsAround(items(10_000), 30)
  t.deepEqual(stretchOf(items(10_200, -200), begin), { from: 0, to: 731 })
  const end = endsAround(items(10_000), 9990)
  t.deepEqual(stretchOf(items(10_100), end), { from: 9490, to: 10_100 })
})

test('when a message at its end is gone, it goes as far as there are any', (t) => {
  const ends: Ends = { first: 'gone', last: 'gone, too' }
  t.deepEqual(stretchOf(items(50), ends), { from: 0, to: 50 })
})
