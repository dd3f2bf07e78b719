import test, { type ExecutionContext } from 'ava'
import { type TrustLevel, trustTable } from '../src/authority/trust.ts'
import { type Permission, permissions } from '../src/contract/permissions.ts'
import { network, type TestNetwork, type TestNode } from './helpers/network.ts'
import { newKey } from './helpers/remote.ts'

const levels: TrustLevel[] = [0, 1, 2, 3, 4]
const PASSPHRASE = 'correct horse battery'

type Pair = TestNetwork<'alice' | 'bob'>
/** Bob tries it while alice gives him that trust; answers whether her node let him, and has seen that what bob is told fits that. */
type Try = (level: TrustLevel) => Promise<boolean>

/** How a peer tries what a permission is for. One that is missing here does not compile. */
const tries: Record<Permission, (t: ExecutionContext, net: Pair) => Try | Promise<Try>> = {
  'session.open': (t, net) => {
    const { alice, bob } = net.node
    return async () => {
      await part(bob, alice)
      const failure = await connect(bob, alice)
      const session = alice.daemon.network.peer(bob.did)
      t.is(failure === undefined, session !== undefined)
      return session !== undefined
    }
  },

  'message.request': (t, net) => async () => {
    const { text, delivery } = await say(net, 'bob', 'alice')
    const waits = await isHeld(net.node.alice, text)
    const isTaken = waits || (await inbox(net.node.alice)).includes(text)
    t.deepEqual([delivery?.stage, delivery?.note], [isTaken ? 'stored' : 'failed', waits ? 'request' : undefined])
    return isTaken
  },

  'message.deliver': (t, net) => async () => {
    const { text, delivery } = await say(net, 'bob', 'alice')
    const delivered = (await inbox(net.node.alice)).includes(text)
    t.is(delivery?.note, delivered ? undefined : 'request')
    t.not(await isHeld(net.node.alice, text), delivered)
    return delivered
  },

  'message.broadcast': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 4)
    return async (level) => {
      const text = `to all at ${level}, ${++count}`
      const sent = await alice.call('messages.send', { body: text })
      await net.settle()
      const reached = (await inbox(bob)).includes(text)
      t.is(
        sent.items?.some((one) => one.to === bob.did),
        reached,
      )
      return reached
    }
  },

  'receipt.send': (t, net) => async () => {
    const { delivery } = await say(net, 'alice', 'bob')
    t.deepEqual((await net.node.bob.call('messages.outbox', {})).items, [])
    return delivery?.stage === 'stored'
  },

  'receipt.shown': (_, net) => async () => {
    const { id } = await say(net, 'bob', 'alice')
    await inbox(net.node.alice)
    await net.settle()
    return (await deliveryOf(net.node.bob, id))?.stage === 'shown'
  },

  'friend.ask': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 4)
    return async (level) => {
      if (await isFriend(bob, alice)) await bob.call('friends.remove', { name: alice.did })
      await net.settle()
      await net.clock.advance(1)
      await bob.call('friend_requests.send', { peer_name: alice.did, trust_level: 1 })
      await net.settle()
      const [request] = (await bob.call('friend_requests.list', { status: 'all', direction: 'out' })).items
      const theirs = (await alice.call('friends.show', { name: bob.did })).their_trust
      t.is(request?.status, theirs === undefined ? 'rejected' : 'accepted')
      // She gave it before he asked, so that is a yes.
      if (theirs !== undefined) t.is((await bob.call('friends.show', { name: alice.did })).their_trust, level)
      return theirs === 1
    }
  },

  'friend.answer': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 4)
    return async (level) => {
      const given = levels[(level + 1) % levels.length] ?? 0
      await bob.call('friends.update', { name: alice.did, trust_level: given })
      await net.settle()
      t.deepEqual((await bob.call('messages.outbox', {})).items, [])
      return (await alice.call('friends.show', { name: bob.did })).their_trust === given
    }
  },

  'revocation.tell': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 4)
    await bob.call('owner.init', { passphrase: PASSPHRASE })
    await until(async () => (await alice.call('friends.show', { name: bob.did })).owner !== undefined)
    const { did: node } = newKey()
    return async () => {
      const before = await counts(alice)
      const { told } = await bob.call('owner.revoke', { node, passphrase: PASSPHRASE })
      t.is(told, 1)
      await net.settle()
      const after = await counts(alice)
      t.is(after.revocations, before.revocations + 1)
      return after.refused === before.refused
    }
  },

  'address.tell': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 4)
    const own = alice.daemon.addresses[0]?.replace(/\/p2p\/.*/, '')
    const believed = await Promise.all(levels.map(isBelieved))
    return async (level) => {
      await part(bob, alice)
      await connect(alice, bob)
      // Alice dialled: without her word bob knows only the port that she came from.
      const isTold = bob.daemon.network.peer(alice.did)?.address === own
      t.is(believed[level], isTold)
      return isTold
    }
  },

  'wake.message': async (t, net) => {
    const { alice, bob } = net.node
    await setHook(alice)
    return async () => {
      const before = await runs(alice)
      const { id, text } = await say(net, 'bob', 'alice')
      const woken = await isWoken(net, before)
      const unwoken = (await isHeld(alice, text)) ? 'request' : undefined
      t.is((await deliveryOf(bob, id))?.note, woken ? 'wake_idle' : unwoken)
      return woken
    }
  },

  'wake.request': async (t, net) => {
    const { alice, bob } = net.node
    await setHook(alice)
    return async () => {
      const before = await runs(alice)
      const { id } = await bob.call('wake.request', { to: alice.did, reason: 'the build is red', timeout: 0 })
      await net.settle()
      const woken = await isWoken(net, before)
      const asked = (await bob.call('wake.requests', {})).items.find((one) => one.id === id)
      t.deepEqual(
        [asked?.stage, asked?.note, asked?.failure],
        woken ? ['stored', 'woken', undefined] : ['failed', undefined, 'not_permitted'],
      )
      return woken
    }
  },

  'space.invite': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 2)
    return async (level) => {
      const project = await bob.call('projects.create', { name: `project ${++count} at ${level}` })
      await bob.call('invitations.send', { project_id: project.id, peer_name: alice.did })
      await net.settle()
      const { items } = await alice.call('invitations.list', { project: project.id })
      t.deepEqual(
        items.map(({ project_name, direction }) => [project_name, direction]),
        items.length === 0 ? [] : [[project.name, 'in']],
      )
      return items.length === 1
    }
  },

  'space.answer': async (t, net) => {
    const { alice, bob } = net.node
    await give(net, 'bob', 'alice', 2)
    return async (level) => {
      const project = await alice.call('projects.create', { name: `project ${++count} at ${level}` })
      const { id } = await alice.call('invitations.send', { project_id: project.id, peer_name: bob.did })
      await net.settle()
      await bob.call('invitations.decline', { id, reason: 'no time' })
      await net.settle()
      const [invitation] = (await alice.call('invitations.list', { project: project.id, status: 'all' })).items
      t.is(invitation?.reason, invitation?.status === 'declined' ? 'no time' : undefined)
      return invitation?.status === 'declined'
    }
  },
}

for (const permission of permissions) {
  test(`${permission}: from trust ${trustTable[permission]} on`, async (t) => {
    await using net = await network(['alice', 'bob'])
    await give(net, 'alice', 'bob', 4)
    await connect(net.node.bob, net.node.alice)
    const attempt = await tries[permission](t, net)
    // At last 0 again: what was given is taken back.
    for (const level of [...levels, 0] as const) {
      await give(net, 'alice', 'bob', level)
      t.is(await attempt(level), level >= trustTable[permission], `trust ${level}`)
    }
  })
}

test('min_trust: whoever has less is refused at the connection, and cut off when it becomes less', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  for (const minTrust of levels) {
    await alice.restart({ min_trust: minTrust })
    if (minTrust > 0) t.is(await connect(bob, alice), 'unreachable', 'a stranger, or one of trust 0')
    for (const level of [...levels, ...levels.toReversed().slice(1)]) {
      const before = alice.daemon.network.peer(bob.did) !== undefined
      await give(net, 'alice', 'bob', level)
      if (before && level < minTrust) await parted(bob, alice)
      t.is(alice.daemon.network.peer(bob.did) !== undefined, before && level >= minTrust, 'what is there stays')
      t.is(await connect(bob, alice), level >= minTrust ? undefined : 'unreachable', `trust ${level}`)
    }
  }
})

test('whoever is blocked counts as trust 0, is cut off and refused, and is what it was when that is lifted', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await give(net, 'alice', 'bob', 4)
  await give(net, 'bob', 'alice', 4)
  await setHook(alice)
  await alice.call('friends.block', { name: 'bob' })
  await parted(bob, alice)
  t.is(await connect(bob, alice), 'unreachable')
  await t.throwsAsync(alice.daemon.network.connect(bob.daemon.addresses[0] ?? ''), { code: 'blocked' })

  const { text, id } = await say(net, 'bob', 'alice')
  const asked = await bob.call('wake.request', { to: alice.did, reason: 'the build is red', timeout: 0 })
  await bob.call('friends.update', { name: alice.did, trust_level: 1 })
  await net.clock.advance(2000)
  await net.settle()
  t.is((await deliveryOf(bob, id))?.stage, 'queued')
  t.is(asked.stage, 'queued')
  t.is(await runs(alice), 0)
  t.false(await isHeld(alice, text))
  t.like(await alice.call('friends.show', { name: bob.did }), { trust_level: 4, their_trust: 4, blocked: true })
  t.deepEqual(await alice.call('messages.send', { body: 'to all' }), { items: [] })
  await t.throwsAsync(alice.call('messages.send', { to: bob.did, body: 'to bob' }), { code: 'blocked' })

  await alice.call('friends.unblock', { name: 'bob' })
  t.is(await connect(bob, alice), undefined)
  await net.settle()
  t.is(await isWoken(net, 0), true)
  t.true((await inbox(alice)).includes(text))
  t.like(await alice.call('friends.show', { name: bob.did }), { trust_level: 4, their_trust: 1, blocked: false })
})

let count = 0

/** One node gives another trust, as its operator does. */
async function give<Names extends string>(net: TestNetwork<Names>, from: Names, to: Names, trust_level: TrustLevel) {
  const { call } = net.node[from]
  const { did } = net.node[to]
  if (await isFriend(net.node[from], net.node[to])) await call('friends.update', { name: did, trust_level })
  else await call('friends.add', { did, trust_level })
  await net.settle()
}

const isFriend = async (of: TestNode, { did }: TestNode): Promise<boolean> =>
  (await of.call('friends.list', {})).items.some((friend) => friend.did === did)

/** Resolves with undefined when both sides know of the session, otherwise with the error's code. */
async function connect(from: TestNode, to: TestNode): Promise<string | undefined> {
  const failure = await from.daemon.network.connect(to.daemon.addresses[0] ?? '').then(
    () => undefined,
    ({ code }) => String(code),
  )
  if (failure === undefined) await until(() => to.daemon.network.peer(from.did) !== undefined)
  return failure
}

async function part(one: TestNode, other: TestNode) {
  await one.daemon.network.disconnect(other.did)
  await parted(one, other)
}

const parted = (one: TestNode, other: TestNode) =>
  until(() => one.daemon.network.peer(other.did) === undefined && other.daemon.network.peer(one.did) === undefined)

/** Lets the event loop turn until `check` is true. */
async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setImmediate(resolve))
}

/** One operator writes to the other; what became of it as the sender sees it. */
async function say(net: Pair, from: 'alice' | 'bob', to: 'alice' | 'bob') {
  const text = `message ${++count}`
  const { id = '' } = await net.node[from].call('messages.send', { to: net.node[to].did, body: text })
  await net.settle()
  return { text, id, delivery: await deliveryOf(net.node[from], id) }
}

const deliveryOf = async (node: TestNode, id: string) => (await node.call('messages.show', { id })).delivery

async function inbox(node: TestNode): Promise<string[]> {
  const { items, cursor } = await node.call('messages.read', { limit: 100 })
  await node.call('messages.read', { cursor, limit: 1 })
  return items.map(({ body }) => body)
}

const isHeld = async (node: TestNode, text: string): Promise<boolean> =>
  (await node.call('requests.list', {})).items.some(({ messages }) => messages.some(({ body }) => body === text))

async function setHook(node: TestNode) {
  const policy = { after_seconds: 0, debounce_seconds: 0, pause_seconds: 0, per_day: 100 }
  await node.call('wake.set', { command: 'true', policy })
}

const runs = async (node: TestNode): Promise<number> => (await node.call('wake.runs', { limit: 100 })).items.length

/** Whether alice's hook runs by and by, and then its end, which her peer is told. */
async function isWoken(net: Pair, before: number): Promise<boolean> {
  const { alice } = net.node
  await net.clock.advance(1000)
  await net.settle()
  if ((await runs(alice)) === before) return false
  await until(async () => (await alice.call('wake.runs', { limit: 1 })).items[0]?.outcome === 'done')
  await net.settle()
  return true
}

/** Whether alice, who looks for carol, takes bob's word on where she is; carol looks for alice as well. */
async function isBelieved(level: TrustLevel): Promise<boolean> {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await give(net, 'alice', 'bob', level)
  await give(net, 'alice', 'carol', 3)
  await give(net, 'carol', 'alice', 3)
  await give(net, 'carol', 'bob', 4)
  await give(net, 'bob', 'alice', 4)
  await give(net, 'bob', 'carol', 4)
  await connect(carol, bob)
  await connect(alice, bob)
  // His word comes on the session, which nobody waits for; what is said meanwhile takes longer than that.
  for (let round = 0; round < 20; round++) {
    await alice.call('messages.send', { to: bob.did, body: 'hello', wait_for: 'stored', timeout: 30 })
    const { addresses } = await alice.call('friends.show', { name: carol.did })
    if (addresses.some(({ source }) => source === 'friend')) return true
  }
  return false
}

/** What a node counted, as it tells whoever watches it. */
async function counts(node: TestNode): Promise<{ revocations: number; refused: number }> {
  const headers = { authorization: `Bearer ${node.daemon.operator_token}` }
  const text = await (await fetch(`${node.daemon.api_url}/metrics`, { headers })).text()
  const sum = (name: RegExp) =>
    text
      .split('\n')
      .filter((line) => name.test(line))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
  return {
    revocations: sum(/^agora_envelopes_received\w*{.*type="owner.revoke"/),
    refused: sum(/^agora_envelopes_refused/),
  }
}
