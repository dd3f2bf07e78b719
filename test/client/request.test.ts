import test from 'ava'
import { requestOf } from '../../src/client/request.ts'
import { fc } from '../helpers/fast-check.ts'

test('the input goes into path, query and body as the route says', (t) => {
  t.deepEqual(requestOf('node.status', {}), { method: 'GET', path: '/status', body: undefined })
  t.deepEqual(requestOf('messages.read', { wait: true, limit: 5, cursor: undefined }), {
    method: 'GET',
    path: '/messages?wait=true&limit=5',
    body: undefined,
  })
  t.deepEqual(requestOf('agents.presence', { name: 'Zoë & co', presence: 'busy' }), {
    method: 'POST',
    path: '/agents/Zo%C3%AB%20%26%20co/presence',
    body: '{"presence":"busy"}',
  })
  t.deepEqual(requestOf('requests.drop', { peer: 'did:agora:z6Mk#a' }), {
    method: 'DELETE',
    path: '/requests/did%3Aagora%3Az6Mk%23a',
    body: undefined,
  })
})

test('what cannot be asked is an error here', (t) => {
  t.throws(() => requestOf('toString', {}), { code: 'unknown_operation' })
  t.throws(() => requestOf('messages.show', {}), { code: 'invalid_input' })
})

test('no value of a field leads to another route', (t) => {
  const value = fc.oneof(fc.string(), fc.constantFrom('.', '..', '../agents', '%2e%2e', '?', '#', '//evil.example'))
  fc.assert(
    fc.property(value, (id) => {
      let path: string
      try {
        path = requestOf('conversations.resume', { id }).path
      } catch {
        return
      }
      const url = new URL(`http://127.0.0.1:7313${path}`)
      t.is(url.host, '127.0.0.1:7313')
      t.regex(url.pathname, /^\/conversations\/[^/]+\/resume$/)
      t.is(url.search + url.hash, '')
      t.is(decodeURIComponent(url.pathname.split('/')[2] ?? ''), id)
    }),
  )
})
