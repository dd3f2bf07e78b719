import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { api, ask, OPERATOR } from '../helpers/http.ts'

const PAGE = `<!doctype html>
<html><head><meta property="csp-nonce" nonce="__CSP_NONCE__"><link nonce="__CSP_NONCE__" href="/assets/index-1a2B_c-d.css"></head></html>
`

/** A server with a built dashboard, beside which lies what is not for the world. */
async function served() {
  const folder = mkdtempSync(join(tmpdir(), 'agora-dashboard-'))
  const dashboard = join(folder, 'dashboard')
  mkdirSync(join(dashboard, 'assets', 'inner.js'), { recursive: true })
  writeFileSync(join(dashboard, 'index.html'), PAGE)
  writeFileSync(join(dashboard, 'secret.js'), 'secret')
  writeFileSync(join(folder, 'token.js'), 'secret')
  writeFileSync(join(dashboard, 'assets', 'index-1a2B_c-d.js'), 'console.log("ü")')
  writeFileSync(join(dashboard, 'assets', 'index-1a2B_c-d.css'), 'body { color: red }')
  writeFileSync(join(dashboard, 'assets', 'font-x.woff2'), Buffer.from([0, 255, 1]))
  writeFileSync(join(dashboard, 'assets', 'notes.txt'), 'secret')
  writeFileSync(join(dashboard, 'assets', '.hidden.js'), 'secret')
  const server = await api({ parts: { dashboard } })
  return {
    ...server,
    folder: dashboard,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One request line as it stands: no client puts it right. */
async function rawGet(port: number, target: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

test('the page is served to anyone, with a policy of its own and nonces that no other answer has', async (t) => {
  await using server = await served()
  const one = await ask(server.port, { path: '/' })
  t.is(one.status, 200)
  t.is(one.headers['content-type'], 'text/html; charset=utf-8')
  t.is(one.headers['cache-control'], 'no-store')
  t.is(one.headers['etag'], undefined)
  t.is(one.headers['cross-origin-opener-policy'], 'same-origin')
  t.is(one.headers['set-cookie'], undefined)
  const nonces = [...one.text.matchAll(/nonce="([^"]*)"/g)].map(([, nonce]) => nonce)
  t.is(nonces.length, 2)
  t.regex(nonces[0] ?? '', /^[\w-]{22}$/)
  t.is(nonces[1], nonces[0])
  t.is(
    one.headers['content-security-policy'],
    `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonces[0]}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  const other = await ask(server.port, { path: '/' })
  t.notRegex(other.text, new RegExp(nonces[0] ?? 'none'))
  t.notRegex(String(other.headers['content-security-policy']), new RegExp(nonces[0] ?? 'none'))
})

test('before it is built the page says how to build it, and is there as soon as it is', async (t) => {
  await using server = await served()
  rmSync(server.folder, { recursive: true })
  const { status, text, headers } = await ask(server.port, { path: '/' })
  t.is(status, 503)
  t.is(headers['content-type'], 'text/plain; charset=utf-8')
  t.regex(text, /npm run build/)
  mkdirSync(server.folder)
  writeFileSync(join(server.folder, 'index.html'), 'built')
  t.is((await ask(server.port, { path: '/' })).text, 'built')
})

test('its files are kept by browsers for good, and sent once', async (t) => {
  await using server = await served()
  for (const [file, type, text] of [
    ['index-1a2B_c-d.js', 'text/javascript; charset=utf-8', 'console.log("ü")'],
    ['index-1a2B_c-d.css', 'text/css; charset=utf-8', 'body { color: red }'],
    ['font-x.woff2', 'font/woff2', undefined],
  ] as const) {
    const path = `/assets/${file}`
    const answer = await ask(server.port, { path })
    t.is(answer.status, 200, file)
    t.is(answer.headers['content-type'], type)
    t.is(answer.headers['cache-control'], 'private, max-age=31536000, immutable')
    t.is(answer.headers['x-content-type-options'], 'nosniff')
    t.is(answer.headers['cross-origin-resource-policy'], 'same-origin')
    if (text !== undefined) t.is(answer.text, text)
    const etag = String(answer.headers['etag'])
    t.regex(etag, /^"[\w-]{22}"$/)
    const again = await ask(server.port, { path, headers: { 'If-None-Match': etag } })
    t.is(again.status, 304)
    t.is(again.text, '')
    t.is(again.headers['cache-control'], 'private, max-age=31536000, immutable')
    t.is((await ask(server.port, { path, headers: { 'If-None-Match': '"other"' } })).status, 200)
  }
})

test('HEAD says the same without the content', async (t) => {
  await using server = await served()
  const page = await ask(server.port, { method: 'HEAD', path: '/' })
  t.is(page.status, 200)
  t.is(page.text, '')
  t.regex(String(page.headers['content-security-policy']), /nonce-/)
  const file = await ask(server.port, { method: 'HEAD', path: '/assets/index-1a2B_c-d.js' })
  t.is(file.status, 200)
  t.is(file.text, '')
  t.is(file.headers['content-length'], '17')
  t.truthy(file.headers['etag'])
})

test('nothing but its files is told, however the path is written', async (t) => {
  await using server = await served()
  const targets = [
    '/assets/',
    '/assets',
    '/assets/.',
    '/assets/..',
    '/assets/../secret.js',
    '/assets/..%2fsecret.js',
    '/assets/..%2Fsecret.js',
    '/assets/%2e%2e/secret.js',
    '/assets/%2e%2e%2fsecret.js',
    '/assets/%252e%252e%252fsecret.js',
    '/assets/..%5csecret.js',
    '/assets/..\\secret.js',
    '/assets/....//secret.js',
    '/assets//etc/passwd',
    '/assets/%2fetc%2fpasswd',
    '/assets/..%2f..%2ftoken.js',
    '/assets/%c0%ae%c0%ae%c0%afsecret.js',
    '/assets/%uff0e%uff0e/secret.js',
    '/assets/%zz.js',
    '/assets/index-1a2B_c-d.js%00.css',
    '/assets/%00',
    '/assets/index-1a2B_c-d.js/',
    '/assets/index-1a2B_c-d.js/../../../secret.js',
    '/assets/inner.js',
    '/assets/notes.txt',
    '/assets/.hidden.js',
    '/assets/C:index.js',
    `/assets/${'a'.repeat(4000)}.js`,
    '/secret.js',
    '/../secret.js',
    '/index.html',
    '//127.0.0.1/secret.js',
    'http://evil.example/assets/../secret.js',
  ]
  for (const target of targets) {
    const text = await rawGet(server.port, target)
    t.regex(text, /^HTTP\/1\.1 40[0345] /, target)
    t.notRegex(text, /secret(?!\.js)|root:|immutable/, target)
  }
  t.deepEqual(server.errors, [])
  t.regex(await rawGet(server.port, '/assets/index-1a2B_c-d.js?x=..%2f'), /^HTTP\/1\.1 200 /)
})

test('other origins and rebound names get neither the page nor a sign-in', async (t) => {
  await using server = await served()
  for (const [headers, code] of [
    [{ Host: 'evil.example' }, 'forbidden_host'],
    [{ Host: 'evil.example:7313', Origin: 'http://evil.example:7313' }, 'forbidden_host'],
    [{ Host: '127.0.0.1.nip.io' }, 'forbidden_host'],
    [{ Host: '0.0.0.0' }, 'forbidden_host'],
    [{ Origin: 'https://evil.example' }, 'forbidden_origin'],
    [{ Origin: 'null' }, 'forbidden_origin'],
    [{ Origin: 'http://127.0.0.1:1' }, 'forbidden_origin'],
    [{ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }, 'forbidden_origin'],
    [{ 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors' }, 'forbidden_origin'],
  ] as const) {
    for (const call of [
      { path: '/' },
      { path: '/assets/index-1a2B_c-d.js' },
      { method: 'POST', path: '/sessions/open', body: { code: 'guess' } },
      { method: 'POST', path: '/sessions', token: OPERATOR },
    ]) {
      const refused = await ask(server.port, { ...call, headers })
      t.is(refused.status, 403, `${call.path} ${JSON.stringify(headers)}`)
      t.is(refused.json.code, code)
    }
  }
  const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
  t.is((await ask(server.port, { path: '/', headers: link })).status, 200)
})

test('a form of another page cannot sign in: only JSON is read', async (t) => {
  await using server = await served()
  const { status } = await ask(server.port, {
    method: 'POST',
    path: '/sessions/open',
    raw: 'code=guess',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  })
  t.is(status, 400)
})
