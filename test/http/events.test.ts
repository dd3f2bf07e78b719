import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { ReadableStream as Stream } from 'node:stream/web'
import test from 'ava'
import { parseEvents, type SentEvent } from '../../src/client/sse.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { AGENT, api, ask, NODE, OPERATOR } from '../helpers/http.ts'

interface Reader {
  response: IncomingMessage
  /** The next block, with data or without. */
  block(): Promise<SentEvent>
  /** The next event with data. */
  next(): Promise<{ position: string | undefined; seq: number; type: string; [field: string]: unknown }>
  /** The number of each event until the one of number `last`. */
  until(last: number): Promise<number[]>
  leave(): void
}

async function follow(
  port: number,
  { token = OPERATOR, path = '/events', after }: { token?: string; path?: string; after?: number } = {},
): Promise<Reader> {
  const headers = { Authorization: `Bearer ${token}`, ...(after !== undefined && { 'Last-Event-ID': String(after) }) }
  const request = get({ port, host: '127.0.0.1', path, headers, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const blocks = parseEvents(Stream.from(response) as ReadableStream<Uint8Array>)
  // The position it begins at.
  const first = await blocks.next()
  if (first.done || first.value.data !== '') throw new Error('a stream begins with its position')
  const block = async () => {
    const { value, done } = await blocks.next()
    if (done) throw new Error('the stream ended')
    return value
  }
  const next = async () => {
    while (true) {
      const { id, data } = await block()
      if (data !== '') return { position: id, ...JSON.parse(data) }
    }
  }
  return {
    response,
    block,
    next,
    async until(last) {
      const seqs: number[] = []
      while (seqs.at(-1) !== last) seqs.push((await next()).seq)
      return seqs
    },
    leave: () => request.destroy(),
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('an event arrives with number, time, type and what belongs to it', async (t) => {
  const clock = fakeClock()
  await using server = await api({ clock })
  await server.emit('message.received', 'operator', { id: 'before' })
  const reader = await follow(server.port)
  t.is(reader.response.headers['content-type'], 'text/event-stream; charset=utf-8')
  await server.emit('message.received', 'operator', { id: 'a', text: 'two\nlines\r\u2028' })
  t.deepEqual(await reader.next(), {
    position: '2',
    id: 'a',
    text: 'two\nlines\r\u2028',
    seq: 2,
    at: '2026-11-01T12:00:00.000Z',
    type: 'message.received',
    inbox: 'operator',
  })
  reader.leave()
})

test('Last-Event-ID continues from disk and goes on live, without gap or double, while events keep coming', async (t) => {
  await using server = await api()
  await server.database.write(() => {
    for (let count = 0; count < 1000; count++) server.events.emit('peer.connected', undefined, { count })
  })
  const writing = (async () => {
    for (let count = 0; count < 300; count++) await server.emit('peer.connected', undefined, { count })
  })()
  const readers = await Promise.all([7, 500, 1000].map((after) => follow(server.port, { after })))
  const seen = await Promise.all(readers.map((reader) => reader.until(1300)))
  await writing
  t.deepEqual(seen, [numbers(8, 1300), numbers(501, 1300), numbers(1001, 1300)])
  const byQuery = await follow(server.port, { path: '/events?after=1298' })
  t.deepEqual(await byQuery.until(1300), [1299, 1300])
  for (const reader of [...readers, byQuery]) reader.leave()
})

test('an agent is told of its own inbox alone; types narrow it further', async (t) => {
  await using server = await api()
  const [agent, operator, peers] = await Promise.all([
    follow(server.port, { token: AGENT }),
    follow(server.port),
    follow(server.port, { path: '/events?types=peer.,security.' }),
  ])
  await server.emit('message.received', 'agent:claude-2', {})
  await server.emit('peer.connected', undefined, {})
  await server.emit('message.received', 'operator', {})
  await server.emit('message.received', 'agent:claude-1', {})
  await server.emit('security.refused', undefined, {})
  t.is((await agent.next()).seq, 4)
  t.deepEqual(await operator.until(5), [1, 2, 3, 4, 5])
  t.deepEqual(await peers.until(5), [2, 5])
  const resumed = await follow(server.port, { token: AGENT, after: 0 })
  t.is((await resumed.next()).seq, 4)
  for (const reader of [agent, operator, peers, resumed]) reader.leave()
})

test('a reader who does not read for long gets everything in the end', async (t) => {
  await using server = await api()
  const reader = await follow(server.port)
  reader.response.pause()
  // More than the queue and all buffers between the two hold.
  const padding = 'x'.repeat(4000)
  for (let round = 0; round < 8; round++) {
    await server.database.write(() => {
      for (let count = 0; count < 500; count++) server.events.emit('message.received', 'operator', { padding })
    })
  }
  t.deepEqual(await reader.until(4000), numbers(1, 4000))
  await server.emit('peer.connected')
  t.is((await reader.next()).seq, 4001)
  reader.leave()
})

test('what was thrown away is said to be missing', async (t) => {
  await using server = await api()
  for (let count = 0; count < 10; count++) await server.emit('peer.connected')
  await server.database.write(() => server.events.trim(3))
  const reader = await follow(server.port, { after: 2 })
  t.like(await reader.next(), { position: '7', seq: 7, type: 'events.missed', count: 5 })
  t.deepEqual(await reader.until(10), [8, 9, 10])
  const fromElsewhere = await follow(server.port, { after: 1000 })
  t.like(await fromElsewhere.next(), { seq: 10, type: 'events.missed' })
  await server.emit('peer.connected')
  t.is((await fromElsewhere.next()).seq, 11)
  reader.leave()
  fromElsewhere.leave()
})

test('what is told in passing is told live alone, and moves no position', async (t) => {
  await using server = await api()
  await server.emit('peer.connected')
  const reader = await follow(server.port)
  const agent = await follow(server.port, { token: AGENT })
  server.events.pass('peer.updated', 'operator', { name: 'bob' })
  t.like(await reader.next(), { type: 'peer.updated', name: 'bob', seq: 1, position: undefined })
  await server.emit('message.received', 'agent:claude-1')
  t.like(await reader.next(), { seq: 2, position: '2' })
  t.like(await agent.next(), { seq: 2 })
  const resumed = await follow(server.port, { after: 1 })
  t.like(await resumed.next(), { seq: 2, type: 'message.received' })
  for (const each of [reader, agent, resumed]) each.leave()
})

test('a silent stream is kept alive, and says where it is', async (t) => {
  const clock = fakeClock()
  await using server = await api({ clock })
  const reader = await follow(server.port, { token: AGENT })
  await server.emit('peer.connected')
  await clock.advance(15_000)
  t.deepEqual(await reader.block(), { id: '1', data: '' })
  reader.leave()
})

test('a withdrawn token ends its streams before anything more is told', async (t) => {
  const clock = fakeClock()
  await using server = await api({ clock })
  const told = await follow(server.port, { token: AGENT })
  const silent = await follow(server.port, { token: AGENT, path: '/events?types=nothing.' })
  server.tokens.delete(AGENT)
  await server.emit('message.received', 'agent:claude-1', { body: 'secret' })
  await t.throwsAsync(told.next(), { message: 'the stream ended' })
  const ended = silent.next()
  await clock.advance(15_000)
  await t.throwsAsync(ended, { message: 'the stream ended' })
})

test('the end of a session ends its streams at once, whatever they wait for, and no others', async (t) => {
  // It stands still: what ends here ends by the event alone.
  await using server = await api({ clock: fakeClock() })
  server.tokens.set('page', { kind: 'operator', did: NODE, session: 'one' })
  server.tokens.set('other', { kind: 'operator', did: NODE, session: 'two' })
  const [all, few, other] = await Promise.all([
    follow(server.port, { token: 'page' }),
    follow(server.port, { token: 'page', path: '/events?types=nothing.' }),
    follow(server.port, { token: 'other' }),
  ])
  server.tokens.delete('page')
  await server.emit('session.ended', undefined, { id: 'one' })
  await t.throwsAsync(all.next(), { message: 'the stream ended' })
  await t.throwsAsync(few.next(), { message: 'the stream ended' })
  t.like(await other.next(), { type: 'session.ended', id: 'one' })
  other.leave()
})

test('stop ends streams; readers who leave leave nothing behind', async (t) => {
  let listening = 0
  await using server = await api()
  const { subscribe } = server.events
  server.events.subscribe = (listener) => {
    listening++
    const unsubscribe = subscribe(listener)
    return () => {
      listening--
      unsubscribe()
    }
  }
  const [leaving, staying] = await Promise.all([follow(server.port), follow(server.port)])
  t.is(listening, 2)
  leaving.leave()
  while (listening === 2) await server.emit('peer.connected')
  t.is(listening, 1)
  const ended = t.throwsAsync(staying.until(Number.POSITIVE_INFINITY), { message: 'the stream ended' })
  await server.server.stop()
  await ended
  t.is(listening, 0)
})

test('a position that is no number is refused', async (t) => {
  await using server = await api()
  for (const path of ['/events?after=x', '/events?after=-1', '/events?after=1.5']) {
    t.like((await ask(server.port, { path, token: OPERATOR })).json, { status: 400, field: 'after' })
  }
  const headers = { 'Last-Event-ID': 'x' }
  t.is((await ask(server.port, { path: '/events', token: OPERATOR, headers })).status, 400)
})
