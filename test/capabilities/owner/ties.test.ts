import test from 'ava'
import { agentDid } from '../../../src/base/did.ts'
import { ATTESTED_FOR, attest, revoke } from '../../../src/identity/owner.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'
import { adopt, newOwner, PASSPHRASE, proves, shows } from '../../helpers/owner.ts'
import { newKey, type Remote } from '../../helpers/remote.ts'

const DAY = 24 * 3_600_000

const standing = (node: TestNode, { did }: Remote) => {
  const peer = node.parts.book.get(did)
  return peer && [peer.trust, peer.given_by ?? '-', peer.friend_since === undefined ? 'no friend' : 'friend']
}
const setTrust = (node: TestNode, { did, name }: Remote, trust: 0 | 1 | 2 | 3 | 4) =>
  node.parts.database.write(() => node.parts.book.setTrust(did, trust, name))
const change = (node: TestNode, { did }: Remote, changes: object) =>
  node.parts.database.write(() => node.parts.book.change(did, changes))
const events = (node: TestNode, prefix: string) =>
  node.parts.events
    .after(0, 1000)
    .filter(({ type }) => type.startsWith(prefix))
    .map(({ type, data }) => [type, data['trust_level'] ?? data['did']])

async function world(trust: 1 | 2 | 3 | 4 = 4) {
  const node = await testNode('alice')
  const owner = newOwner()
  const phone = await node.peer('phone', trust)
  const laptop = await node.peer('laptop')
  return { node, owner, phone, laptop, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() }
}

test('a node of a friend’s owner is a friend at that trust, at most 3', async (t) => {
  for (const [given, shared] of [
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
  ] as const) {
    await using world_ = await world(given)
    const { node, owner, phone, laptop } = world_
    await proves(node, phone, owner)
    await proves(node, laptop, owner)
    t.deepEqual(standing(node, laptop), [shared, 'owner', 'friend'])
    t.deepEqual(standing(node, phone), [given, 'operator', 'friend'], 'what the operator gave stays')
    t.deepEqual(events(node, 'friend.'), [['friend.added', shared]])
  }
})

test('the order does not matter: whoever came first is found when the friend shows its owner', async (t) => {
  await using world_ = await world(2)
  const { node, owner, phone, laptop } = world_
  await proves(node, laptop, owner)
  t.is(standing(node, laptop), undefined, 'a stranger is not kept')
  await proves(node, phone, owner)
  t.deepEqual(standing(node, laptop), [2, 'owner', 'friend'])
})

test('a stranger who has left is not found', async (t) => {
  await using world_ = await world(2)
  const { node, owner, phone, laptop } = world_
  await proves(node, laptop, owner)
  node.parts.owners.gone(laptop.did)
  await proves(node, phone, owner)
  t.is(standing(node, laptop), undefined)
})

test('what came from a friend follows it: down, up, and away', async (t) => {
  await using world_ = await world(2)
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  await proves(node, laptop, owner)
  await setTrust(node, phone, 1)
  t.deepEqual(standing(node, laptop), [1, 'owner', 'friend'])
  await setTrust(node, phone, 4)
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await change(node, phone, { blocked_at: 1 })
  t.deepEqual(standing(node, laptop), [0, '-', 'no friend'], 'one that is blocked gives nothing')
  await change(node, phone, { blocked_at: undefined })
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await change(node, phone, { friend_since: undefined, trust: 0 })
  t.deepEqual(standing(node, laptop), [0, '-', 'no friend'])
  t.deepEqual(
    events(node, 'friend.').map(([type]) => type),
    ['friend.added', 'friend.updated', 'friend.updated', 'friend.removed', 'friend.added', 'friend.removed'],
  )
})

test('the operator’s word on a node goes before the rule, for good', async (t) => {
  await using world_ = await world(4)
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  await proves(node, laptop, owner)
  await setTrust(node, laptop, 1)
  await setTrust(node, phone, 2)
  t.deepEqual(standing(node, laptop), [1, 'operator', 'friend'])
  await change(node, laptop, { friend_since: undefined, trust: 0 })
  await proves(node, laptop, owner)
  await setTrust(node, phone, 3)
  t.deepEqual(standing(node, laptop)?.slice(0, 1), [0], 'whom the operator removed does not come back')
  t.deepEqual(standing(node, laptop)?.slice(2), ['no friend'])
})

test('a blocked node gets nothing', async (t) => {
  await using world_ = await world(4)
  const { node, owner, phone, laptop } = world_
  await change(node, laptop, { blocked_at: 1 })
  await proves(node, phone, owner)
  await proves(node, laptop, owner)
  t.deepEqual(standing(node, laptop), [0, '-', 'no friend'])
  t.is(node.parts.book.trust(laptop.did), 0)
})

test('one owner brings so many nodes, and no more', async (t) => {
  await using world_ = await world(3)
  const { node, owner, phone } = world_
  await proves(node, phone, owner)
  for (let n = 0; n < 40; n++) await proves(node, await node.peer(`bot ${n}`), owner)
  t.is(node.parts.book.owned(owner.did).length, 32, 'nor are they kept')
})

test('nodes of this node’s own owner are friends at 3', async (t) => {
  await using world_ = await world(1)
  const { node, owner, laptop, phone } = world_
  await proves(node, laptop, owner)
  await adopt(node, owner)
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await proves(node, phone, owner)
  t.deepEqual(standing(node, phone), [1, 'operator', 'friend'])
  // With another owner of its own they are strangers again, but for what else they come from.
  await node.operator.call('owner.init', { passphrase: PASSPHRASE, force: true })
  t.deepEqual(standing(node, laptop), [1, 'owner', 'friend'])
  t.is(node.parts.owners.claim()?.attestation.node, node.did)
})

test('attestations that count as none are told of, change nothing, and end nothing', async (t) => {
  await using world_ = await world(4)
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  const now = node.clock.now()
  const good = attest(owner, laptop.did, now)
  const foreign = attest(owner, phone.did, now)
  const cases: [string, unknown][] = [
    ['attestation_foreign', foreign],
    ['attestation_forged', { ...foreign, node: laptop.did }],
    ['attestation_forged', { ...good, owner: newOwner().did }],
    ['attestation_forged', { ...good, signature: attest(newOwner(), laptop.did, now).signature }],
    ['attestation_forged', { ...good, x: 1 }],
    ['attestation_expired', attest(owner, laptop.did, now - ATTESTED_FOR)],
    ['attestation_early', attest(owner, laptop.did, now + 11 * 60_000)],
    ['attestation_malformed', { ...good, node: agentDid(laptop.did, 'a') }],
    ['attestation_malformed', { ...good, owner: laptop.did }],
    ['attestation_malformed', { ...good, x: 'x'.repeat(3000) }],
    ['attestation_malformed', { ...good, x: '\ud800' }],
    ['attestation_malformed', { ...good, v: 2 }],
    ['attestation_malformed', null],
    ['attestation_malformed', 'attested'],
    ['attestation_malformed', [good]],
    ['attestation_malformed', undefined],
  ]
  for (const [reason, attestation] of cases) {
    node.security.length = 0
    await shows(node, laptop, attestation)
    t.deepEqual(node.security, [`${reason} ${laptop.did}`], JSON.stringify(attestation)?.slice(0, 80))
  }
  for (const claim of ['x', 7, [], null, { attestation: good, revocations: 'many' }]) {
    node.security.length = 0
    node.parts.owners.shown(laptop.did, 'laptop', claim)
    t.deepEqual(node.security, [`attestation_malformed ${laptop.did}`])
  }
  const many = Array.from({ length: 33 }, () => revoke(owner, newKey().did, now))
  node.security.length = 0
  await shows(node, laptop, good, many)
  t.deepEqual(node.security, [`attestation_malformed ${laptop.did}`], 'too many revocations')
  t.is(standing(node, laptop), undefined)
  await shows(node, laptop, good)
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
})

test('an attestation that ends takes with it what hung on it, also across a restart; a new one brings it back', async (t) => {
  await using world_ = await world(4)
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  await node.clock.advance(DAY)
  await proves(node, laptop, owner)
  await node.restart()
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await node.clock.advance(ATTESTED_FOR - DAY - 1)
  await node.parts.database.write(node.parts.owners.expire)
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await node.clock.advance(1)
  await node.parts.database.write(node.parts.owners.expire)
  t.is(node.parts.book.get(phone.did)?.owner, undefined)
  t.deepEqual(standing(node, phone), [4, 'operator', 'friend'], 'trust that the operator gave does not end')
  t.deepEqual(standing(node, laptop), [0, '-', 'no friend'])
  await proves(node, phone, owner)
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await node.clock.advance(DAY)
  await node.parts.database.write(node.parts.owners.expire)
  t.is(node.parts.book.get(laptop.did)?.owner, undefined)
  t.deepEqual(standing(node, laptop), [0, '-', 'no friend'])
})

test('of two attestations the one that holds longer stays', async (t) => {
  await using world_ = await world(4)
  const { node, owner, phone } = world_
  const old = attest(owner, phone.did, node.clock.now())
  await node.clock.advance(DAY)
  await proves(node, phone, owner)
  await shows(node, phone, old)
  await node.clock.advance(ATTESTED_FOR - 1)
  await node.parts.database.write(node.parts.owners.expire)
  t.is(node.parts.book.get(phone.did)?.owner, owner.did)
})

test('this node’s own attestation ends too', async (t) => {
  await using world_ = await world(1)
  const { node, owner, laptop } = world_
  await adopt(node, owner)
  await node.clock.advance(DAY)
  await proves(node, laptop, owner)
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
  await node.clock.advance(ATTESTED_FOR - DAY)
  await node.parts.database.write(node.parts.owners.expire)
  t.is(node.parts.owners.claim(), undefined)
  t.is((await node.operator.call('owner.show')).state, 'expired')
  t.deepEqual(standing(node, laptop), [0, '-', 'no friend'])
  await node.operator.call('owner.attest', { passphrase: PASSPHRASE })
  t.is((await node.operator.call('owner.show')).state, 'attested')
  t.deepEqual(standing(node, laptop), [3, 'owner', 'friend'])
})
