import { once } from 'node:events'
import { connect } from 'node:net'
import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { fakeClock } from '../helpers/fake-clock.ts'
import { api, ask, OPERATOR } from '../helpers/http.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<object>((resolve) => signal.addEventListener('abort', () => resolve({ items: [], aborted: true })))

test('a taken port is named', async (t) => {
  await using first = await api()
  const error = await t.throwsAsync(api({ parts: { port: first.port } }), { instanceOf: AgoraError })
  t.like(error, { code: 'port_in_use', field: 'api_port' })
  t.regex(error.message, new RegExp(String(first.port)))
})

test('stop answers long polls, refuses what comes on open connections, and leaves nothing listening', async (t) => {
  const { promise: waiting, resolve: arrived } = Promise.withResolvers<void>()
  const { promise: late, resolve: finish } = Promise.withResolvers<object>()
  const { promise: slow, resolve: slowArrived } = Promise.withResolvers<void>()
  await using server = await api({
    handlers: {
      'messages.read': (_, { signal }) => {
        arrived()
        return untilAborted(signal)
      },
      'node.peers': () => {
        slowArrived()
        return late
      },
    },
  })
  const polling = ask(server.port, { path: '/messages?wait=1', token: OPERATOR })
  const slowly = ask(server.port, { path: '/peers', token: OPERATOR })
  const idle = connect(server.port, '127.0.0.1')
  idle.write('GET /health HTTP/1.1\r\nHost: localhost\r\n')
  await Promise.all([waiting, slow])
  const stopped = server.server.stop()
  t.true((await polling).json.aborted)
  idle.write('\r\n')
  const [said] = await once(idle, 'data')
  t.regex(String(said), /^HTTP\/1.1 503 .*"code":"stopping"/s)
  finish({ items: [] })
  t.is((await slowly).status, 200)
  await stopped
  await t.throwsAsync(ask(server.port, { path: '/health' }), { code: 'ECONNREFUSED' })
  await server.server.stop()
})

test('stop waits two seconds for a call that does not end, not longer', async (t) => {
  const clock = fakeClock()
  const { promise: stuck, resolve: arrived } = Promise.withResolvers<void>()
  const { promise: never } = Promise.withResolvers<object>()
  await using server = await api({
    clock,
    handlers: {
      'node.peers': () => {
        arrived()
        return never
      },
    },
  })
  const call = ask(server.port, { path: '/peers', token: OPERATOR })
  const cut = t.throwsAsync(call)
  await stuck
  let stopped = false
  const stopping = server.server.stop().then(() => (stopped = true))
  await clock.advance(1999)
  t.false(stopped)
  await clock.advance(1)
  await Promise.all([stopping, cut])
})

test('a caller who goes away is told to the handler, and logged as nothing', async (t) => {
  const { promise: waiting, resolve: arrived } = Promise.withResolvers<void>()
  const { promise: gone, resolve: told } = Promise.withResolvers<void>()
  await using server = await api({
    handlers: {
      'messages.read': async (_, { signal }) => {
        arrived()
        await untilAborted(signal)
        told()
        throw signal.reason
      },
    },
  })
  const leave = new AbortController()
  const headers = { Authorization: `Bearer ${OPERATOR}` }
  const call = fetch(`${server.url}/messages?wait=1`, { headers, signal: leave.signal })
  await waiting
  leave.abort()
  await t.throwsAsync(call, { name: 'AbortError' })
  await gone
  t.deepEqual(server.errors, [])
})

test('the operator reads metrics', async (t) => {
  await using server = await api()
  const { text, headers } = await ask(server.port, { path: '/metrics', token: OPERATOR })
  t.is(text, 'agora_up 1\n')
  t.is(headers['content-type'], 'text/plain; version=0.0.4')
})
