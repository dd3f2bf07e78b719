import test from 'ava'
import { type TrustLevel, trustTable } from '../src/authority/trust.ts'
import type { Permission } from '../src/contract/permissions.ts'
import { ownerKeyFromSeed, revoke } from '../src/identity/owner.ts'
import { network, type TestNetwork, type TestNode } from './helpers/network.ts'
import { testNode } from './helpers/node.ts'

const levels = [0, 1, 2, 3, 4] as const

interface Scene {
  net: TestNetwork<'alice' | 'bob'>
  alice: TestNode
  bob: TestNode
  /** What alice gives bob now. */
  level: TrustLevel
}

const bobsView = async ({ bob, alice }: Scene) => bob.call('friends.show', { name: alice.did })
const alicesView = async ({ bob, alice }: Scene) => alice.call('friends.show', { name: bob.did })

/** bob writes to alice; what she has of it in her inbox, and what he is told once she has read all she has. */
async function letter({ net, alice, bob, level }: Scene, to: string) {
  const { id = '' } = await bob.call('messages.send', { to, body: `letter ${level}`, wait_for: 'stored', timeout: 30 })
  await net.settle()
  const inbox = await alice.call('messages.read', { view: 'all' })
  const { cursor } = await alice.call('messages.read', {})
  await alice.call('messages.read', { cursor })
  await net.settle()
  const { delivery } = await bob.call('messages.show', { id })
  return { has: inbox.items.some((message) => message.id === id), delivery }
}

/** Whether something of bob's woke that inbox since; her own broadcasts wake her agents too. */
const woken = ({ alice, bob }: Scene, inbox: string, after: number) =>
  alice.daemon.events
    .after(after, 1000)
    .some(
      (event) => event.type === 'wake.started' && event.inbox === inbox && JSON.stringify(event.data).includes(bob.did),
    )

async function pass({ net }: Scene): Promise<void> {
  for (let n = 0; n < 2; n++) {
    await net.clock.advance(20_000)
    await net.settle()
  }
}

/** For each thing that can be permitted, whether bob gets it, tried over the wire. A missing one does not compile. */
const tries: Record<Permission, (scene: Scene) => Promise<boolean>> = {
  'session.open': async ({ alice, bob }) => alice.daemon.network.peer(bob.did) !== undefined,
  'message.request': async (scene) => (await letter(scene, scene.alice.did)).delivery?.stage !== 'failed',
  'message.deliver': async (scene) => (await letter(scene, scene.alice.did)).has,
  'message.broadcast': async ({ alice, bob }) =>
    ((await alice.call('messages.send', { body: 'to all' })).items ?? []).some(({ to }) => to === bob.did),
  'receipt.send': async ({ net, alice, bob }) => {
    const { id = '' } = await alice.call('messages.send', { to: bob.did, body: 'for you' })
    await net.settle()
    return (await alice.call('messages.show', { id })).delivery?.stage === 'stored'
  },
  'receipt.shown': async (scene) => (await letter(scene, scene.alice.did)).delivery?.stage === 'shown',
  'friend.ask': async (scene) => {
    const { net, alice, bob, level } = scene
    await bob.call('friends.remove', { name: alice.did })
    await net.settle()
    await bob.call('friend_requests.send', { peer_name: alice.did, trust_level: 4 })
    await net.settle()
    // She has an entry for him, so that is a yes, and he is told what he has.
    return (await bobsView(scene)).their_trust === level
  },
  'friend.answer': async (scene) => {
    const { net, alice, bob } = scene
    await bob.call('friends.update', { name: alice.did, trust_level: 3 })
    await net.settle()
    const before = (await alicesView(scene)).their_trust
    await bob.call('friends.update', { name: alice.did, trust_level: 4 })
    await net.settle()
    return before === 3 && (await alicesView(scene)).their_trust === 4
  },
  'address.tell': async (scene) =>
    (await bobsView(scene)).addresses.some(({ source, address }) => source === 'hello' && address.includes('/7999')),
  'wake.message': async (scene) => {
    const { alice, bob, level } = scene
    const name = `sleeper-${level}`
    await alice.call('agents.register', { name })
    const before = alice.daemon.events.latest()
    await bob.call('messages.send', { to: `${alice.did}#${name}`, body: 'wake up' })
    await scene.net.settle()
    await pass(scene)
    return woken(scene, `agent:${name}`, before)
  },
  'wake.request': async (scene) => {
    const { net, alice, bob } = scene
    await net.clock.advance(3_600_000)
    await net.settle()
    const before = alice.daemon.events.latest()
    const asked = await bob.call('wake.request', { to: alice.did, reason: 'the build is red' })
    await net.settle()
    await pass(scene)
    const refused = (await bob.call('wake.requests', {})).items.find(({ id }) => id === asked.id)?.failure
    return refused !== 'not_permitted' && woken(scene, 'operator', before)
  },
  'revocation.tell': async ({ level }) => {
    await using node = await testNode('carol')
    const dave = await node.peer('dave', level)
    const owner = ownerKeyFromSeed(new Uint8Array(32).fill(9))
    const { signature } = revoke(owner, node.did, node.clock.now())
    await dave.post('owner.revoke', { revocation: { ...revoke(owner, dave.did, node.clock.now()), signature } })
    // Only what is permitted is read, and found to be forged.
    return node.security.includes(`revocation_forged ${dave.did}`)
  },
}

test('each level of trust permits what the table says, tried over the wire between real nodes', async (t) => {
  await using net = await network(['alice', 'bob'], { conversation_budget: 1000 })
  const { alice, bob } = net.node
  await alice.restart({ announce: ['10.1.2.3:7999'] })
  await alice.call('wake.set', {
    command: '/bin/true',
    policy: { after_seconds: 0, debounce_seconds: 0, pause_seconds: 0, per_day: 100 },
  })
  await bob.call('friends.add', { did: alice.did, trust_level: 4 })
  const allowed = new Map<Permission, TrustLevel[]>()
  for (const level of levels) {
    await alice.call('friends.add', { did: bob.did, trust_level: level })
    await bob.call('node.disconnect', { name: alice.did }).catch(() => undefined)
    await net.settle()
    await net.connect()
    await net.settle()
    for (const [permission, attempt] of Object.entries(tries) as [Permission, (typeof tries)[Permission]][]) {
      if (await attempt({ net, alice, bob, level })) {
        allowed.set(permission, [...(allowed.get(permission) ?? []), level])
      }
    }
  }
  t.deepEqual(
    Object.fromEntries(Object.keys(tries).map((name) => [name, allowed.get(name as Permission)])),
    Object.fromEntries(
      Object.entries(trustTable).map(([name, needed]) => [name, levels.filter((level) => level >= needed)]),
    ) as never,
  )
})

test('min_trust refuses at the connection whoever has less, a blocked peer has none', async (t) => {
  for (const least of levels) {
    await using net = await network(['alice', 'bob'], {})
    const { alice, bob } = net.node
    await alice.restart({ min_trust: least })
    for (const level of [...levels, 'blocked'] as const) {
      if (level === 'blocked') await alice.call('friends.block', { name: bob.did })
      else await alice.call('friends.add', { did: bob.did, trust_level: level })
      const connecting = bob.daemon.network.connect(alice.daemon.addresses[0] ?? '')
      if (level !== 'blocked' && level >= least) {
        t.is((await connecting).did, alice.did, `${level} of ${least}`)
        await bob.call('node.disconnect', { name: alice.did })
        await net.settle()
      } else await t.throwsAsync(connecting, { code: 'unreachable' } as never, `${level} of ${least}`)
    }
  }
})
