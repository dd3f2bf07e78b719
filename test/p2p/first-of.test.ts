import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { firstOf } from '../../src/p2p/first-of.ts'
import { fakeClock } from '../helpers/fake-clock.ts'

/** Attempts that the test ends itself, and the signals they were given. */
function setUp(items: string[], signal?: AbortSignal) {
  const clock = fakeClock()
  const begun = new Map<
    string,
    { resolve: (value: string) => void; reject: (error: unknown) => void; signal: AbortSignal }
  >()
  const result = firstOf({ clock, stagger: 300, signal }, items, (item, stop) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    stop.addEventListener('abort', () => reject(stop.reason), { once: true })
    begun.set(item, { resolve, reject, signal: stop })
    return promise
  })
  result.catch(() => undefined)
  return { clock, begun, result, names: () => [...begun.keys()] }
}

const unreachable = new AgoraError('unreachable', 'nobody there')
const wrong = new AgoraError('wrong_identity', 'somebody else')

test('each begins a little after the one before, at once when that has failed, and the first that answers decides', async (t) => {
  const { clock, begun, result, names } = setUp(['a', 'b', 'c', 'd'])
  t.deepEqual(names(), ['a'])
  await clock.advance(299)
  t.deepEqual(names(), ['a'])
  await clock.advance(1)
  t.deepEqual(names(), ['a', 'b'])
  begun.get('a')?.reject(unreachable)
  await clock.advance(0)
  t.deepEqual(names(), ['a', 'b'], 'the other is still under way')
  begun.get('b')?.reject(unreachable)
  await clock.advance(0)
  t.deepEqual(names(), ['a', 'b', 'c'])
  await clock.advance(300)
  begun.get('c')?.resolve('found')
  t.is(await result, 'found')
  t.true(begun.get('d')?.signal.aborted)
  await clock.advance(10_000)
  t.deepEqual(names(), ['a', 'b', 'c', 'd'])
})

test('when all fail, the fault that says most is told', async (t) => {
  const { clock, begun, result } = setUp(['a', 'b', 'c'])
  for (const [item, error] of [
    ['a', unreachable],
    ['b', wrong],
    ['c', unreachable],
  ] as const) {
    begun.get(item)?.reject(error)
    await clock.advance(0)
  }
  t.is(await t.throwsAsync(result), wrong)
})

test('whoever gives up stops all of it', async (t) => {
  const giveUp = new AbortController()
  const { clock, begun, result, names } = setUp(['a', 'b', 'c'], giveUp.signal)
  await clock.advance(300)
  giveUp.abort(new Error('enough'))
  await t.throwsAsync(result, { message: 'enough' })
  t.true([...begun.values()].every(({ signal }) => signal.aborted))
  await clock.advance(10_000)
  t.deepEqual(names(), ['a', 'b'])
  await t.throwsAsync(setUp(['a'], giveUp.signal).result, { message: 'enough' })
})
