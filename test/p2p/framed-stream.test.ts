import { streamPair } from '@libp2p/utils'
import test from 'ava'
import { frameStream } from '../../src/p2p/framed-stream.ts'

const text = (frame: Uint8Array) => Buffer.from(frame).toString()
const bytes = (value: string) => new Uint8Array(Buffer.from(value))

test('frames go both ways, in order, and what waits goes out together', async (t) => {
  const [left, right] = await streamPair()
  let sends = 0
  const send = left.send.bind(left)
  left.send = (data) => {
    sends++
    return send(data)
  }
  const a = frameStream(left, 1024)
  const b = frameStream(right, 1024)
  await Promise.all([a.send([bytes('one')]), a.send([bytes('two'), bytes('three')]), b.send([bytes('back')])])
  const got: string[] = []
  while (got.length < 3) got.push(...((await b.read()) ?? []).map(text))
  t.deepEqual(got, ['one', 'two', 'three'])
  t.deepEqual((await a.read())?.map(text), ['back'])
  t.is(sends, 1)
  t.is(a.sent, 3)
})

test('the orderly end is undefined, an end within a frame is malformed', async (t) => {
  const [left, right] = await streamPair()
  const reader = frameStream(right, 1024)
  left.send(Uint8Array.of(1, 65))
  await left.close()
  t.deepEqual((await reader.read())?.map(text), ['A'])
  t.is(await reader.read(), undefined)

  const [cut, other] = await streamPair()
  const half = frameStream(other, 1024)
  cut.send(Uint8Array.of(5, 65))
  await cut.close()
  await t.throwsAsync(() => half.read(), { code: 'malformed' })

  const [bare, another] = await streamPair()
  const onlyLength = frameStream(another, 1024)
  bare.send(Uint8Array.of(5))
  await bare.close()
  await t.throwsAsync(() => onlyLength.read(), { code: 'malformed' })
})

test('what arrived before anybody listened, and before the end, is read', async (t) => {
  const [left, right] = await streamPair()
  left.send(Uint8Array.of(1, 65))
  await left.close()
  await new Promise((resolve) => right.addEventListener('remoteCloseWrite', resolve, { once: true }))
  const reader = frameStream(right, 1024)
  t.deepEqual((await reader.read())?.map(text), ['A'])
  t.is(await reader.read(), undefined)
})

test('a reset is told to reader and sender', async (t) => {
  const [left, right] = await streamPair()
  const a = frameStream(left, 1024)
  const b = frameStream(right, 1024)
  const reading = b.read()
  a.abort('enough')
  await t.throwsAsync(() => reading, { code: 'not_connected' })
  t.true(b.ended.aborted)
  await t.throwsAsync(() => b.send([bytes('x')]), { code: 'not_connected' })
})

test('a stream that was reset before anybody listened is at its end', async (t) => {
  const [left, right] = await streamPair()
  left.abort(new Error('no'))
  await new Promise((resolve) => right.addEventListener('close', resolve, { once: true }))
  const late = frameStream(right, 1024)
  await t.throwsAsync(() => late.read(), { code: 'not_connected' })
  await t.throwsAsync(() => late.send([bytes('x')]), { code: 'not_connected' })
})

test('frames that are empty or too long are not sent', async (t) => {
  const [left] = await streamPair()
  const a = frameStream(left, 10)
  await t.throwsAsync(() => a.send([new Uint8Array(11)]), { code: 'too_large' })
  await t.throwsAsync(() => a.send([new Uint8Array(0)]), { code: 'too_large' })
})

test('a reader who does not read holds the sender back, and loses nothing', async (t) => {
  const [left, right] = await streamPair({ capacity: 5 })
  const a = frameStream(left, 1 << 20)
  const b = frameStream(right, 1 << 20)
  const frames = 500
  const sending = Promise.all(
    Array.from({ length: frames }, (_, index) => a.send([new Uint8Array(10_000).fill(index % 256)])),
  )
  let seen = 0
  while (seen < frames) {
    const batch = (await b.read()) ?? []
    for (const frame of batch) {
      const expected = seen++ % 256
      t.true(frame.length === 10_000 && frame.every((byte) => byte === expected))
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await sending
  t.is(seen, frames)
})
