import test from 'ava'
import { tokenBucket } from '../../src/base/token-bucket.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'

test('grants the burst at once, then as many as flow in', async (t) => {
  const clock = fakeClock()
  const bucket = tokenBucket({ clock, perSecond: 10, burst: 3 })
  t.deepEqual([bucket.take(), bucket.take(), bucket.take()], [0, 0, 0])
  t.is(bucket.take(), 100)
  await clock.advance(99)
  t.is(bucket.take(), 1)
  await clock.advance(1)
  t.is(bucket.take(), 0)
  t.true(bucket.take() > 0)
})

test('grants more than the burst from a full bucket, and the debt delays the next', async (t) => {
  const clock = fakeClock()
  const bucket = tokenBucket({ clock, perSecond: 10, burst: 2 })
  t.is(bucket.take(5), 0)
  t.is(bucket.take(), 400)
  await clock.advance(400)
  t.is(bucket.take(), 0)
})

test('what was spent is owed, whether or not it was there', async (t) => {
  const clock = fakeClock()
  const bucket = tokenBucket({ clock, perSecond: 10, burst: 2 })
  bucket.spend(5)
  t.is(bucket.take(0), 300)
  await clock.advance(300)
  t.is(bucket.take(0), 0)
  t.is(bucket.take(), 100)
})

test('a clock that is set back neither gives nor takes', (t) => {
  let now = 1_000_000
  const bucket = tokenBucket({ clock: { now: () => now, after: () => () => undefined }, perSecond: 1, burst: 1 })
  t.is(bucket.take(), 0)
  now -= 500_000
  t.is(bucket.take(), 1000)
  now += 1000
  t.is(bucket.take(), 0)
})

test('never grants more than burst plus flow, and whoever waits as told is granted', (t) => {
  const step = fc.record({ wait: fc.integer({ min: 0, max: 500 }), take: fc.integer({ min: 1, max: 5 }) })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(step, { maxLength: 50 }), (perSecond, steps) => {
      let now = 0
      let granted = 0
      const bucket = tokenBucket({ clock: { now: () => now, after: () => () => undefined }, perSecond, burst: 5 })
      for (const { wait, take } of steps) {
        now += wait
        const later = bucket.take(take)
        if (later === 0) granted += take
        else {
          now += later
          // Rounding may ask for one millisecond more, never for a second turn.
          if (bucket.take(take) > 0) now += 1
          else granted += take
        }
      }
      return granted <= 5 + (now * perSecond) / 1000 + 1e-6
    }),
  )
  t.pass()
})
