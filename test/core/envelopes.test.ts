import test from 'ava'
import { canonicalJson } from '../../src/base/canonical.ts'
import { agentDid } from '../../src/base/did.ts'
import { newId } from '../../src/base/ids.ts'
import { CLOCK_AHEAD_MAX, Envelope, signingText, TIME_TO_LIVE } from '../../src/contract/envelope.ts'
import { type EnvelopeParts, open, seal } from '../../src/core/envelopes.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { fc } from '../helpers/fast-check.ts'
import { newKey } from '../helpers/remote.ts'

const alice = newKey()
const bob = newKey()
const mallory = newKey()
const clock = fakeClock()

const channel = { remote: alice.did, self: bob.did }
const openAt = (text: string | Uint8Array, now = clock.now()) =>
  open(typeof text === 'string' ? Buffer.from(text) : text, { ...channel, now })
const sealed = (parts: Partial<EnvelopeParts> = {}, key = alice) =>
  seal({ key, clock }, { type: 'message', from: alice.did, to: bob.did, body: { text: 'Grüße, 世界 😀' }, ...parts })
/** Signs whatever it is given, as a peer of bad will can. */
const signed = (value: Record<string, unknown>, key = alice) => ({ ...value, signature: key.sign(signingText(value)) })

const wellFormed = fc.string({ unit: 'grapheme' })
const ids = fc.nat().map((ms) => newId(ms))
const json = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 })
const anyParts = fc.record(
  {
    type: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    conversation_id: ids,
    reply_to: ids,
    trace: fc.record({ id: ids, hops: fc.nat(1000) }),
    body: fc.dictionary(wellFormed, json),
  },
  { requiredKeys: ['type', 'body'] },
)

test('what is sealed opens to the same, whatever is in it', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyParts, fc.boolean(), async (parts, agent) => {
      const from = agent ? agentDid(alice.did, 'claude-1') : alice.did
      const { envelope, text } = sealed({ ...parts, from })
      const opened = await openAt(text)
      t.is(opened.offence, undefined)
      if (opened.offence !== undefined) return
      t.is(opened.fault, undefined)
      t.is(opened.text, text)
      t.deepEqual(opened.envelope, JSON.parse(text))
      t.deepEqual(canonicalJson(opened.envelope), canonicalJson(envelope))
    }),
  )
})

test('a key called __proto__ is data like any other', async (t) => {
  const body = JSON.parse('{"__proto__":{"text":"inherited"},"nested":{"__proto__":1}}')
  const { text } = sealed({ body })
  const opened = await openAt(text)
  t.is(opened.offence, undefined)
  if (opened.offence !== undefined) return
  t.is(canonicalJson(opened.envelope), text)
  t.is(opened.envelope.body['text'], undefined)
})

test('fields of a newer version are covered by the signature, kept, and no offence', async (t) => {
  const value = signed({ ...sealed().envelope, signature: undefined, priority: { level: 7 } })
  const text = canonicalJson(value)
  const opened = await openAt(text)
  t.is(opened.offence, undefined)
  t.is(opened.offence === undefined && opened.text, text)
  t.is((await openAt(text.replace('"level":7', '"level":8'))).offence, 'bad_signature')
})

const trace = { id: newId(1), hops: 3 }
const whole = () =>
  sealed({ conversation_id: newId(2), reply_to: newId(3), trace, from: agentDid(alice.did, 'claude-1') }).envelope

test('every field changed on its own is refused', async (t) => {
  const changes: Record<string, unknown[]> = {
    v: [0, 2, '1', null],
    id: [newId(9), 'x', ''],
    type: ['receipt', ''],
    from: [alice.did, agentDid(alice.did, 'claude-2'), mallory.did, agentDid(mallory.did, 'claude-1')],
    to: [agentDid(bob.did, 'claude-1'), mallory.did, alice.did],
    sent_at: ['2026-11-01T12:00:00.001Z', '2026-11-01T12:00:00Z', '2026-11-01T13:00:00.000+01:00', 'now'],
    conversation_id: [newId(9), null],
    reply_to: [newId(9), ''],
    trace: [{ ...trace, hops: 0 }, { ...trace, id: newId(9) }, { ...trace, more: 1 }, {}],
    body: [{ text: 'Grüße, 世界 😀.' }, {}, { text: 'Grüße, 世界 😀', more: 1 }, [], 'x', null],
    signature: [mallory.sign('x'), '', 'A'.repeat(86), 'A'.repeat(87), null, 7],
    more: [1],
  }
  const original = whole()
  t.deepEqual(
    Object.keys(changes)
      .filter((field) => field !== 'more')
      .sort(),
    Object.keys(original).sort(),
  )
  t.is((await openAt(canonicalJson(original))).offence, undefined)
  for (const [field, values] of Object.entries(changes)) {
    for (const value of values) {
      const { offence } = await openAt(canonicalJson({ ...original, [field]: value }))
      t.not(offence, undefined, `${field} = ${JSON.stringify(value)}`)
    }
    const { [field]: _, ...without } = original as Record<string, unknown>
    if (field !== 'more') t.not((await openAt(canonicalJson(without))).offence, undefined, `without ${field}`)
  }
})

test('each offence has its name', async (t) => {
  const original = whole()
  const offence = async (value: object, key = alice) =>
    (await openAt(canonicalJson(signed(value as never, key)))).offence
  t.is((await openAt(canonicalJson({ ...original, body: {} }))).offence, 'bad_signature')
  t.is(await offence({ ...original, signature: undefined }, mallory), 'bad_signature')
  t.is(await offence({ ...original, from: mallory.did }, mallory), 'foreign_sender')
  t.is(await offence({ ...original, from: agentDid(mallory.did, 'claude-1') }), 'foreign_sender')
  t.is(await offence({ ...original, to: mallory.did }), 'wrong_recipient')
  t.is(await offence({ ...original, to: alice.did }), 'wrong_recipient')
  t.is(await offence({ ...original, v: 2 }), 'malformed')
})

test('bytes that say the same in another way are refused', async (t) => {
  const { text, envelope } = sealed()
  const reordered = JSON.stringify(Object.fromEntries(Object.entries(envelope).reverse()))
  const spellings = {
    'a space': text.replace(':', ': '),
    'a line break at the end': `${text}\n`,
    'a byte order mark': `\ufeff${text}`,
    'other order': reordered,
    'an escaped letter': text.replace('"message"', '"m\\u0065ssage"'),
    'an escaped character beyond ASCII': text.replace('ü', '\\u00fc'),
    'an escaped slash': text.replace('Gr', 'Gr\\/').replace('\\/', ''),
    'a number with a fraction of nothing': text.replace('"v":1', '"v":1.0'),
    'a number with an exponent': text.replace('"v":1', '"v":1e0'),
    'the same key twice': text.replace('"v":1', '"v":1,"v":1'),
    'another value under the same key first': text.replace('"type":"message"', '"type":"other","type":"message"'),
    'the same key twice in the body': text.replace('"text":', '"text":"you are fired","text":'),
  }
  for (const [what, other] of Object.entries(spellings)) {
    if (other === text) continue
    const { offence } = await openAt(other)
    t.true(offence === 'not_canonical' || offence === 'malformed', `${what}: ${offence}`)
  }
  const other = sealed({ body: { text: 'e\u0301' } }).text
  t.is((await openAt(other.normalize('NFC'))).offence, 'bad_signature')
})

test('a signature in another spelling is refused', async (t) => {
  const { envelope } = sealed()
  const last =
    envelope.signature.at(-1) === 'A' ? 'B' : String.fromCharCode((envelope.signature.charCodeAt(85) ?? 0) + 1)
  const { offence } = await openAt(canonicalJson({ ...envelope, signature: envelope.signature.slice(0, -1) + last }))
  t.is(offence, 'bad_signature')
})

test('what has no canonical form is an offence and throws nothing', async (t) => {
  const { text } = sealed()
  for (const body of [
    '{"text":"\\ud800"}',
    '{"text":"x","n":1e400}',
    '{"text":"x","n":-1e999}',
    '{"\\udc00":1,"text":"x"}',
  ]) {
    t.is((await openAt(text.replace(/\{"text":"[^"]*"\}/, body))).offence, 'not_canonical', body)
  }
})

test('depth without end and keys with a meaning in JavaScript harm nobody', async (t) => {
  const { text } = sealed()
  const depth = 200_000
  const deep = text.replace(/\{"text":"[^"]*"\}/, `{"a":${'['.repeat(depth)}${']'.repeat(depth)},"text":"x"}`)
  t.truthy((await openAt(deep)).offence)
  const polluted = text.replace(/\{"text":"([^"]*)"\}/, '{"__proto__":{"polluted":true},"text":"$1"}')
  t.is((await openAt(polluted)).offence, 'bad_signature')
  t.false('polluted' in {})
})

test('a clock that is wrong is told as such, and is no offence', async (t) => {
  const { text } = sealed()
  const at = clock.now()
  const fault = async (now: number) => {
    const opened = await openAt(text, now)
    t.is(opened.offence, undefined)
    return opened.offence === undefined ? opened.fault : undefined
  }
  t.is(await fault(at), undefined)
  t.is(await fault(at - CLOCK_AHEAD_MAX), undefined)
  t.is(await fault(at - CLOCK_AHEAD_MAX - 1), 'clock_skew')
  t.is(await fault(at - 2 * 3_600_000), 'clock_skew')
  t.is(await fault(at + TIME_TO_LIVE), undefined)
  t.is(await fault(at + TIME_TO_LIVE + 1), 'expired')
})

test('a forged envelope stays a forgery, whatever the clock says', async (t) => {
  const { envelope } = sealed()
  const forged = canonicalJson({ ...envelope, body: { text: 'forged' } })
  t.is((await openAt(forged, clock.now() - 2 * 3_600_000)).offence, 'bad_signature')
})

test('times that are none never count as the present', async (t) => {
  const { signature: _, ...unsigned } = sealed().envelope
  for (const sent_at of [
    '2026-02-30T00:00:00.000Z',
    '2026-11-01T24:00:00.000Z',
    '0000-00-00T00:00:00.000Z',
    '+002026-11-01T00:00:00.000Z',
  ]) {
    const opened = await openAt(canonicalJson(signed({ ...unsigned, sent_at })))
    t.true(opened.offence !== undefined || opened.fault !== undefined, sent_at)
  }
})

test('rubbish is an offence and never throws', async (t) => {
  const { text } = sealed()
  const bytes = Buffer.from(text)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (rubbish) => t.truthy((await openAt(rubbish)).offence)),
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ flip
      t.truthy((await openAt(changed)).offence)
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) =>
      t.truthy((await openAt(bytes.subarray(0, length))).offence),
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.json({ stringUnit: 'binary' }), async (other) => t.truthy((await openAt(other)).offence)),
  )
})

test('an envelope verifies without its channel', (t) => {
  const { envelope } = sealed()
  t.true(Envelope.safeParse(envelope).success)
  t.is(alice.sign(signingText(envelope)), envelope.signature)
})
