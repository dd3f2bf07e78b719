import { networkInterfaces } from 'node:os'
import test from 'ava'
import { isHere, resolveTold, toldAddress } from '../../src/p2p/reach.ts'
import { fc } from '../helpers/fast-check.ts'
import { newKey } from '../helpers/remote.ts'

const bob = newKey()
const carol = newKey()

for (const [text, far, near = far] of [
  ['/ip4/203.0.113.7/tcp/7312', '/ip4/203.0.113.7/tcp/7312'],
  ['203.0.113.7', '/ip4/203.0.113.7/tcp/7312'],
  ['/ip4/10.1.2.3/tcp/22', '/ip4/10.1.2.3/tcp/22'],
  ['/ip4/100.101.102.103/tcp/7312', '/ip4/100.101.102.103/tcp/7312'],
  ['/ip6/fd7a:115c:a1e0::1/tcp/7312', '/ip6/fd7a:115c:a1e0::1/tcp/7312'],
  ['/dns4/laptop.example/tcp/7312', '/dns4/laptop.example/tcp/7312'],
  [`/ip4/203.0.113.7/tcp/7312/p2p/${bob.peerId}`, '/ip4/203.0.113.7/tcp/7312'],
  [`/ip4/203.0.113.7/tcp/7312/p2p/${carol.peerId}`, undefined],
  ['/ip4/127.0.0.1/tcp/7312', undefined, '/ip4/127.0.0.1/tcp/7312'],
  ['/ip4/127.8.9.10/tcp/22', undefined, '/ip4/127.8.9.10/tcp/22'],
  ['/ip6/::1/tcp/7312', undefined, '/ip6/::1/tcp/7312'],
  ['/ip4/0.0.0.0/tcp/7312', undefined],
  ['/ip4/0.1.2.3/tcp/7312', undefined],
  ['/ip4/169.254.169.254/tcp/80', undefined],
  ['/ip4/224.0.0.251/tcp/5353', undefined],
  ['/ip4/255.255.255.255/tcp/1', undefined],
  ['/ip6/::/tcp/1', undefined],
  ['/ip6/fe80::1/tcp/7312', undefined],
  ['/ip6/ff02::1/tcp/7312', undefined],
  ['/ip6/::ffff:127.0.0.1/tcp/22', undefined],
  ['/ip6/::ffff:7f00:1/tcp/22', undefined],
  ['/ip6/64:ff9b::7f00:1/tcp/22', undefined],
  ['/dnsaddr/example.org', undefined],
  ['/dns/evil\u001b[2J.example/tcp/1', undefined],
  ['/dns/a b/tcp/1', undefined],
  ['/ip4/203.0.113.7/udp/7312/quic-v1', undefined],
  ['/ip4/203.0.113.7/tcp/0', undefined],
  ['/ip4/203.0.113.7/tcp/7312/p2p-circuit', undefined],
  ['/unix/tmp/socket', undefined],
  ['nonsense', '/dns/nonsense/tcp/7312'],
  ['no such thing', undefined],
  ['', undefined],
] as [string, string | undefined, string?][]) {
  test(`told ${JSON.stringify(text)}`, (t) => {
    t.is(toldAddress(text, bob.did, false), far)
    t.is(toldAddress(text, bob.did, true), near)
  })
}

test('the addresses of this machine are taken from those on it alone', (t) => {
  const own = Object.values(networkInterfaces())
    .flat()
    .flatMap((one) => (one && !one.address.startsWith('fe80') ? [one] : []))
  t.true(own.length > 0)
  for (const { address, family } of own) {
    const text = `/${family === 'IPv6' ? 'ip6' : 'ip4'}/${address}/tcp/7312`
    t.true(isHere(address))
    t.is(toldAddress(text, bob.did, false), undefined, text)
    t.is(toldAddress(text, bob.did, true), text)
  }
  t.false(isHere('203.0.113.7'))
  t.false(isHere('localhost'))
})

test('a name that was told is looked up, and does not lead to this machine', async (t) => {
  t.deepEqual(await resolveTold('/dns/localhost/tcp/22'), [])
  t.deepEqual(await resolveTold('/dns4/localhost/tcp/22'), [])
  t.deepEqual(await resolveTold('/ip4/203.0.113.7/tcp/22'), ['/ip4/203.0.113.7/tcp/22'])
  await t.throwsAsync(resolveTold('/dns/no-such-host.invalid/tcp/22'))
})

test('whatever is told is an address or nothing, and never one of this machine', (t) => {
  const part = fc.oneof(
    fc.constantFrom('ip4', 'ip6', 'dns', 'tcp', 'p2p', '127.0.0.1', '::1', '1', 'x', ''),
    fc.string(),
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => `/${parts.join('/')}`),
    fc.ipV4(),
    fc.ipV6(),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const told = toldAddress(text, bob.did, false)
      if (told === undefined) return
      t.regex(told, /^\/(ip4|ip6|dns|dns4|dns6)\/[\w.:-]+\/tcp\/\d+$/)
      t.false(isHere(told.split('/')[2] ?? ''))
    }),
    { numRuns: 2000 },
  )
})
