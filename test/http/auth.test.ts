import test from 'ava'
import { pages } from '../../src/http/pages.ts'
import { operations } from '../../src/operations.ts'
import { AGENT, type Ask, api, ask, OPERATOR } from '../helpers/http.ts'

const ID = '01937d6c-53a4-7c1e-b0f4-5f4f8f6c1a2b'

/** Every route there is, with a value in each place of its path. */
const routes = [...operations, ...pages].map(({ name, who, http: { method, path }, ...rest }) => ({
  name,
  who,
  code: 'approvable' in rest && rest.approvable ? 'needs_approval' : 'operator_only',
  method,
  path: path.replace(':id', ID).replace(/:\w+/g, 'claude-1'),
}))

for (const { name, who, code: refusal, method, path } of routes) {
  test(`${name} (${method} ${path}) is for ${who}`, async (t) => {
    await using server = await api()
    const call = (given: Partial<Ask>) => ask(server.port, { method, path, ...given })
    // Event streams do not end by themselves: for them the headers are enough.
    const quick = (given: Partial<Ask>) => call(name === 'events' ? { ...given, method: 'HEAD' } : given)

    for (const token of [undefined, 'wrong', '']) {
      const { status, headers, json } = await quick({ token })
      if (who === 'anyone') {
        t.false([401, 403].includes(status))
        continue
      }
      t.is(status, 401)
      if (json) t.is(json.code, 'unauthenticated')
      t.regex(String(headers['www-authenticate']), /^Bearer realm="agora"/)
    }
    const byAgent = await quick({ token: AGENT })
    if (who === 'operator') {
      t.is(byAgent.status, 403)
      t.is(byAgent.json.code, refusal)
    } else t.not(byAgent.status, 401)
    const byOperator = await quick({ token: OPERATOR })
    t.false([401, 403].includes(byOperator.status))

    for (const [headers, code] of [
      [{ Host: 'evil.example' }, 'forbidden_host'],
      [{ Host: '127.0.0.1.evil.example:80' }, 'forbidden_host'],
      [{ Host: 'localhost@evil.example' }, 'forbidden_host'],
      [{ Origin: 'https://evil.example' }, 'forbidden_origin'],
      [{ Origin: 'null' }, 'forbidden_origin'],
      [{ Origin: 'http://localhost:3000' }, 'forbidden_origin'],
      [{ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }, 'forbidden_origin'],
    ] as const) {
      const refused = await call({ token: OPERATOR, headers })
      t.is(refused.status, 403, JSON.stringify(headers))
      t.is(refused.json.code, code)
      t.is(refused.headers['access-control-allow-origin'], undefined)
    }
  })
}

test('a token in the query or a cookie is none', async (t) => {
  await using server = await api()
  t.is((await ask(server.port, { path: `/status?token=${OPERATOR}&access_token=${OPERATOR}` })).status, 401)
  t.is((await ask(server.port, { path: '/status', headers: { Cookie: `token=${OPERATOR}` } })).status, 401)
  t.is((await ask(server.port, { path: '/status', headers: { Authorization: `Basic ${OPERATOR}` } })).status, 401)
})

test('wrong tokens are reported, missing ones only counted', async (t) => {
  await using server = await api()
  await ask(server.port, { path: '/status' })
  t.deepEqual(server.security, [])
  await ask(server.port, { path: '/status', token: 'wrong' })
  t.deepEqual(server.security, ['bad_token 127.0.0.1'])
  t.deepEqual(server.counts, ['requests_refused unauthenticated', 'requests_refused unauthenticated'])
})

test('the caller reaches the handler as the token says', async (t) => {
  const handlers = { 'node.status': (_: never, { actor }: { actor: unknown }) => ({ actor }) }
  await using server = await api({ handlers })
  const { json } = await ask(server.port, { path: '/status', token: AGENT })
  t.like(json.actor, { kind: 'agent', name: 'claude-1' })
})

test('any local host name and port is answered, as through a forwarded port', async (t) => {
  await using server = await api()
  for (const host of ['127.0.0.1', 'localhost:9999', '[::1]:80', 'LOCALHOST']) {
    const headers = { Host: host, Origin: `http://${host}` }
    const answer = await ask(server.port, { path: '/health', headers })
    t.is(answer.status, 200, host)
    t.is(answer.headers['access-control-allow-origin'], undefined)
  }
})

test('following a link from another site to a page works', async (t) => {
  await using server = await api()
  const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
  t.is((await ask(server.port, { path: '/docs', headers })).status, 200)
})

test('an allowed origin gets CORS headers, on errors too, and its preflight answered', async (t) => {
  const origin = 'https://dashboard.example'
  await using server = await api({ parts: { allowedOrigins: [origin] } })
  const headers = { Origin: origin }
  const preflight = await ask(server.port, { method: 'OPTIONS', path: '/send', headers })
  t.is(preflight.status, 204)
  t.is(preflight.headers['access-control-allow-origin'], origin)
  t.is(preflight.headers['access-control-allow-headers'], 'Authorization, Content-Type, Last-Event-ID')
  t.is(preflight.headers['access-control-allow-credentials'], undefined)
  const refused = await ask(server.port, { path: '/status', headers })
  t.is(refused.status, 401)
  t.is(refused.headers['access-control-allow-origin'], origin)
  const cross = { ...headers, 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' }
  t.is((await ask(server.port, { path: '/status', token: OPERATOR, headers: cross })).status, 200)
  t.is(
    (await ask(server.port, { method: 'OPTIONS', path: '/send', headers: { Origin: 'https://other.example' } })).status,
    403,
  )
})

test('every answer forbids sniffing, framing and caching', async (t) => {
  await using server = await api()
  for (const path of ['/health', '/docs', '/openapi.json', '/nothing', '/status']) {
    const { headers } = await ask(server.port, { path })
    t.is(headers['x-content-type-options'], 'nosniff', path)
    t.is(headers['cache-control'], 'no-store')
    t.regex(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/)
    t.is(headers['set-cookie'], undefined)
  }
})

test('a read that waited answers nothing to a token withdrawn meanwhile', async (t) => {
  const { promise: waiting, resolve: arrived } = Promise.withResolvers<void>()
  const { promise: mail, resolve: deliver } = Promise.withResolvers<object>()
  const handlers = {
    'messages.read': () => {
      arrived()
      return mail
    },
  }
  await using server = await api({ handlers })
  const reading = ask(server.port, { path: '/messages?wait=true', token: AGENT })
  await waiting
  server.tokens.delete(AGENT)
  deliver({ items: ['secret'] })
  const { status, text } = await reading
  t.is(status, 401)
  t.notRegex(text, /secret/)
})
