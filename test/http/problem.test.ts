import test from 'ava'
import { AgoraError, errorCodes } from '../../src/base/errors.ts'
import { problemOf } from '../../src/http/problem.ts'
import { api, ask, OPERATOR } from '../helpers/http.ts'

test('each code has its status', (t) => {
  t.snapshot(Object.fromEntries(errorCodes.map((code) => [code, problemOf(new AgoraError(code, '')).status])))
})

test('a problem carries what the error says', (t) => {
  const parts = { field: 'to', hint: 'Say which.', candidates: ['a@bob', 'a@carol'] }
  t.deepEqual(problemOf(new AgoraError('ambiguous_name', 'Two fit.', parts)), {
    type: '/docs#ambiguous_name',
    title: 'The request is not valid',
    status: 400,
    code: 'ambiguous_name',
    detail: 'Two fit.',
    ...parts,
  })
})

const failing = (error: unknown) => api({ handlers: { 'node.status': () => Promise.reject(error) } })

test('unexpected errors say nothing of themselves and are logged', async (t) => {
  for (const error of [new TypeError('secret'), new AgoraError('internal', 'secret'), 'secret', { secret: 1 }]) {
    await using server = await failing(error)
    const { status, headers, text, json } = await ask(server.port, { path: '/status', token: OPERATOR })
    t.is(status, 500)
    t.is(headers['content-type'], 'application/problem+json')
    t.is(json.code, 'internal')
    t.notRegex(text, /secret|\.ts/)
    t.deepEqual(server.errors, [{ err: error, path: '/status' }])
  }
})

test('being limited always says when to come back', async (t) => {
  await using server = await failing(new AgoraError('rate_limited', 'Slowly.'))
  const { status, headers } = await ask(server.port, { path: '/status', token: OPERATOR })
  t.is(status, 429)
  t.is(headers['retry-after'], '1')
})

test('unknown routes are 404, wrong methods 405 with what is allowed', async (t) => {
  await using server = await api()
  const unknown = await ask(server.port, { path: '/nothing', token: OPERATOR })
  t.like(unknown.json, { status: 404, code: 'unknown_operation' })
  for (const path of ['/status/', '/STATUS', '/messages//acknowledge', '/%E0%A4%A']) {
    t.is((await ask(server.port, { path, token: OPERATOR })).status, 404, path)
  }
  const wrong = await ask(server.port, { method: 'DELETE', path: '/messages', token: OPERATOR })
  t.is(wrong.status, 405)
  t.like(wrong.json, { status: 405, code: 'unknown_operation' })
  t.is(wrong.headers['allow'], 'HEAD, GET')
})
