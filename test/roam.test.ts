import test from 'ava'
import { createClient } from '../src/client/index.ts'
import { network, type TestNode } from './helpers/network.ts'

const portOf = (node: TestNode): number => Number(/\/tcp\/(\d+)/.exec(node.daemon.addresses[0] ?? '')?.[1])

/** Resolves with the next event of that type, or the one that was there. */
function event(node: TestNode, type: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    const found = node.daemon.events.after(0, 10_000).find((one) => one.type === type)
    if (found) return resolve(found.data)
    const leave = node.daemon.events.subscribe((one) => {
      if (one.type !== type) return
      leave()
      resolve(one.data)
    })
  })
}

/** Lets the event loop turn until `check` is true. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setImmediate(resolve))
}

const isConnected = (node: TestNode, other: TestNode) => until(() => node.daemon.network.peer(other.did) !== undefined)

test('with auto-connect a friend is dialled at start, and gets what waited for it', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await alice.daemon.network.connect(bob.daemon.addresses[0] ?? '')
  await net.befriend('alice', 'bob')
  const port = portOf(bob)
  await bob.stop()
  await alice.call('messages.send', { to: 'bob', body: 'while you were away' })
  await alice.stop()
  await bob.restart({ port })
  await alice.restart({ auto_connect: true })
  await isConnected(alice, bob)
  await until(async () => (await alice.call('messages.outbox', {})).items.length === 0)
  t.is((await bob.call('messages.read', {})).items.at(-1)?.body, 'while you were away')

  await bob.stop()
  await until(() => alice.daemon.network.peer(bob.did) === undefined)
  await bob.restart({ port })
  await net.clock.advance(2000)
  await isConnected(alice, bob)
})

test('somebody else where a friend was is told to the operator as an event', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await alice.daemon.network.connect(bob.daemon.addresses[0] ?? '')
  await net.befriend('alice', 'bob')
  const port = portOf(bob)
  await alice.stop()
  await bob.stop()
  await using others = await network(['bob'], { port })
  const impostor = others.node.bob
  await alice.restart({ auto_connect: true })
  const told = await event(alice, 'security.wrong_key_at_address')
  t.like(told, { address: `/ip4/127.0.0.1/tcp/${port}`, found: impostor.did })
  t.false(impostor.daemon.events.after(0, 100).some(({ type }) => type === 'peer.connected'))

  await alice.restart({ auto_connect: true })
  await net.clock.advance(3_600_000)
  const alerts = alice.daemon.events.after(0, 1000).filter(({ type }) => type === 'security.wrong_key_at_address')
  t.is(alerts.length, 1, 'dropped, also from disk')
})

test('a node is as its agents are, and peers see it', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  const seen = () => bob.daemon.network.peer(alice.did)?.presence
  t.is(seen(), 'online')
  const { token } = await alice.call('agents.register', { name: 'claude-1' })
  const agent = createClient({ url: alice.daemon.api_url, token })
  await agent.call('agents.presence', { name: 'claude-1', presence: 'busy' })
  await until(() => seen() === 'busy')
  await agent.call('agents.presence', { name: 'claude-1', presence: 'sleeping' })
  await until(() => seen() === 'sleeping')
})
