import test, { type ExecutionContext } from 'ava'
import { createWhereabouts, type Teller } from '../../src/p2p/whereabouts.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'
import { newKey } from '../helpers/remote.ts'
import { realBook } from '../helpers/roamer.ts'
import { recordedTelemetry } from '../helpers/telemetry.ts'

const bob = newKey().did
const carol = newKey().did
const place = (port: number) => `/ip4/203.0.113.7/tcp/${port}`
const places = (count: number, from = 1) => Array.from({ length: count }, (_, n) => place(from + n))
const byCarol: Teller = { source: 'friend', who: carol, near: false }
const byBob: Teller = { source: 'hello', who: bob, near: false }

const MINUTE = 60_000
const HOUR = 60 * MINUTE

async function setUp(t: ExecutionContext) {
  const clock = fakeClock()
  const kept = realBook(t, clock)
  const recorded = recordedTelemetry()
  const learned: string[] = []
  const whereabouts = createWhereabouts({
    clock,
    book: kept.book,
    telemetry: recorded.telemetry,
    onLearned: (did) => learned.push(did),
  })
  const tell = async (did: string, addresses: string[], teller: Teller) => {
    whereabouts.told(did, addresses, teller)
    await kept.database.idle()
  }
  await kept.trust(bob, 1, 'bob')
  return { ...kept, ...recorded, clock, learned, whereabouts, tell }
}

test('what is told of strangers, of the blocked and of those without trust is not kept', async (t) => {
  const { book, tell, places: kept, trust, block, learned } = await setUp(t)
  await tell(carol, places(2), byCarol)
  t.is(book.get(carol), undefined)
  await book.met(carol, 'carol', place(9))
  await tell(carol, places(2), byCarol)
  t.deepEqual(kept(carol), [`dialled ${place(9)}`])
  await trust(bob, 0)
  await tell(bob, places(2), byBob)
  await trust(bob, 2)
  await block(bob)
  await tell(bob, places(2), byBob)
  t.deepEqual(kept(bob), [])
  t.deepEqual(learned, [])
})

test('where it was last comes first, then where the operator says, then what was told', async (t) => {
  const { book, tell, whereabouts, clock, learned } = await setUp(t)
  await tell(bob, places(2), byBob)
  await tell(bob, places(2), byBob)
  t.deepEqual(learned, [bob], 'nothing new the second time')
  await book.met(bob, 'bob', place(8))
  await clock.advance(1)
  await book.met(bob, 'bob', place(9))
  t.deepEqual(whereabouts.plan(bob, [place(5), place(1)]), [place(9), place(8), place(5), place(1), place(2)])
  t.deepEqual(whereabouts.plan(carol, [place(5)]), [place(5)])
})

test('an address that never answers is tried in ever longer pauses, given up, and not learned again for a day', async (t) => {
  const { database, tell, whereabouts, clock, places: kept } = await setUp(t)
  await tell(bob, places(1), byCarol)
  const tries: number[] = []
  const began = clock.now()
  while (clock.now() - began < 72 * HOUR) {
    if (whereabouts.plan(bob, []).length > 0) {
      tries.push((clock.now() - began) / MINUTE)
      whereabouts.failed(bob, place(1))
      await database.idle()
    }
    await clock.advance(MINUTE)
  }
  t.deepEqual(tries, [0, 1, 11, 71, 431, 1871])
  t.deepEqual(kept(bob), [])
  await tell(bob, places(1), byCarol)
  t.deepEqual(whereabouts.plan(bob, []), [place(1)], 'a day has passed')
})

test('an address given up is not learned again that day', async (t) => {
  const { database, tell, whereabouts, clock, places: kept } = await setUp(t)
  await tell(bob, places(1), byCarol)
  for (let failure = 0; failure < 6; failure++) whereabouts.failed(bob, place(1))
  await database.idle()
  await clock.advance(23 * HOUR)
  await tell(bob, places(1), byBob)
  t.deepEqual([kept(bob), whereabouts.plan(bob, [])], [[], []])
})

test('where a peer has answered is never given up, the latest two are always tried', async (t) => {
  const { book, whereabouts, clock } = await setUp(t)
  for (const address of places(3)) {
    await book.met(bob, 'bob', address)
    await clock.advance(1)
  }
  for (let failure = 0; failure < 100; failure++) for (const address of places(3)) whereabouts.failed(bob, address)
  t.deepEqual(whereabouts.plan(bob, []), [place(3), place(2)])
  await clock.advance(10 * MINUTE)
  t.deepEqual(whereabouts.plan(bob, []), [place(3), place(2), place(1)])
})

test('one teller has so many new addresses taken, and then one a minute; another is still heard', async (t) => {
  const { tell, whereabouts, clock, counts, trust } = await setUp(t)
  const others = Array.from({ length: 20 }, () => newKey().did)
  for (const did of others) await trust(did, 1)
  for (const did of others) await tell(did, places(16), byCarol)
  const known = () => others.flatMap((did) => whereabouts.plan(did, [])).length
  t.true(known() <= 64)
  t.true(counts.includes('rate_limited addresses'))
  const before = known()
  await clock.advance(2 * MINUTE)
  for (const did of others.slice(-2)) await tell(did, places(16), byCarol)
  t.is(known() - before, 2)
  await tell(bob, places(3), byBob)
  t.is(whereabouts.plan(bob, []).length, 3)
})

test('somebody else at an address is told to the operator, with who said so, and the address is dropped', async (t) => {
  const { book, database, tell, whereabouts, security, places: kept, clock } = await setUp(t)
  await tell(bob, places(1), byCarol)
  await book.met(bob, 'bob', place(9))
  whereabouts.wrong(bob, place(1), carol, false)
  whereabouts.wrong(bob, place(9), carol, true)
  // As a dial does that came to nothing.
  whereabouts.failed(bob, place(1))
  t.deepEqual(whereabouts.plan(bob, [place(9)]), [], 'not even where the operator said')
  await database.idle()
  t.deepEqual(kept(bob), [])
  t.deepEqual(security, [`wrong_key_at_address ${bob}`, `wrong_key_at_address ${bob}`])
  await tell(bob, [place(1)], byCarol)
  t.deepEqual(whereabouts.plan(bob, []), [])
  await clock.advance(HOUR)
  t.deepEqual(whereabouts.plan(bob, [place(9)]), [place(9)], 'the operator may have put it right')
  await tell(bob, [place(1)], byCarol)
  t.deepEqual(whereabouts.plan(bob, []), [])
})

test('whoever answers after all is tried again from the beginning', async (t) => {
  const { book, tell, whereabouts } = await setUp(t)
  await tell(bob, places(1), byBob)
  whereabouts.failed(bob, place(1))
  t.deepEqual(whereabouts.plan(bob, []), [])
  whereabouts.worked(bob, place(1))
  await book.met(bob, 'bob', place(1))
  t.deepEqual(whereabouts.plan(bob, []), [place(1)])
  t.true(whereabouts.isTold(bob, place(1)), 'it is looked up with care as before')
  t.false(whereabouts.isTold(bob, place(2)))
})

test('whatever is told by whomever, so much is dialled and no more', async (t) => {
  const telling = fc.record({
    addresses: fc.array(fc.oneof(fc.string(), fc.integer({ min: 0, max: 70_000 }).map(place)), { maxLength: 40 }),
    source: fc.constantFrom<Teller['source']>('hello', 'friend', 'mdns'),
    pause: fc.integer({ min: 0, max: 10 * MINUTE }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(telling, { maxLength: 30 }), async (tellings) => {
      const disposals: (() => void)[] = []
      const { whereabouts, database, clock, tell, book } = await setUp({
        teardown: (run: () => void) => disposals.push(run),
      } as never)
      const began = clock.now()
      let dials = 0
      for (const { addresses, source, pause } of tellings) {
        await tell(bob, addresses, { source, who: carol, near: false })
        for (const address of whereabouts.plan(bob, [])) {
          dials++
          whereabouts.failed(bob, address)
        }
        await clock.advance(pause)
      }
      await database.idle()
      const minutes = (clock.now() - began) / MINUTE
      t.true(dials <= (64 + minutes) * 6, `${dials} in ${minutes} minutes`)
      t.true((book.get(bob)?.addresses.length ?? 0) <= 24)
      for (const dispose of disposals.reverse()) dispose()
    }),
    { numRuns: 50 },
  )
})
