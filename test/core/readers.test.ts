import test from 'ava'
import { createReaders } from '../../src/core/readers.ts'
import { fakeClock } from '../helpers/fake-clock.ts'

test('who reads is there while it does, and when last is known', async (t) => {
  const clock = fakeClock()
  const start = clock.now()
  const readers = createReaders(clock)
  const left: string[] = []
  readers.onLeave((inbox) => left.push(inbox))
  t.false(readers.isReading('operator'))
  t.is(readers.lastRead('operator'), start)
  const [one, other] = [readers.reading('operator'), readers.reading('operator')]
  t.true(readers.isReading('operator'))
  t.false(readers.isReading('agent:a'))
  await clock.advance(1000)
  one()
  t.true(readers.isReading('operator'))
  t.deepEqual(left, [])
  await clock.advance(1000)
  other()
  t.false(readers.isReading('operator'))
  t.is(readers.lastRead('operator'), start + 2000)
  t.deepEqual(left, ['operator'])
})
