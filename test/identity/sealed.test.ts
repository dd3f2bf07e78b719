import test from 'ava'
import { openSealed, seal } from '../../src/identity/sealed.ts'
import { fc } from '../helpers/fast-check.ts'

const PASSPHRASE = 'correct horse battery staple'
const CHUNK = (64 << 10) + 16

const bytesOf = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return Buffer.concat(pieces)
}
const sealed = (content: Buffer) => bytesOf(seal([content], PASSPHRASE, { type: 'test-1' }, 1 << 15))
const opened = async (file: Buffer, passphrase = PASSPHRASE, piece = 70_000) => {
  const pieces = Array.from({ length: Math.ceil(file.length / piece) }, (_, n) =>
    file.subarray(n * piece, (n + 1) * piece),
  )
  const { content } = await openSealed(
    (async function* () {
      yield* pieces
    })(),
    () => passphrase,
  )
  return bytesOf(content)
}

test('what was sealed comes out again, whatever its length and in whatever pieces it is read', async (t) => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    const content = Buffer.alloc(length, 'agora')
    const file = await sealed(content)
    t.false(length > 100 && file.includes('agoraagora'))
    t.deepEqual(await opened(file), content, `${length}`)
    if (length === 65_537) t.deepEqual(await opened(file, PASSPHRASE, 1000), content)
  }
})

test('another passphrase is told; the same in another Unicode form is the same', async (t) => {
  const file = await bytesOf(seal([Buffer.from('x')], 'caf\u00e9 au lait', { type: 'test-1' }, 1 << 15))
  t.is((await opened(file, 'cafe\u0301 au lait')).toString(), 'x')
  await t.throwsAsync(opened(file, 'cafe au lait'), { code: 'wrong_passphrase' })
})

test('no byte can be changed, cut off, left out, repeated or moved', async (t) => {
  const file = await sealed(Buffer.alloc(200_000, 'agora'))
  const head = file.indexOf(10) + 1
  const body = file.subarray(head)
  const chunk = (index: number) => body.subarray(index * CHUNK, (index + 1) * CHUNK)
  const put = (...parts: Uint8Array[]) => Buffer.concat([file.subarray(0, head), ...parts])
  const faults: [string, Buffer, RegExp][] = [
    ['cut within', file.subarray(0, head + 100_000), /its end is missing|changed/],
    ['cut between chunks', put(chunk(0), chunk(1)), /its end is missing/],
    ['nothing but the head', put(), /its end is missing/],
    ['last byte gone', file.subarray(0, -1), /changed|missing/],
    ['a byte more', put(body, Buffer.from([0])), /changed/],
    ['two exchanged', put(chunk(1), chunk(0), chunk(2), chunk(3)), /changed/],
    ['one left out', put(chunk(0), chunk(2), chunk(3)), /changed/],
    ['one repeated', put(chunk(0), chunk(0), chunk(1), chunk(2), chunk(3)), /changed/],
    ['the last twice', put(body, chunk(3)), /changed/],
  ]
  for (const [what, bytes, message] of faults)
    await t.throwsAsync(opened(bytes), { code: 'backup_damaged', message }, what)
  await t.throwsAsync(opened(Buffer.from(file.toString('latin1').replace('test-1', 'test-2'), 'latin1')), {
    code: 'backup_damaged',
  })
  await fc.assert(
    fc.asyncProperty(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const changed = Buffer.from(file)
      changed.writeUInt8(changed.readUInt8(head + at) ^ bits, head + at)
      await t.throwsAsync(opened(changed), { code: 'backup_damaged' })
    }),
    { numRuns: 6 },
  )
})

test('what is no sealed file is refused before a passphrase is asked for', async (t) => {
  for (const text of ['', 'hello', '{}\n', '{"type":"x"}\n', `{"a":"${'x'.repeat(9000)}"}\n`, '\u0000\n']) {
    const asked = () => t.fail('asked for a passphrase') as never
    const file = async function* () {
      yield Buffer.from(text)
    }
    await t.throwsAsync(openSealed(file(), asked), { code: 'malformed' }, text.slice(0, 20))
  }
})
