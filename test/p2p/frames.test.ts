import test from 'ava'
import { encode } from 'it-length-prefixed'
import { AgoraError } from '../../src/base/errors.ts'
import { createFrameDecoder, encodeFrames } from '../../src/p2p/frames.ts'
import { fc } from '../helpers/fast-check.ts'

const MAX = 1 << 20
const someFrames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 })

function decodeAll(chunks: Uint8Array[], max = MAX): { frames: number[][]; left: number; needed: number } {
  const decoder = createFrameDecoder(max)
  const frames: number[][] = []
  for (const chunk of chunks) {
    decoder.push(chunk)
    for (let taken = decoder.take(); taken.length > 0; taken = decoder.take()) {
      frames.push(...taken.map((frame) => [...frame]))
    }
  }
  return { frames, left: decoder.bytes, needed: decoder.needed }
}

test('what is encoded decodes to the same frames, wherever it is cut', (t) => {
  fc.assert(
    fc.property(someFrames, fc.array(fc.nat(), { maxLength: 30 }), (frames, cuts) => {
      const wire = encodeFrames(frames, MAX)
      const at = [0, ...cuts.map((cut) => cut % (wire.length + 1)).sort((a, b) => a - b), wire.length]
      const chunks = at.slice(1).map((end, index) => wire.subarray(at[index], end))
      t.deepEqual(decodeAll(chunks), { frames: frames.map((frame) => [...frame]), left: 0, needed: 0 })
    }),
  )
})

test('split at every single byte', (t) => {
  const frames = [
    new Uint8Array(1).fill(1),
    new Uint8Array(127).fill(2),
    new Uint8Array(128).fill(3),
    new Uint8Array(20_000).fill(4),
  ]
  const wire = encodeFrames(frames, MAX)
  t.deepEqual(
    decodeAll(Array.from(wire, (byte) => Uint8Array.of(byte))).frames,
    frames.map((frame) => [...frame]),
  )
})

test('the format is that of it-length-prefixed', (t) => {
  fc.assert(
    fc.property(someFrames, (frames) => {
      t.deepEqual([...encodeFrames(frames, MAX)], [...Buffer.concat([...encode(frames)])])
    }),
  )
})

test('half a frame is kept and asked for, never handed out', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(), (frame, cut) => {
      const wire = encodeFrames([frame], MAX)
      const length = cut % wire.length
      const { frames, left, needed } = decodeAll([wire.subarray(0, length)])
      t.deepEqual(frames, [])
      t.is(left, length)
      t.true(needed === 0 || needed === wire.length)
    }),
  )
})

test('garbage gives frames or `malformed`, and nothing else', (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), (chunks) => {
      try {
        const { frames } = decodeAll(chunks, 64)
        t.true(frames.every((frame) => frame.length >= 1 && frame.length <= 64))
      } catch (error) {
        t.true(error instanceof AgoraError && error.code === 'malformed')
      }
    }),
    { numRuns: 500 },
  )
})

for (const [what, bytes] of [
  ['too long a frame', [0x81, 0x80, 0x40]],
  ['an empty frame', [0]],
  ['a length with leading zeros', [0x81, 0x00]],
  ['a length without end', [0x80, 0x80, 0x80, 0x80]],
  ['an enormous length', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
] as const) {
  test(`refuses ${what} before its bytes arrive`, (t) => {
    const decoder = createFrameDecoder(MAX)
    decoder.push(Uint8Array.from(bytes))
    t.throws(() => decoder.take(), { instanceOf: AgoraError, code: 'malformed' })
  })
}

test('a frame of exactly the limit passes', (t) => {
  const { frames } = decodeAll([encodeFrames([new Uint8Array(MAX)], MAX)])
  t.is(frames[0]?.length, MAX)
})

test('a batch is bounded in count and bytes', (t) => {
  const decoder = createFrameDecoder(MAX)
  decoder.push(
    encodeFrames(
      Array.from({ length: 600 }, () => new Uint8Array(1)),
      MAX,
    ),
  )
  t.deepEqual(
    [decoder.take().length, decoder.take().length, decoder.take().length, decoder.take().length],
    [256, 256, 88, 0],
  )
  for (let i = 0; i < 3; i++) decoder.push(encodeFrames([new Uint8Array(MAX)], MAX))
  t.is(decoder.take().length, 1)
})

test('a frame that trickles in byte by byte is put together', (t) => {
  const decoder = createFrameDecoder(MAX)
  const wire = encodeFrames([new Uint8Array(50_000).fill(9)], MAX)
  for (const byte of wire) decoder.push(Uint8Array.of(byte))
  t.is(decoder.take()[0]?.length, 50_000)
})
