import test from 'ava'
import { AgoraError } from '../../src/base/errors.ts'
import { newKey, rawPeer, startNode } from './helpers.ts'

test('two nodes connect over TLS, say hello, and know each other', async (t) => {
  await using alice = await startNode('alice')
  await using bob = await startNode('bob')
  bob.introduce({ agents: [{ name: 'claude-1', kind: 'claude-code', presence: 'busy' }], project: 'agora', load: 0.5 })
  const peer = await alice.network.connect(bob.hostPort())
  t.is(peer.did, bob.did)
  t.is(peer.peer_id, bob.key.peerId)
  t.is(peer.name, 'bob')
  t.is(peer.direction, 'outbound')
  t.is(peer.encryption, '/tls/1.0.0')
  t.is(peer.address, bob.address())
  t.is(peer.state, 'live')
  t.is(peer.project, 'agora')
  t.is(peer.load, 0.5)
  t.deepEqual(peer.agents, [{ name: 'claude-1', kind: 'claude-code', presence: 'busy' }])
  await bob.connected(alice.did)
  const other = bob.network.peer(alice.did)
  t.is(other?.encryption, '/tls/1.0.0')
  t.is(other?.direction, 'inbound')
  t.deepEqual(alice.met, [{ did: bob.did, name: 'bob', address: bob.address().replace(/\/p2p\/.*/, '') }])
  t.deepEqual(bob.met, [{ did: alice.did, name: 'alice', address: undefined }])
  await alice.until(() => alice.network.peer(bob.did)?.latency_ms !== undefined)
})

test('every way to write an address, and a DID that must match', async (t) => {
  await using alice = await startNode('alice')
  await using bob = await startNode('bob')
  const port = bob.hostPort().split(':')[1]
  for (const address of [
    `localhost:${port}`,
    `${bob.did}@127.0.0.1:${port}`,
    `/dns4/localhost/tcp/${port}`,
    bob.address(),
  ]) {
    t.is((await alice.network.connect(address)).did, bob.did, address)
    t.true(await alice.network.disconnect(bob.did))
    await bob.gone(alice.did)
  }
})

test('another identity than expected is named, and told nothing', async (t) => {
  await using alice = await startNode('alice')
  await using bob = await startNode('bob')
  const other = newKey()
  for (const address of [`${other.did}@${bob.hostPort()}`, bob.address().replace(bob.key.peerId, other.peerId)]) {
    const error = (await t.throwsAsync(() => alice.network.connect(address), { instanceOf: AgoraError })) as AgoraError
    t.is(error.code, 'wrong_identity')
    t.true(error.message.includes(bob.did) && error.message.includes(other.did))
  }
  t.deepEqual(bob.changes, [])
  t.deepEqual(alice.network.peers(), [])
})

test('why a node cannot be reached is said', async (t) => {
  await using alice = await startNode('alice')
  const gone = await startNode('gone')
  const address = gone.hostPort()
  await gone.stop()
  const refused = (await t.throwsAsync(() => alice.network.connect(address))) as AgoraError
  t.is(refused.code, 'unreachable')
  t.regex(refused.message, /nothing listens there/)
  const unknown = (await t.throwsAsync(() => alice.network.connect('no-such-host.invalid:1'))) as AgoraError
  t.is(unknown.code, 'unreachable')
  t.regex(unknown.message, /name is not known/)
  await t.throwsAsync(() => alice.network.connect('nonsense address'), { code: 'invalid_address' })
  await t.throwsAsync(() => gone.network.connect(alice.hostPort()), { code: 'stopping' })
})

test('a node does not connect to itself', async (t) => {
  await using alice = await startNode('alice')
  const port = alice.hostPort().split(':')[1]
  for (const address of [alice.address(), alice.hostPort(), `localhost:${port}`, `${alice.did}@192.0.2.1`]) {
    const error = (await t.throwsAsync(() => alice.network.connect(address))) as AgoraError
    t.is(error.code, 'invalid_address', address)
    t.regex(error.message, /this node itself/)
  }
  t.deepEqual(alice.changes, [])
})

test('a libp2p node that is no Agora node is told apart', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer({ listen: true })
  const error = (await t.throwsAsync(() => alice.network.connect(String(raw.libp2p.getMultiaddrs()[0])))) as AgoraError
  t.is(error.code, 'unreachable')
})

test('a taken port is named', async (t) => {
  await using alice = await startNode('alice')
  const port = alice.hostPort().split(':')[1]
  const error = (await t.throwsAsync(() => startNode('bob', { listen: [`/ip4/127.0.0.1/tcp/${port}`] }))) as AgoraError
  t.is(error.code, 'port_in_use')
  t.is(error.field, 'port')
  t.true(error.message.includes(String(port)))
})

test('an address this machine does not have is named', async (t) => {
  const error = (await t.throwsAsync(() => startNode('bob', { listen: ['/ip4/192.0.2.77/tcp/0'] }))) as AgoraError
  t.is(error.code, 'invalid_address')
  t.true(error.message.includes('192.0.2.77'))
})

test('announced addresses are among the addresses', async (t) => {
  await using alice = await startNode('alice', { announce: ['alice.example:7000'] })
  t.true(alice.network.addresses().includes(`/dns/alice.example/tcp/7000/p2p/${alice.key.peerId}`))
})

test('peers below the minimum trust are refused, the others not', async (t) => {
  const friend = newKey()
  await using alice = await startNode('alice', { minTrust: 2, trust: { [friend.did]: 2 } })
  await using bob = await startNode('bob')
  await using carol = await startNode('carol', { key: friend })
  const error = (await t.throwsAsync(() => bob.network.connect(alice.hostPort()))) as AgoraError
  t.is(error.code, 'unreachable')
  t.is(alice.counts.get('peers_refused min_trust'), 1)
  t.is((await carol.network.connect(alice.hostPort())).did, alice.did)
  // Whom the operator dials is not asked for its trust.
  t.is((await alice.network.connect(bob.hostPort())).did, bob.did)
})

test('dialling each other at the same moment makes one peer, one link each way, and one end', async (t) => {
  await using alice = await startNode('alice')
  await using bob = await startNode('bob')
  await Promise.all([alice.network.connect(bob.hostPort()), bob.network.connect(alice.hostPort())])
  await Promise.all([alice.link(bob.did), bob.link(alice.did)])
  t.is(alice.network.peers().length, 1)
  t.is(bob.network.peers().length, 1)
  t.is(alice.network.peer(bob.did)?.direction === bob.network.peer(alice.did)?.direction, false)
  await alice.network.disconnect(bob.did)
  await Promise.all([alice.gone(bob.did), bob.gone(alice.did)])
  await alice.until(() => alice.links.filter(({ what }) => what === 'down').length === 1)
  for (const node of [alice, bob]) {
    t.is(node.names().filter((name) => name === 'connected').length, 1)
    t.is(node.names().filter((name) => name === 'disconnected').length, 1)
  }
})

test('three nodes see each other', async (t) => {
  await using alice = await startNode('alice')
  await using bob = await startNode('bob')
  await using carol = await startNode('carol')
  await Promise.all([
    alice.network.connect(bob.hostPort()),
    bob.network.connect(carol.hostPort()),
    carol.network.connect(alice.hostPort()),
  ])
  await Promise.all([alice, bob, carol].map((node) => node.until(() => node.network.peers().length === 2)))
  t.pass()
})

test('stop says goodbye', async (t) => {
  const alice = await startNode('alice')
  await using bob = await startNode('bob')
  await alice.network.connect(bob.hostPort())
  await bob.connected(alice.did)
  await alice.stop()
  await bob.gone(alice.did)
  t.true(bob.logged.some((line) => line.includes('this node stops')))
  t.deepEqual(alice.network.peers(), [])
})

test('a caller who gives up does not leave a connection behind', async (t) => {
  await using alice = await startNode('alice')
  await using raw = await rawPeer({ listen: true })
  // Takes the session stream and says nothing.
  await raw.libp2p.handle('/agora/session/1.0.0', () => undefined)
  const giveUp = new AbortController()
  const opened = new Promise((resolve) => raw.libp2p.addEventListener('connection:open', resolve, { once: true }))
  const connecting = alice.network.connect(String(raw.libp2p.getMultiaddrs()[0]), { signal: giveUp.signal })
  connecting.catch(() => undefined)
  await opened
  const gone = new Promise((resolve) => raw.libp2p.addEventListener('connection:close', resolve, { once: true }))
  giveUp.abort()
  await t.throwsAsync(() => connecting)
  await gone
})
