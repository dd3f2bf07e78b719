import test from 'ava'
import { attest, revoke } from '../../../src/identity/owner.ts'
import { fc } from '../../helpers/fast-check.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'
import { adopt, newOwner, PASSPHRASE, proves, shows } from '../../helpers/owner.ts'
import { newKey, type Remote } from '../../helpers/remote.ts'

const trust = (node: TestNode, { did }: Remote) => node.parts.book.get(did)?.trust
const mark = (node: TestNode, { did }: Remote) => node.parts.book.get(did)?.owner
const revocation = (node: TestNode, owner: ReturnType<typeof newOwner>, { did }: { did: string }) =>
  revoke(owner, did, node.clock.now())

async function world(trusted: 1 | 2 | 3 | 4 = 4) {
  const node = await testNode('alice')
  const owner = newOwner()
  const phone = await node.peer('phone', trusted)
  const laptop = await node.peer('laptop')
  return { node, owner, phone, laptop, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() }
}

/** The receipt for an `owner.revoke` that the peer sends. */
const tell = (peer: Remote, value: unknown) =>
  peer.say('', { type: 'owner.revoke', body: { revocation: value } }).then((receipt) => receipt?.reason ?? 'stored')

test('a revoked node loses mark and trust, whoever gave it, and what came from it goes too', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  await proves(node, laptop, owner)
  t.is(await tell(laptop, revocation(node, owner, phone)), 'stored')
  t.deepEqual([trust(node, phone), mark(node, phone)], [0, undefined])
  t.is(trust(node, laptop), 0, 'it had its trust from the phone')
  t.true(node.security.includes(`owner_revoked ${phone.did}`))

  await node.restart()
  t.deepEqual([trust(node, phone), mark(node, phone)], [0, undefined])
})

test('an old attestation shown again, and a newer one, bring nothing back', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  const old = attest(owner, phone.did, node.clock.now())
  await shows(node, phone, old)
  await proves(node, laptop, owner, [phone])
  t.is(trust(node, phone), 0)
  node.security.length = 0
  await shows(node, phone, old)
  t.deepEqual(node.security, [`attestation_revoked ${phone.did}`])
  await node.clock.advance(3_600_000)
  await proves(node, phone, owner)
  t.deepEqual([trust(node, phone), mark(node, phone)], [0, undefined])
})

test('what the operator gives after a revocation stays, told again or not', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  await proves(node, laptop, owner, [phone])
  await node.parts.database.write(() => node.parts.book.setTrust(phone.did, 2, 'phone'))
  await proves(node, laptop, owner, [phone])
  await proves(node, phone, owner)
  t.is(await tell(laptop, revocation(node, owner, phone)), 'stored')
  t.deepEqual([trust(node, phone), mark(node, phone)], [2, undefined])
})

test('a revocation that came before the attestation strikes as well', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  const tablet = await node.peer('tablet', 1)
  await proves(node, tablet, owner)
  await proves(node, laptop, owner, [phone])
  t.is(trust(node, phone), 4, 'it has not proved to be this owner’s')
  await proves(node, phone, owner)
  t.deepEqual([trust(node, phone), mark(node, phone)], [0, undefined])
})

test('to have another owner since does not help', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  const thief = newOwner()
  const accomplice = await node.peer('accomplice')
  await proves(node, phone, owner)
  await proves(node, phone, thief)
  t.true(node.security.includes(`owner_changed ${phone.did}`))
  await proves(node, accomplice, thief)
  t.is(trust(node, accomplice), 3)
  t.is(await tell(laptop, revocation(node, owner, phone)), 'stored')
  t.is(trust(node, phone), 0)
  t.is(trust(node, accomplice), 0)
})

test('nor do so many others that the first would be forgotten', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  for (let n = 0; n < 10; n++) await proves(node, phone, newOwner())
  t.true(node.security.includes(`attestation_crowded ${phone.did}`))
  t.is(await tell(laptop, revocation(node, owner, phone)), 'stored')
  t.is(trust(node, phone), 0)
})

test('nor does an attestation that has expired', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  await proves(node, phone, owner)
  await node.clock.advance(366 * 24 * 3_600_000)
  await node.parts.database.write(node.parts.owners.expire)
  t.is(mark(node, phone), undefined)
  t.is(await tell(laptop, revocation(node, owner, phone)), 'stored')
  t.is(trust(node, phone), 0)
})

test('an owner revokes in vain what is not its own', async (t) => {
  await using world_ = await world()
  const { node, owner, phone } = world_
  const other = newOwner()
  const bob = await node.peer('bob', 3)
  await proves(node, phone, owner)
  await proves(node, bob, other)
  t.is(await tell(phone, revocation(node, owner, bob)), 'stored')
  t.deepEqual([trust(node, bob), mark(node, bob)], [3, other.did])
  // Nor can it be in somebody else's name.
  for (const bad of [
    { ...revocation(node, owner, bob), owner: other.did },
    { ...revocation(node, other, phone), node: bob.did },
    { ...attest(other, bob.did, node.clock.now()), revoked_at: '2026-11-01T12:00:00.000Z' },
  ]) {
    node.security.length = 0
    t.is(await tell(phone, bad), 'malformed')
    t.deepEqual(node.security, [`revocation_forged ${phone.did}`])
  }
  const forged = { ...revocation(node, owner, newKey()), revoked_at: '2026-11-01T12:00:00.001Z' }
  node.security.length = 0
  await shows(node, phone, attest(owner, phone.did, node.clock.now()), [forged])
  t.deepEqual(node.security, [`revocation_forged ${phone.did}`])
  await shows(node, phone, attest(owner, phone.did, node.clock.now()), [revocation(node, other, newKey())])
  t.true(node.security.includes(`revocation_foreign ${phone.did}`), 'a hello speaks for its own owner alone')
  t.deepEqual([trust(node, bob), mark(node, bob)], [3, other.did])
})

test('of owners that nobody here has nothing is kept, of others so much', async (t) => {
  await using world_ = await world()
  const { node, owner, phone, laptop } = world_
  t.is(await tell(laptop, revocation(node, owner, phone)), 'not_permitted')
  t.is(await tell(laptop, 'x'), 'malformed')
  t.is(await tell(laptop, { ...revocation(node, owner, phone), x: 'x'.repeat(3000) }), 'malformed')
  await proves(node, phone, owner)
  t.is(trust(node, phone), 4)
  await node.parts.database.write(() => {
    for (let n = 0; n < 256; n++) t.true(node.parts.owners.strike(revocation(node, owner, newKey())))
  })
  t.is(await tell(phone, revocation(node, owner, newKey())), 'not_permitted')
  t.is(await tell(phone, revocation(node, owner, phone)), 'stored', 'but those that strike are')
  t.is(trust(node, phone), 0)
})

test('a node that is revoked itself tells its operator, shows nothing more and is no member', async (t) => {
  await using world_ = await world()
  const { node, owner, laptop } = world_
  await adopt(node, owner)
  await proves(node, laptop, owner)
  t.is(trust(node, laptop), 3)
  await shows(node, laptop, attest(owner, laptop.did, node.clock.now()), [revocation(node, owner, node)])
  t.true(node.security.includes(`owner_revoked_this_node ${node.did}`))
  t.is((await node.operator.call('owner.show')).state, 'revoked')
  t.is(node.parts.owners.claim(), undefined)
  t.is(trust(node, laptop), 0)
  await t.throwsAsync(node.operator.call('owner.attest', { passphrase: PASSPHRASE }), {
    code: 'owner_revoked',
  } as never)
  await node.restart()
  t.is((await node.operator.call('owner.show')).state, 'revoked')
})

test('revoking tells all friends and the node itself, but nobody who is blocked', async (t) => {
  await using world_ = await world(1)
  const { node, owner, phone, laptop } = world_
  const blocked = await node.peer('blocked', 2)
  await node.parts.database.write(() => node.parts.book.change(blocked.did, { blocked_at: 1 }))
  await adopt(node, owner)
  await proves(node, laptop, owner)
  const call = (target: string, passphrase = PASSPHRASE) =>
    node.operator.call('owner.revoke', { node: target, passphrase })
  await t.throwsAsync(call('laptop', 'wrong horse battery'), { code: 'wrong_passphrase' } as never)
  await t.throwsAsync(call('phone'), { code: 'invalid_input', message: /yours/ } as never)
  const answer = await call('laptop')
  t.like(answer, { owner: owner.did, revoked: laptop.did, was_known: true, told: 1 })
  await node.settle()
  const told = (peer: Remote) => peer.received.filter(({ type }) => type === 'owner.revoke').length
  t.deepEqual([told(phone), told(laptop), told(blocked)], [1, 1, 0])
  t.is(trust(node, laptop), 0)
  t.is(node.parts.owners.claim()?.revocations.length, 1)
  t.like(await call(newKey().did), { was_known: false })
  const other = await node.peer('other', 2)
  await proves(node, other, newOwner())
  await t.throwsAsync(call(other.did), { code: 'invalid_input', message: /another owner/ } as never)
  const { items } = await node.operator.call('owner.nodes')
  t.deepEqual(
    items.map(({ state }) => state),
    ['this', 'revoked', 'revoked'],
  )
})

test('property: what is left does not depend on the order in which nodes come and revocations are learned', async (t) => {
  const owner = newOwner()
  const outcome = async (trusts: number[], steps: { who: number; revoked: number[] }[]) => {
    await using node = await testNode('alice')
    const seeds = trusts.map((trusted, n) => node.peer(`node ${n}`, trusted as 0))
    const peers = await Promise.all(seeds)
    for (const { who, revoked } of steps) {
      const peer = peers[who] as Remote
      const gone = revoked.map((index) => peers[index] as Remote)
      await proves(node, peer, owner, gone)
    }
    // Whether a stranger is still kept who was a friend in between is no matter.
    return peers.map((peer, n) => [trust(node, peer) ?? 0, trusts[n] !== 0 && mark(node, peer) !== undefined])
  }
  const some = fc.subarray([0, 1, 2, 3])
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
      fc.tuple(some, some, some, some),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      async (trusts, told, order) => {
        const steps = told.map((revoked, who) => ({ who, revoked }))
        const straight = await outcome(trusts, steps)
        const other = await outcome(
          trusts,
          order.map((index) => steps[index] as (typeof steps)[number]),
        )
        t.deepEqual(other, straight, JSON.stringify({ trusts, told, order }))
      },
    ),
    { numRuns: 30 },
  )
})
