import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { z } from 'zod'
import { canonicalJson } from '../../src/base/canonical.ts'
import { agentDid } from '../../src/base/did.ts'
import { newId } from '../../src/base/ids.ts'
import { TIME_TO_LIVE } from '../../src/contract/envelope.ts'
import { type Receipt, receiptWire } from '../../src/contract/receipt.ts'
import { wireType } from '../../src/contract/wire.ts'
import { type EnvelopeParts, type Sealed, seal } from '../../src/core/envelopes.ts'
import { createInbound, RECEIPTS_WAITING_MAX, type WireHandler } from '../../src/core/inbound.ts'
import { createOutbox } from '../../src/core/outbox.ts'
import { createPeerBook } from '../../src/core/peer-book.ts'
import { openDatabase } from '../../src/store/database.ts'
import { fillDisk, raw, temporaryFolder } from '../helpers/database.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { newKey } from '../helpers/remote.ts'
import { recordedTelemetry } from '../helpers/telemetry.ts'

const self = newKey()
const alice = newKey()
const friend = wireType({ type: 'friendly', body: z.looseObject({}), permissions: ['receipt.shown'], receipted: true })
const note = wireType({
  type: 'note',
  body: z.looseObject({ text: z.string() }),
  permissions: ['message.deliver', 'message.request'],
  receipted: true,
})

/** Everything that takes envelopes in, on a real disk; `taken` is what handlers were given. */
function setUp(t: ExecutionContext, folder = temporaryFolder(t), clock = fakeClock()) {
  const database = openDatabase(join(folder, 'agora.db'))
  t.teardown(() => database.close())
  const recorded = recordedTelemetry()
  const { telemetry } = recorded
  const book = createPeerBook({ clock, database })
  const outbox = createOutbox({ clock, database, telemetry })
  const taken: string[] = []
  const handlers: WireHandler[] = [
    {
      definition: note,
      handle({ body }, _, { granted }) {
        const text = String(body['text'])
        if (text.startsWith('bug')) throw new Error('a bug in a handler')
        if (text === 'no') return { stage: 'failed', reason: 'unknown_agent' }
        database.run(raw('INSERT INTO facts (name, value) VALUES (?, ?)', `fact ${taken.length} ${text}`, text))
        taken.push(text)
        return { stage: 'stored', ...(granted === 'message.request' ? { note: 'request' } : {}) }
      },
    },
    { definition: friend, handle: () => ({ stage: 'stored' }) },
    { definition: receiptWire, handle: (envelope) => void taken.push(`receipt ${envelope.id}`) },
  ]
  const inbound = createInbound({ key: self, clock, database, book, outbox, telemetry, handlers })
  let seq = 0
  return {
    ...recorded,
    inbound,
    database,
    outbox,
    clock,
    folder,
    taken,
    trust: (level: 0 | 1 | 2) => database.write(() => book.setTrust(alice.did, level, 'alice')),
    receive: (...envelopes: (Sealed | string)[]) =>
      inbound.receive(
        alice.did,
        envelopes.map((one) => Buffer.from(typeof one === 'string' ? one : one.text)),
      ),
    /** The facts that handlers wrote and the disk kept. */
    facts: () => database.all<{ value: string }>(raw('SELECT value FROM facts ORDER BY name')).map((row) => row.value),
    /** The receipts posted since it was asked last. */
    receipts(): Receipt[] {
      const rows = database.all<{ seq: number; envelope: string }>(
        raw('SELECT * FROM outbox WHERE seq > ? ORDER BY seq', seq),
      )
      seq = rows.at(-1)?.seq ?? seq
      return rows.flatMap((row) => JSON.parse(row.envelope).body.receipts)
    },
    /** An envelope of alice's. */
    say: (text: string, parts: Partial<EnvelopeParts> = {}) =>
      seal({ key: alice, clock }, { type: 'note', from: alice.did, to: self.did, body: { text }, ...parts }),
  }
}

const brief = (receipts: Receipt[]) =>
  receipts.map(({ stage, reason, note }) => [stage, reason ?? note].filter(Boolean).join(' '))

test('what comes is handled in order and receipted in the same commit', async (t) => {
  const { receive, say, taken, receipts, trust } = setUp(t)
  await trust(1)
  const envelopes = ['a', 'b', 'c'].map((text) => say(text))
  t.deepEqual(await receive(...envelopes), { close: false })
  t.deepEqual(taken, ['a', 'b', 'c'])
  const sent = receipts()
  t.deepEqual(
    sent.map((receipt) => receipt.id),
    envelopes.map(({ envelope }) => envelope.id),
  )
  t.deepEqual(brief(sent), ['stored', 'stored', 'stored'])
})

test('a repeated envelope is receipted again as it was then, and handled once', async (t) => {
  const { receive, say, taken, receipts, clock, counts } = setUp(t)
  const envelope = say('a')
  await receive(envelope, envelope)
  const first = receipts()
  t.deepEqual(brief(first), ['stored request', 'stored request'])
  await clock.advance(60_000)
  await receive(envelope)
  t.deepEqual(receipts(), first.slice(0, 1))
  t.deepEqual(taken, ['a'])
  t.deepEqual(
    counts.filter((count) => count.startsWith('envelopes_repeated')),
    ['envelopes_repeated note', 'envelopes_repeated note'],
  )
})

test('so it is after a restart, and for as long as anything can be under way', async (t) => {
  const before = setUp(t)
  const envelope = before.say('a')
  await before.receive(envelope)
  before.database.close()
  const { clock } = before
  await clock.advance(TIME_TO_LIVE)
  const after = setUp(t, before.folder, clock)
  await after.database.write(() => after.inbound.forget(clock.now() - 2 * TIME_TO_LIVE))
  await after.receive(envelope)
  t.deepEqual(after.taken, [])
  await after.database.write(() => after.inbound.forget(clock.now() + 1))
  t.deepEqual(after.database.all(raw('SELECT * FROM seen')), [])
})

test('the same id from another agent of the node is another envelope', async (t) => {
  const { receive, say, taken } = setUp(t)
  const id = newId(1)
  await receive(say('a', { id }), say('b', { id, from: agentDid(alice.did, 'claude-1') }))
  t.deepEqual(taken, ['a', 'b'])
})

test('a stranger’s message is held, an acquaintance’s delivered', async (t) => {
  const { receive, say, receipts, trust } = setUp(t)
  await receive(say('a'))
  await trust(1)
  await receive(say('b'))
  t.deepEqual(brief(receipts()), ['stored request', 'stored'])
})

test('what a peer’s trust does not reach is refused and told', async (t) => {
  const { receive, say, receipts, trust } = setUp(t)
  await receive(say('a', { type: 'friendly' }))
  await trust(2)
  await receive(say('a', { type: 'friendly' }))
  t.deepEqual(brief(receipts()), ['failed not_permitted', 'stored'])
})

test('an unknown type is told as such and is no offence', async (t) => {
  const { receive, say, receipts, security, taken } = setUp(t)
  for (let count = 0; count < 5; count++)
    t.deepEqual(await receive(say('a', { type: 'project.invite' })), { close: false })
  t.deepEqual(brief(receipts()), Array(5).fill('failed unsupported_type'))
  t.deepEqual([security, taken], [[], []])
})

test('a body that does not fit its type is refused and told', async (t) => {
  const { receive, say, receipts } = setUp(t)
  await receive(say('a', { body: { text: 7 } }), say('a', { body: {} }), say('no'))
  t.deepEqual(brief(receipts()), ['failed malformed', 'failed malformed', 'failed unknown_agent'])
})

test('a refused envelope leaves nothing on disk and may be sent again', async (t) => {
  const { receive, say, receipts, database } = setUp(t)
  const envelope = say('no')
  await receive(envelope)
  await receive(envelope)
  t.deepEqual(brief(receipts()), ['failed unknown_agent', 'failed unknown_agent'])
  t.deepEqual(database.all(raw('SELECT * FROM seen')), [])
})

test('a clock two hours wrong is told as such and is no offence', async (t) => {
  const { receive, receipts, security, clock, taken } = setUp(t)
  const ahead = fakeClock(clock.now() + 2 * 3_600_000)
  const behind = fakeClock(clock.now() - TIME_TO_LIVE - 1)
  const sealed = (at: typeof clock) =>
    seal({ key: alice, clock: at }, { type: 'note', from: alice.did, to: self.did, body: { text: 'a' } })
  for (let count = 0; count < 3; count++) t.deepEqual(await receive(sealed(ahead), sealed(behind)), { close: false })
  t.deepEqual(brief(receipts()).slice(0, 2), ['failed clock_skew', 'failed expired'])
  t.deepEqual([security, taken], [[], []])
})

test('receipts are never receipted: not good ones, not wrong ones', async (t) => {
  const { receive, say, receipts, taken } = setUp(t)
  const receipt = { id: newId(1), stage: 'stored', at: '2026-11-01T12:00:00.000Z' }
  const good = say('', { type: 'receipt', body: { receipts: [receipt] } })
  await receive(good, say('', { type: 'receipt', body: { receipts: [] } }), say('', { type: 'receipt', body: {} }))
  await receive(good)
  t.deepEqual(taken, Array(2).fill(`receipt ${good.envelope.id}`))
  t.deepEqual(receipts(), [])
})

test('three offences within a minute close the connection; what came with them is kept', async (t) => {
  const { receive, say, taken, receipts, security, clock } = setUp(t)
  const forged = () => canonicalJson({ ...say('a').envelope, body: { text: 'forged' } })
  t.deepEqual(await receive(forged()), { close: false })
  t.deepEqual(await receive(forged()), { close: false })
  await clock.advance(60_000)
  t.deepEqual(await receive(forged(), 'rubbish'), { close: false })
  t.deepEqual(await receive(say('good'), 'rubbish'), { close: true })
  t.deepEqual(taken, ['good'])
  t.deepEqual(brief(receipts()), ['stored request'])
  const who = alice.did
  t.deepEqual(security, [...Array(3).fill(`bad_signature ${who}`), `malformed ${who}`, `malformed ${who}`])
})

test('the offences of one peer are not another’s', async (t) => {
  const { inbound } = setUp(t)
  const rubbish = [Buffer.from('rubbish')]
  for (let count = 0; count < 4; count++) t.deepEqual(await inbound.receive(newKey().did, rubbish), { close: false })
})

test('a handler that fails holds up nobody else and leaves nothing behind', async (t) => {
  const { receive, say, facts, receipts, errors } = setUp(t)
  const [first, bug, last] = [say('a'), say('bug'), say('c')]
  t.deepEqual(await receive(first, bug, last), { close: false })
  t.deepEqual(facts(), ['a', 'c'])
  t.deepEqual(
    receipts().map((receipt) => receipt.id),
    [first.envelope.id, last.envelope.id],
  )
  t.is(errors.length, 1)
  await receive(bug, say('d'))
  t.deepEqual(facts(), ['a', 'c', 'd'])
})

test('a full disk takes none of a batch and says so; the same batch is taken later, once', async (t) => {
  const { receive, say, facts, receipts, database } = setUp(t)
  const batch = [say('a'), say('x'.repeat(100_000)), say('c')]
  const free = fillDisk(database)
  await t.throwsAsync(receive(...batch), { code: 'disk_full' })
  free()
  t.deepEqual([facts(), receipts()], [[], []])
  await receive(...batch)
  t.is(facts().length, 3)
  t.is(receipts().length, 3)
})

test('who takes none of its receipts is heard no more, until it does', async (t) => {
  const { receive, say, outbox, database, clock } = setUp(t)
  await database.write(() => {
    for (let count = 0; count <= RECEIPTS_WAITING_MAX; count++) {
      outbox.post(seal({ key: self, clock }, { type: 'receipt', from: self.did, to: alice.did, body: {} }), alice.did)
    }
  })
  await t.throwsAsync(receive(say('a')), { code: 'rate_limited' })
  const [row] = database.all<{ id: string }>(raw('SELECT id FROM outbox LIMIT 1'))
  await database.write(() => outbox.settle(row?.id ?? '', alice.did))
  await t.notThrowsAsync(receive(say('a')))
})

test('more receipts than fit one envelope go in several', async (t) => {
  const { receive, say, database, receipts } = setUp(t)
  await receive(...Array.from({ length: 501 }, (_, index) => say(`m${index}`)))
  t.is(database.all(raw('SELECT * FROM outbox')).length, 2)
  t.is(receipts().length, 501)
})

test('idle is when nothing is being taken in', async (t) => {
  const { inbound, receive, say, taken } = setUp(t)
  await inbound.idle()
  const busy = receive(say('a'))
  await inbound.idle()
  t.deepEqual(taken, ['a'])
  await busy
})
