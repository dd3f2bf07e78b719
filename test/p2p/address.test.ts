import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { parseAddress } from '../../src/p2p/address.ts'
import { fc } from '../helpers/fast-check.ts'

const alice = keyFromSeed(new Uint8Array(32).fill(1))
const bob = keyFromSeed(new Uint8Array(32).fill(2))

for (const [text, multiaddr, expected] of [
  ['192.0.2.1:4000', '/ip4/192.0.2.1/tcp/4000'],
  ['192.0.2.1', '/ip4/192.0.2.1/tcp/7312'],
  ['[2001:db8::1]:4000', '/ip6/2001:db8::1/tcp/4000'],
  ['[2001:db8::1]', '/ip6/2001:db8::1/tcp/7312'],
  ['::1', '/ip6/::1/tcp/7312'],
  ['localhost:1', '/dns/localhost/tcp/1'],
  [' Laptop.tail1234.ts.net:7312 ', '/dns/laptop.tail1234.ts.net/tcp/7312'],
  ['my-machine', '/dns/my-machine/tcp/7312'],
  ['example.org.', '/dns/example.org/tcp/7312'],
  ['bücher.example:80', '/dns/xn--bcher-kva.example/tcp/80'],
  ['/ip4/192.0.2.1/tcp/4000', '/ip4/192.0.2.1/tcp/4000'],
  ['/ip4/192.0.2.1', '/ip4/192.0.2.1/tcp/7312'],
  ['/ip6/::1/tcp/4000', '/ip6/::1/tcp/4000'],
  ['/dns4/example.org/tcp/4000', '/dns4/example.org/tcp/4000'],
  ['/dnsaddr/example.org', '/dnsaddr/example.org'],
  [`/ip4/192.0.2.1/tcp/4000/p2p/${alice.peerId}`, '/ip4/192.0.2.1/tcp/4000', alice.did],
  [`${alice.did}@192.0.2.1:4000`, '/ip4/192.0.2.1/tcp/4000', alice.did],
  [`${alice.did}@[::1]:4000`, '/ip6/::1/tcp/4000', alice.did],
  [`${alice.did}@host`, '/dns/host/tcp/7312', alice.did],
  [`${alice.did}@/ip4/192.0.2.1/tcp/4000/p2p/${alice.peerId}`, '/ip4/192.0.2.1/tcp/4000', alice.did],
] as const) {
  test(`reads ${text}`, (t) => {
    t.deepEqual(parseAddress(text), { multiaddr, expected })
  })
}

for (const text of [
  '',
  ':7312',
  'host:',
  'host:0',
  'host:65536',
  'host:-1',
  'host:1e3',
  'host:80:90',
  '1.2.3',
  '300.1.1.1',
  '1.2.3.4.5.',
  '[::1',
  '[1.2.3.4]:80',
  'fe80::1%eth0',
  'ho st',
  'a..b',
  '-host',
  'http://host:7312',
  'bob@host',
  alice.did,
  `${alice.did}#agent@host`,
  `${alice.did}@`,
  `${alice.did}@/ip4/1.2.3.4/tcp/1/p2p/${bob.peerId}`,
  '/ip4/300.1.1.1/tcp/1',
  '/ip4/1.2.3.4/tcp/0',
  '/ip4/1.2.3.4/udp/1/quic-v1',
  '/ip4/1.2.3.4/tcp/1/ws',
  `/p2p/${alice.peerId}`,
  '/ip4/1.2.3.4/tcp/1/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
  '/unix/tmp/socket',
  'x'.repeat(2000),
]) {
  test(`refuses ${JSON.stringify(text.slice(0, 90))}`, (t) => {
    const error = t.throws(() => parseAddress(text), { instanceOf: AgoraError, code: 'invalid_address' }) as AgoraError
    t.is(error.field, 'address')
    t.truthy(error.hint)
  })
}

test('any text is an address or `invalid_address`, and an address reads the same again', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6(), fc.webUrl()), (text) => {
      try {
        const address = parseAddress(text)
        t.deepEqual(parseAddress(address.multiaddr), address)
      } catch (error) {
        t.true(error instanceof AgoraError && error.code === 'invalid_address')
      }
    }),
    { numRuns: 500 },
  )
})
