import test from 'ava'
import { REQUEST_MAX } from '../../src/http/input.ts'
import { fc } from '../helpers/fast-check.ts'
import { type Ask, api, ask, OPERATOR } from '../helpers/http.ts'

const send = (port: number, given: Partial<Ask>) =>
  ask(port, { method: 'POST', path: '/send', token: OPERATOR, ...given })

test('path, query and body become one input', async (t) => {
  await using server = await api()
  const presence = await ask(server.port, {
    method: 'POST',
    path: '/agents/Zo%C3%AB%20%26%20co/presence',
    token: OPERATOR,
    body: { presence: 'busy', name: 'Zoë & co' },
  })
  t.deepEqual(presence.json.input, { name: 'Zoë & co', presence: 'busy' })
  const read = await ask(server.port, { path: '/messages?wait=1&limit=7&view=all', token: OPERATOR })
  t.deepEqual(read.json.input, { wait: true, limit: 7, view: 'all', timeout: 30 })
  const sent = await send(server.port, { body: { body: 'hi' } })
  t.is(sent.status, 201)
  t.deepEqual(sent.json.input, { body: 'hi', timeout: 5 })
})

test('a field given twice with different values is an error', async (t) => {
  await using server = await api()
  const path = '/agents/claude-1/presence'
  const inBody = await send(server.port, { path, body: { presence: 'busy', name: 'claude-2' } })
  t.like(inBody.json, { status: 400, code: 'invalid_input', field: 'name' })
  const inQuery = await send(server.port, { path: `${path}?name=claude-2`, body: { presence: 'busy' } })
  t.like(inQuery.json, { code: 'invalid_input', field: 'name' })
  const twice = await ask(server.port, { path: '/messages?limit=1&limit=2', token: OPERATOR })
  t.like(twice.json, { code: 'invalid_input', field: 'limit' })
})

test('wrong fields are named', async (t) => {
  await using server = await api()
  t.like((await send(server.port, { body: {} })).json, { status: 400, code: 'invalid_input', field: 'body' })
  t.like((await ask(server.port, { path: '/messages/17', token: OPERATOR })).json, { status: 400, field: 'id' })
})

test('malformed JSON says where', async (t) => {
  await using server = await api()
  const { json } = await send(server.port, { raw: '{"body": "hi",\n "to" bob}' })
  t.like(json, { status: 400, code: 'malformed' })
  t.regex(json.detail, /line 2 column 7/)
  for (const raw of ['[1]', '"text"', '7', 'null', '{', '{"__proto__": {"who": "operator"}}']) {
    t.like((await send(server.port, { raw })).json, { status: 400, code: 'malformed' }, raw)
  }
})

test('a body of another type, which any web form could send, is refused', async (t) => {
  await using server = await api()
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
    'application/jsonp',
  ]) {
    const { json } = await send(server.port, { body: { body: 'hi' }, headers: { 'Content-Type': type } })
    t.like(json, { status: 400, code: 'malformed' }, type)
  }
  const headers = { 'Content-Type': 'Application/JSON; charset=utf-8' }
  t.is((await send(server.port, { body: { body: 'hi' }, headers })).status, 201)
  const nothing = { 'Content-Length': '0', 'Content-Type': 'text/plain' }
  t.is((await send(server.port, { path: '/stop', headers: nothing })).status, 202)
})

test('a text that is not UTF-8 is refused, not changed quietly', async (t) => {
  await using server = await api()
  const { json } = await send(server.port, { raw: Buffer.from('{"body": "caf\xe9"}', 'latin1') })
  t.like(json, { status: 400, code: 'malformed' })
  t.is((await send(server.port, { body: { body: 'a real \ufffd' } })).status, 201)
  const headers = { 'Content-Encoding': 'gzip' }
  t.like((await send(server.port, { body: { body: 'hi' }, headers })).json, { code: 'malformed' })
})

test('the longest text passes however it is escaped; more is too large, however much', async (t) => {
  await using server = await api()
  const escaped = '\\u0001'.repeat(256 << 10)
  t.is((await send(server.port, { raw: `{"body":"${escaped}"}` })).status, 201)
  const tooLong = await send(server.port, { body: { body: 'x'.repeat((256 << 10) + 1) } })
  t.like(tooLong.json, { code: 'invalid_input', field: 'body' })
  for (const size of [REQUEST_MAX + 1, 16 << 20]) {
    const { status, json } = await send(server.port, { raw: ' '.repeat(size) })
    t.is(status, 413)
    t.is(json.code, 'too_large')
  }
  // Stated by nobody: chunked.
  t.is((await send(server.port, { raw: ' '.repeat(REQUEST_MAX + 1), chunked: true })).status, 413)
})

test('whoever shows no token is answered before the body is read', async (t) => {
  await using server = await api()
  t.is((await send(server.port, { token: undefined, raw: ' '.repeat(REQUEST_MAX + 1) })).status, 401)
})

test('whatever text a message has arrives as it was sent', async (t) => {
  await using server = await api()
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
      const { json } = await send(server.port, { body: { body: text } })
      t.is(json.input.body, text)
    }),
    { numRuns: 50 },
  )
})
