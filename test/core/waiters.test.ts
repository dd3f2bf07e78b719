import test from 'ava'
import { createWaiters } from '../../src/core/waiters.ts'
import { fakeClock } from '../helpers/fake-clock.ts'

const never = new AbortController().signal

test('all who wait for a key are woken at once, and nobody else', async (t) => {
  const clock = fakeClock()
  const { wait, wake } = createWaiters(clock)
  const [one, two, other] = [wait('a', 1000, never), wait('a', 1000, never), wait('b', 1000, never)]
  wake('a')
  t.deepEqual(await Promise.all([one, two]), [true, true])
  await clock.advance(1000)
  t.false(await other)
})

test('who waits anew while being woken waits for the next time', async (t) => {
  const { wait, wake } = createWaiters(fakeClock())
  const turns: number[] = []
  const again = wait('a', 1000, never).then(() => {
    turns.push(1)
    return wait('a', 1000, never).then(() => turns.push(2))
  })
  wake('a')
  await Promise.resolve()
  await Promise.resolve()
  t.deepEqual(turns, [1])
  wake('a')
  await again
  t.deepEqual(turns, [1, 2])
})

test('who goes away waits no more', async (t) => {
  const { wait, wake } = createWaiters(fakeClock())
  const gone = new AbortController()
  const waiting = wait('a', 1000, gone.signal)
  gone.abort(new Error('gone'))
  await t.throwsAsync(waiting, { message: 'gone' })
  await t.throwsAsync(wait('a', 1000, gone.signal), { message: 'gone' })
  t.notThrows(() => wake('a'))
})
