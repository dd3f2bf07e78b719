import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/index.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { AGENT, api, OPERATOR } from '../helpers/http.ts'

test('calls reach their operation and bring its answer', async (t) => {
  await using server = await api()
  const client = createClient({ url: `${server.url}/`, token: OPERATOR })
  const echoed = async (call: Promise<unknown>) => ((await call) as { input: unknown }).input
  t.deepEqual(await echoed(client.call('node.status')), {})
  t.deepEqual(await echoed(client.call('messages.send', { body: 'hi', to: 'bob' })), {
    body: 'hi',
    to: 'bob',
    timeout: 5,
  })
  t.deepEqual(await echoed(client.call('messages.read', { wait: true, timeout: 3 })), {
    wait: true,
    timeout: 3,
    limit: 50,
    view: 'unread',
  })
  t.deepEqual(await echoed(client.call('agents.update', { name: 'a b', model: 'm' })), { name: 'a b', model: 'm' })
  t.deepEqual(await echoed(client.call('agents.remove', { name: 'a b' })), { name: 'a b' })
})

test('an error comes out as it went in', async (t) => {
  const parts = { field: 'to', hint: 'Say which.', candidates: ['a@bob', 'a@carol'] }
  const handlers = { 'messages.send': () => Promise.reject(new AgoraError('ambiguous_name', 'Two fit.', parts)) }
  await using server = await api({ handlers })
  const error = await t.throwsAsync(
    createClient({ url: server.url, token: AGENT }).call('messages.send', { body: 'x' }),
    {
      instanceOf: AgoraError,
    },
  )
  t.like(error, { code: 'ambiguous_name', message: 'Two fit.', ...parts })
  await t.throwsAsync(createClient({ url: server.url }).call('node.status'), { code: 'unauthenticated' })
})

/** A client whose every request is answered with this. */
const answered = (answer: () => Response) => createClient({ url: 'http://127.0.0.1:1', fetch: async () => answer() })

test('an unknown code becomes internal and keeps its words', async (t) => {
  const headers = { 'Content-Type': 'application/problem+json' }
  const body = JSON.stringify({ code: 'from_the_future', detail: 'Something new.' })
  const error = await t.throwsAsync(answered(() => new Response(body, { status: 418, headers })).call('node.status'))
  t.like(error, { code: 'internal', message: 'Something new.' })
})

test('another program at the address is not taken for Agora', async (t) => {
  const pages = [
    () => new Response('<h1>Hello</h1>', { status: 404 }),
    () => new Response('{', { status: 500, headers: { 'Content-Type': 'application/problem+json' } }),
    () => Response.json('hello'),
    () => new Response('<h1>Hello</h1>', { status: 200 }),
  ]
  for (const page of pages) await t.throwsAsync(answered(page).call('node.status'), { code: 'not_running' })
})

test('nobody there, a broken connection and an abort are told apart', async (t) => {
  const breaking = createServer((request) => request.socket.destroy())
  await new Promise<void>((resolve) => breaking.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(breaking.address() as AddressInfo).port}`
  const client = createClient({ url })
  await t.throwsAsync(client.call('node.health'), { code: 'unreachable' })
  await new Promise((resolve) => breaking.close(resolve))
  const error = await t.throwsAsync(client.call('node.health'), { code: 'not_running' })
  t.true(error.message.includes(url))
  await t.throwsAsync(client.call('node.health', {}, { signal: AbortSignal.abort(new Error('mine')) }), {
    message: 'mine',
  })
  await t.throwsAsync(client.events().next(), { code: 'not_running' })
})

test('events come with their fields, and end when told to', async (t) => {
  await using server = await api()
  await server.emit('message.received', 'operator', { id: 'a' })
  await server.emit('peer.connected')
  await server.emit('message.stage', undefined, { id: 'b' })
  const stop = new AbortController()
  const events = createClient({ url: server.url, token: OPERATOR }).events({
    after: 0,
    types: ['message.'],
    signal: stop.signal,
  })
  t.like((await events.next()).value, { seq: 1, type: 'message.received', inbox: 'operator', id: 'a' })
  t.like((await events.next()).value, { seq: 3, type: 'message.stage', id: 'b' })
  const last = events.next()
  stop.abort()
  t.true((await last).done)
})

/** A `fetch` whose streams break when told to; after each break it fails once before it works again. */
function breakableFetch() {
  let link = new AbortController()
  let failing = false
  let opened = Promise.withResolvers<void>()
  const breakable: typeof fetch = async (url, init) => {
    if (failing) {
      failing = false
      throw new TypeError('fetch failed')
    }
    link = new AbortController()
    const response = await fetch(url, init)
    const through = new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk)
        opened.resolve()
      },
    })
    // That it was cut shows on the side that is read.
    response.body?.pipeTo(through.writable, { signal: link.signal }).catch(() => undefined)
    return new Response(through.readable, response)
  }
  return {
    fetch: breakable,
    opened: () => opened.promise,
    break() {
      failing = true
      opened = Promise.withResolvers()
      link.abort(new TypeError('terminated'))
    },
  }
}

for (const after of [0, undefined]) {
  test(`a stream begun after ${after} comes back after breaks, with neither gap nor double`, async (t) => {
    await using server = await api()
    const clock = fakeClock()
    const network = breakableFetch()
    const { url } = server
    const client = createClient({ url, token: OPERATOR, fetch: network.fetch, clock })
    const events = client.events(after === undefined ? {} : { after })
    for (let last = 0; last < 6; last += 2) {
      const coming = events.next()
      await network.opened()
      await clock.advance(0)
      network.break()
      await server.emit('peer.connected')
      await server.emit('peer.connected')
      let arrived = false
      coming.then(() => (arrived = true))
      while (!arrived) await clock.advance(1000)
      t.is((await coming).value?.seq, last + 1)
      t.is((await events.next()).value?.seq, last + 2)
    }
    await events.return()
  })
}

test('what the daemon refuses is not tried again', async (t) => {
  await using server = await api()
  await t.throwsAsync(createClient({ url: server.url, token: 'wrong' }).events().next(), { code: 'unauthenticated' })
  t.is(server.security.length, 1)
})

test('at run time the client loads neither schemas nor anything of Node', (t) => {
  const folder = new URL('../../src/client/', import.meta.url)
  for (const file of readdirSync(folder)) {
    const imports = readFileSync(new URL(file, folder), 'utf8').matchAll(/^import (?!type).*from '(.+)'$/gm)
    for (const [, from = ''] of imports) {
      t.regex(from, /^(\.\/[\w-]+|\.\.\/(routes|base\/(errors|clock)))\.ts$/, file)
    }
  }
})
