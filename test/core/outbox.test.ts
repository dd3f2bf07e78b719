import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { TIME_TO_LIVE } from '../../src/contract/envelope.ts'
import { seal } from '../../src/core/envelopes.ts'
import type { Link } from '../../src/core/network.ts'
import { createOutbox, type Progress } from '../../src/core/outbox.ts'
import { openDatabase } from '../../src/store/database.ts'
import { fillDisk, temporaryFolder } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { newKey } from '../helpers/remote.ts'
import { recordedTelemetry } from '../helpers/telemetry.ts'

const key = newKey()
const bob = newKey().did
const carol = newKey().did

function setUp(t: ExecutionContext, folder = temporaryFolder(t), clock = fakeClock()) {
  const database = openDatabase(join(folder, 'agora.db'))
  t.teardown(() => database.close())
  const outbox = createOutbox({ clock, database, telemetry: recordedTelemetry().telemetry })
  const progress: Progress[] = []
  outbox.onProgress((learned) => progress.push(learned))
  return {
    outbox,
    database,
    clock,
    progress,
    folder,
    /** Posts one message for each text; resolves with their ids once they are on disk. */
    post: (texts: string[], peer = bob, type = 'message') =>
      database.write(() =>
        texts.map((text) => {
          const sealed = seal({ key, clock }, { type, from: key.did, to: peer, body: { text } })
          outbox.post(sealed, peer)
          return sealed.envelope.id
        }),
      ),
    settle: (id: string, peer = bob) => database.write(() => outbox.settle(id, peer)),
    /** Resolves when all that was handed over has been noted, a while after. */
    async quiet() {
      await clock.advance(100)
      await database.idle()
      await clock.advance(0)
    },
    /** What the last told of `id`. */
    stage: (id: string) => progress.findLast((learned) => learned.id === id)?.stage,
  }
}

/** A link on which the test says when the transport takes what it is given. */
function heldLink() {
  const texts: string[] = []
  let bytes = 0
  let sends = 0
  let gate: PromiseWithResolvers<void> | undefined
  let arrived = Promise.withResolvers<void>()
  const link: Link = {
    async send(frames) {
      sends++
      texts.push(...frames.map((frame) => JSON.parse(Buffer.from(frame).toString()).body.text))
      bytes += frames.reduce((sum, frame) => sum + frame.length, 0)
      arrived.resolve()
      await gate?.promise
    },
  }
  return {
    link,
    texts,
    bytes: () => bytes,
    sends: () => sends,
    hold() {
      gate = Promise.withResolvers()
    },
    release() {
      gate?.resolve()
      gate = undefined
    },
    fail() {
      gate?.reject(new Error('the link is gone'))
      gate = undefined
    },
    /** Resolves when `count` frames have been handed over. */
    async until(count: number) {
      while (texts.length < count) {
        await arrived.promise
        arrived = Promise.withResolvers()
      }
    },
  }
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}`)

test('what was posted is sent in order, before and after there is a link', async (t) => {
  const { outbox, post } = setUp(t)
  const { link, texts, until } = heldLink()
  await post(numbered(100))
  t.deepEqual(texts, [])
  outbox.linkUp(bob, link)
  await until(100)
  await post(numbered(50, 100))
  await until(150)
  t.deepEqual(texts, numbered(150))
  t.is(outbox.count(), 150)
})

test('what was not committed is not sent', async (t) => {
  const { outbox, database, clock, post } = setUp(t)
  const { link, texts, until } = heldLink()
  outbox.linkUp(bob, link)
  const failed = database.write(() => {
    outbox.post(seal({ key, clock }, { type: 'message', from: key.did, to: bob, body: { text: 'never' } }), bob)
    throw new Error('bug')
  })
  await t.throwsAsync(failed)
  await post(['a'])
  await until(1)
  t.deepEqual(texts, ['a'])
})

test('each peer gets its own, and one that is slow holds up nobody else', async (t) => {
  const { outbox, post } = setUp(t)
  const [slow, quick] = [heldLink(), heldLink()]
  slow.hold()
  outbox.linkUp(bob, slow.link)
  outbox.linkUp(carol, quick.link)
  await post(['b1', 'b2'], bob)
  await post(numbered(200), carol)
  await quick.until(200)
  t.deepEqual(quick.texts, numbered(200))
  t.deepEqual(slow.texts, ['b1', 'b2'])
  slow.release()
})

test('`sent` is told once the transport has it, and is known then', async (t) => {
  const { outbox, quiet, clock, post, stage, progress } = setUp(t)
  const { link, until, hold, release } = heldLink()
  hold()
  outbox.linkUp(bob, link)
  const [id = ''] = await post(['a'])
  await until(1)
  t.is(stage(id), undefined)
  t.is(outbox.find(id, bob)?.first_sent_at, null)
  await clock.advance(1000)
  const known: unknown[] = []
  outbox.onProgress((learned) => known.push(outbox.find(learned.id, bob)?.first_sent_at))
  const at = clock.now()
  release()
  await clock.advance(99)
  t.is(stage(id), undefined)
  await quiet()
  t.deepEqual(progress, [{ id, peer: bob, stage: 'sent', at }])
  t.deepEqual(known, [at])
  t.is(outbox.find(id, bob)?.attempts, 1)
})

test('what has its receipt before it was written down as sent is never told as sent, and its time is known', async (t) => {
  const { outbox, quiet, clock, post, settle, progress } = setUp(t)
  const { link, until } = heldLink()
  outbox.linkUp(bob, link)
  const [id = ''] = await post(['a'])
  await until(1)
  await clock.advance(50)
  t.is((await settle(id))?.first_sent_at, clock.now() - 50)
  await quiet()
  t.deepEqual(progress, [])
})

test('on a new link everything not settled goes again, from the oldest, and the first time of sending stays', async (t) => {
  const { outbox, quiet, clock, post, settle } = setUp(t)
  const first = heldLink()
  outbox.linkUp(bob, first.link)
  const ids = await post(numbered(5))
  await first.until(5)
  const sentAt = clock.now()
  await quiet()
  await settle(ids[1] ?? '')
  outbox.linkDown(bob, first.link)
  await clock.advance(5000)
  await post(['late'])
  const second = heldLink()
  outbox.linkUp(bob, second.link)
  await second.until(5)
  await quiet()
  t.deepEqual(second.texts, ['m0', 'm2', 'm3', 'm4', 'late'])
  const row = outbox.find(ids[0] ?? '', bob)
  t.is(row?.first_sent_at, sentAt)
  t.is(row?.attempts, 2)
})

test('a link that is told down after its successor came takes nothing with it', async (t) => {
  const { outbox, post } = setUp(t)
  const [first, second] = [heldLink(), heldLink()]
  outbox.linkUp(bob, first.link)
  outbox.linkUp(bob, second.link)
  outbox.linkDown(bob, first.link)
  outbox.linkAcknowledged(bob, first.link, 7)
  await post(['a'])
  await second.until(1)
  t.deepEqual(second.texts, ['a'])
})

test('a link that breaks in the middle loses nothing', async (t) => {
  const { outbox, post } = setUp(t)
  const first = heldLink()
  first.hold()
  outbox.linkUp(bob, first.link)
  await post(numbered(200))
  await first.until(64)
  first.fail()
  outbox.linkDown(bob, first.link)
  const second = heldLink()
  outbox.linkUp(bob, second.link)
  await second.until(200)
  t.deepEqual(second.texts, numbered(200))
})

test('a peer that keeps nothing is sent a window and no more, until it keeps some', async (t) => {
  const { outbox, quiet, post } = setUp(t)
  const { link, texts, until, sends } = heldLink()
  await post(numbered(3000))
  outbox.linkUp(bob, link)
  await until(1024)
  await quiet()
  t.is(texts.length, 1024)
  outbox.linkAcknowledged(bob, link, 500)
  await until(1472)
  await quiet()
  t.true(texts.length < 1024 + 500 + 64)
  for (let sent = texts.length; sent < 3000; sent = texts.length) {
    outbox.linkAcknowledged(bob, link, sent)
    await until(Math.min(3000, sent + 1))
    await quiet()
  }
  t.deepEqual(texts, numbered(3000))
  t.true(sends() < 100, 'many are sent at a time')
})

test('a peer that does not read costs little memory, however large its mail', async (t) => {
  const { outbox, quiet, post } = setUp(t)
  const { link, bytes, until, hold, release } = heldLink()
  hold()
  await post(Array.from({ length: 40 }, () => 'x'.repeat(256 << 10)))
  outbox.linkUp(bob, link)
  await until(1)
  await quiet()
  t.true(bytes() <= (1 << 20) + (257 << 10), `${bytes()} bytes`)
  release()
  await until(40)
})

test('acknowledgements that cannot be true do no harm', async (t) => {
  const { outbox, post } = setUp(t)
  const { link, texts, until } = heldLink()
  outbox.linkUp(bob, link)
  await post(numbered(10))
  await until(10)
  for (const frames of [1e9, -5, 3, Number.NaN]) outbox.linkAcknowledged(bob, link, frames)
  await post(numbered(10, 10))
  await until(20)
  t.deepEqual(texts, numbered(20))
  t.is(outbox.count(), 20)
})

test('a message stays until it is settled; a receipt until the other side has it', async (t) => {
  const { outbox, quiet, post, settle } = setUp(t)
  const { link, until } = heldLink()
  outbox.linkUp(bob, link)
  const [message = ''] = await post(['a'])
  const [receipt = ''] = await post(['r'], bob, 'receipt')
  await until(2)
  t.truthy(outbox.find(receipt, bob))
  outbox.linkAcknowledged(bob, link, 1)
  await quiet()
  t.truthy(outbox.find(receipt, bob))
  outbox.linkAcknowledged(bob, link, 2)
  await outbox.idle()
  t.is(outbox.find(receipt, bob), undefined)
  t.truthy(outbox.find(message, bob))
  t.is((await settle(message))?.id, message)
  t.is(await settle(message), undefined)
  t.is(outbox.find(message, bob), undefined)
})

test('only whom it was sent to can settle an envelope', async (t) => {
  const { outbox, post, settle } = setUp(t)
  const [id = ''] = await post(['a'])
  t.is(await settle(id, carol), undefined)
  t.truthy(outbox.find(id, bob))
})

test('receipts are neither listed nor counted nor told of', async (t) => {
  const { outbox, quiet, post, progress } = setUp(t)
  const { link, until } = heldLink()
  outbox.linkUp(bob, link)
  await post(['r'], bob, 'receipt')
  const ids = await post(['a', 'b'])
  await until(3)
  await quiet()
  t.is(outbox.count(), 2)
  t.deepEqual(
    outbox.list(0, 10).map((row) => row.id),
    ids,
  )
  t.deepEqual(
    outbox.list(outbox.list(0, 1)[0]?.seq ?? 0, 10).map((row) => row.id),
    ids.slice(1),
  )
  t.deepEqual(
    progress.map((learned) => learned.id),
    ids,
  )
})

test('what is older than its time to live expires, and is told with the time it was sent', async (t) => {
  const { outbox, database, quiet, clock, post, progress } = setUp(t)
  const { link, until } = heldLink()
  const [queued = ''] = await post(['a'], carol)
  await post(['r'], carol, 'receipt')
  outbox.linkUp(bob, link)
  const [sent = ''] = await post(['b'])
  await until(1)
  const sentAt = clock.now()
  await quiet()
  await clock.advance(sentAt + TIME_TO_LIVE - 1 - clock.now())
  await database.write(() => outbox.expire())
  t.is(outbox.count(), 2)
  await clock.advance(1)
  await post(['fresh'], carol)
  progress.length = 0
  await database.write(() => outbox.expire())
  const at = clock.now()
  t.deepEqual(progress, [
    { id: queued, peer: carol, stage: 'expired', at, sentAt: undefined, reason: 'expired' },
    { id: sent, peer: bob, stage: 'expired', at, sentAt, reason: 'expired' },
  ])
  t.is(outbox.count(), 1)
  const later = heldLink()
  outbox.linkUp(carol, later.link)
  await later.until(1)
  t.deepEqual(later.texts, ['fresh'])
})

test('after a restart everything that was not settled is sent', async (t) => {
  const before = setUp(t)
  const first = heldLink()
  before.outbox.linkUp(bob, first.link)
  const ids = await before.post(numbered(70))
  await first.until(70)
  await before.settle(ids[0] ?? '')
  before.database.close()
  const after = setUp(t, before.folder, before.clock)
  const second = heldLink()
  after.outbox.linkUp(bob, second.link)
  await second.until(69)
  t.deepEqual(second.texts, numbered(69, 1))
})

test('a full disk stops neither sending nor what comes after it', async (t) => {
  const { outbox, database, post, settle } = setUp(t)
  const { link, texts, until } = heldLink()
  const ids = await post(numbered(3))
  const free = fillDisk(database)
  outbox.linkUp(bob, link)
  await until(3)
  await t.throwsAsync(post(['x'.repeat(200_000)]), { code: 'disk_full' })
  free()
  await settle(ids[0] ?? '')
  await post(['more'])
  await until(4)
  t.deepEqual(texts, ['m0', 'm1', 'm2', 'more'])
})

test('idle is when all that was sent has been kept', async (t) => {
  const { outbox, post } = setUp(t)
  const { link, until } = heldLink()
  await outbox.idle()
  await post(['a'])
  await outbox.idle()
  outbox.linkUp(bob, link)
  let idle = false
  const waiting = outbox.idle().then(() => {
    idle = true
  })
  await until(1)
  t.false(idle)
  outbox.linkAcknowledged(bob, link, 1)
  await waiting
  t.true(idle)
})
