import test from 'ava'
import { didTail } from '../../../src/base/did.ts'
import { ASKS_AN_HOUR } from '../../../src/capabilities/friends/receive.ts'
import { ApprovalPending } from '../../../src/core/dispatch.ts'
import { testNode } from '../../helpers/node.ts'
import { newKey, type Remote } from '../../helpers/remote.ts'

const HOUR = 3_600_000
let revision = 1_900_000_000_000
/** What a peer says that has heard nothing yet. */
const side = (more: object = {}) => ({ revision: revision++, seen: 0, ...more })
const words = (peer: Remote) => peer.received.filter(({ type }) => type.startsWith('friend.'))
const lastWord = (peer: Remote) => words(peer).at(-1)

test('a friend has its trust at once, is asked for the same, and its waiting mail is delivered', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  await bob.say('let me in')
  t.deepEqual(await node.operator.texts(), [])
  const friend = await node.operator.call('friends.add', {
    name: 'bob',
    trust_level: 3,
    notes: 'builds',
    alias: 'robert',
  })
  t.like(friend, {
    name: 'robert',
    did: bob.did,
    trust_level: 3,
    alias: 'robert',
    notes: 'builds',
    verified: false,
    online: true,
    requested: true,
    given_by: 'operator',
  })
  t.is(friend.their_trust, undefined)
  t.deepEqual(await node.operator.texts(), ['let me in'])
  await node.settle()
  t.like(lastWord(bob), { type: 'friend.request', to: bob.did, body: { trust_level: 3, given: true } })
  t.is((await node.operator.call('requests.list')).items.length, 0)
})

test('trust is 2 when nothing is said; added again, what is not said stays', async (t) => {
  await using node = await testNode('alice')
  await node.peer('bob')
  t.is((await node.operator.call('friends.add', { name: 'bob' })).trust_level, 2)
  await node.operator.call('friends.add', { name: 'bob', trust_level: 4, notes: 'x' })
  const again = await node.operator.call('friends.add', { name: 'bob', alias: 'b' })
  t.like(again, { trust_level: 4, notes: 'x', alias: 'b' })
  t.is((await node.operator.call('friends.list')).items.length, 1)
})

test('anyone can be added by DID, before having been met', async (t) => {
  await using node = await testNode('alice')
  const { did } = newKey()
  const friend = await node.operator.call('friends.add', { did, trust_level: 1 })
  t.like(friend, { pending: true, online: false, name: didTail(did) })
  t.is(friend.last_seen, undefined)
  const named = await node.operator.call('friends.add', { did, name: 'carol' })
  t.is(named.name, 'carol')
  t.is((await node.operator.call('friends.show', { name: 'carol' })).did, did)
})

test('who cannot be added is told so, by the field', async (t) => {
  await using node = await testNode('alice')
  await node.agent('claude-1')
  const { did } = newKey()
  const fails = (input: object, code: string, field: string) =>
    t.throwsAsync(node.operator.call('friends.add', input as never), {
      code,
      message: new RegExp(`^${field}: `),
    } as never)
  await fails({}, 'invalid_input', 'name')
  await fails({ name: 'nobody' }, 'unknown_name', 'name')
  await fails({ name: 'alice' }, 'invalid_input', 'name')
  await fails({ did: node.did }, 'invalid_input', 'did')
  await fails({ did: `${did}#claude-1` }, 'invalid_input', 'did')
  await fails({ did, name: 'a@b' }, 'invalid_name', 'name')
  await fails({ did, trust_level: 5 }, 'invalid_input', 'trust_level')
  await fails({ did, alias: 'claude-1' }, 'already_exists', 'alias')
  await fails({ did, alias: 'alice' }, 'already_exists', 'alias')
  await node.operator.call('friends.add', { did, alias: 'carol' })
  await fails({ did: newKey().did, alias: 'carol' }, 'already_exists', 'alias')
})

test('a request is seen and answered; both trusts are known then', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  const receipt = await bob.post('friend.request', side({ trust_level: 3, given: true, message: 'It is me.' }))
  t.is(receipt?.stage, 'stored')
  const [request] = (await node.operator.call('friend_requests.list')).items
  t.like(request, { direction: 'in', did: bob.did, name: 'bob', trust_level: 3, given: true, message: 'It is me.' })
  t.is((await node.operator.call('node.status')).friend_requests, 1)
  t.is(node.parts.book.trust(bob.did), 0, 'asking gives nothing')
  const friend = await node.operator.call('friend_requests.accept', { id: 'bob', trust_level: 2 })
  t.like(friend, { trust_level: 2, their_trust: 3, requested: false })
  await node.settle()
  t.like(lastWord(bob), { type: 'friend.accept', body: { trust_level: 2 } })
  t.deepEqual((await node.operator.call('friend_requests.list')).items, [])
  t.like((await node.operator.call('friend_requests.list', { status: 'accepted' })).items[0], { id: request?.id ?? '' })
})

test('asked first, trust is given with the yes and not before', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  const request = await node.operator.call('friend_requests.send', { peer_name: 'bob', trust_level: 3, message: 'Hi' })
  t.like(request, { direction: 'out', status: 'pending', given: false })
  t.is(node.parts.book.trust(bob.did), 0)
  await node.settle()
  const asked = lastWord(bob)
  t.like(asked, { type: 'friend.request', body: { trust_level: 3, given: false, message: 'Hi' } })
  await bob.post('friend.accept', side({ trust_level: 1, seen: asked?.body['revision'] }))
  t.like(await node.operator.call('friends.show', { name: 'bob' }), { trust_level: 3, their_trust: 1 })
})

test('two who ask each other have both said yes', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  await node.operator.call('friend_requests.send', { peer_name: 'bob', trust_level: 2 })
  await bob.post('friend.request', side({ trust_level: 3, given: false }))
  t.is((await node.operator.call('friends.show', { name: 'bob' })).trust_level, 2)
  t.like(lastWord(bob), { type: 'friend.accept', body: { trust_level: 2 } })
  t.deepEqual((await node.operator.call('friend_requests.list')).items, [])
})

test('repeated requests are one, and the newest counts', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  const first = side({ trust_level: 1, given: false, message: 'one' })
  await bob.post('friend.request', first)
  await bob.post('friend.request', side({ trust_level: 2, given: false, message: 'two' }))
  await bob.post('friend.request', first)
  const { items } = await node.operator.call('friend_requests.list')
  t.is(items.length, 1)
  t.like(items[0], { trust_level: 2, message: 'two' })
})

test('rejected, it may not ask again for 24 hours', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  await bob.post('friend.request', side({ trust_level: 3, given: true }))
  await node.operator.call('friend_requests.reject', { id: bob.did, reason: 'not now' })
  await node.settle()
  t.like(lastWord(bob), { type: 'friend.reject', body: { reason: 'not now' } })
  const again = () => bob.post('friend.request', side({ trust_level: 3, given: true }))
  t.like(await again(), { stage: 'failed', reason: 'too_soon' })
  await node.restart()
  const back = { ...bob }
  t.is(back.did, bob.did)
  await node.clock.advance(23 * HOUR)
  bob.connect()
  t.like(await again(), { stage: 'failed', reason: 'too_soon' })
  await node.clock.advance(HOUR)
  t.like(await again(), { stage: 'stored' })
})

test('strangers ask so many times an hour, others as they like', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  const ask = () => bob.post('friend.request', side({ trust_level: 0, given: false }))
  for (let n = 0; n < ASKS_AN_HOUR; n++) t.is((await ask())?.stage, 'stored')
  t.like(await ask(), { stage: 'failed', reason: 'too_soon' })
  await node.clock.advance(HOUR / ASKS_AN_HOUR)
  t.is((await ask())?.stage, 'stored')
  const carol = await node.peer('carol', 1)
  for (let n = 0; n < 2 * ASKS_AN_HOUR; n++) {
    t.is((await carol.post('friend.request', side({ trust_level: 0, given: false })))?.stage, 'stored')
  }
})

test('what is no word of friends is refused: other shapes, an agent’s, from somebody unrelated', async (t) => {
  await using node = await testNode('alice')
  await node.agent('claude-1')
  const bob = await node.peer('bob')
  for (const body of [
    {},
    { ...side(), trust_level: 5 },
    { ...side(), trust_level: -1 },
    { ...side(), trust_level: '3' },
    { ...side({ revision: 0 }), trust_level: 1 },
    { ...side({ revision: 1.5 }), trust_level: 1 },
    { ...side(), trust_level: 1, message: 'x'.repeat(501) },
  ]) {
    t.like(
      await bob.post('friend.request', body),
      { stage: 'failed', reason: 'malformed' },
      JSON.stringify(body).slice(0, 80),
    )
  }
  const byAgent = await bob.say('', { type: 'friend.request', from: 'codex' })
  t.is(byAgent?.reason, 'malformed')
  for (const type of ['friend.accept', 'friend.trust'] as const) {
    t.like(await bob.post(type, side({ trust_level: 4 })), { stage: 'failed', reason: 'not_permitted' })
  }
  t.like(await bob.post('friend.revoke', side()), { stage: 'failed', reason: 'not_permitted' })
  t.is(node.parts.book.get(bob.did), undefined, 'nothing is kept of it')
})

test('a changed trust is told, a removed friend too; what it sends waits again', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  await node.operator.call('friends.add', { name: 'bob', trust_level: 2 })
  await bob.post('friend.accept', side({ trust_level: 2, seen: lastWord(bob)?.body['revision'] }))
  await node.operator.call('friends.update', { name: 'bob', trust_level: 4 })
  await node.settle()
  t.like(lastWord(bob), { type: 'friend.trust', body: { trust_level: 4 } })
  await bob.post('friend.trust', side({ trust_level: 1, seen: lastWord(bob)?.body['revision'] }))
  t.is((await node.operator.call('friends.show', { name: 'bob' })).their_trust, 1)
  await bob.post('friend.revoke', side({ seen: lastWord(bob)?.body['revision'] }))
  t.is((await node.operator.call('friends.show', { name: 'bob' })).their_trust, undefined)

  await node.operator.call('friends.remove', { name: 'bob', reason: 'moved on' })
  await node.settle()
  t.like(lastWord(bob), { type: 'friend.revoke', body: { reason: 'moved on' } })
  t.deepEqual((await node.operator.call('friends.list')).items, [])
  t.is((await bob.say('still there?'))?.note, 'request')
  await t.throwsAsync(node.operator.call('friends.remove', { name: 'bob' }), { code: 'not_found' })
  await t.throwsAsync(node.operator.call('friends.update', { name: 'bob', notes: 'x' }), { code: 'not_found' })
})

test('alias and notes are changed and taken away, and the peer is told nothing of them', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  await node.operator.call('friends.add', { name: 'bob', alias: 'b', notes: 'n' })
  await node.settle()
  const before = words(bob).length
  const changed = await node.operator.call('friends.update', { name: 'b', alias: null, notes: null })
  t.is(changed.alias, undefined)
  t.is(changed.notes, undefined)
  await node.settle()
  t.is(words(bob).length, before)
})

test('the code is the same for both, and only a person marks it as compared', async (t) => {
  await using alice = await testNode('alice')
  const bob = await alice.peer('bob', 1)
  const claude = await alice.agent('claude-1')
  const { code, verified } = await claude.call('friends.code', { name: 'bob' })
  t.regex(code, /^(\d{5} ){5}\d{5}$/)
  t.false(verified)
  await t.throwsAsync(claude.call('friends.verify', { name: 'bob', verified: true }), { code: 'operator_only' })
  t.true((await alice.operator.call('friends.verify', { name: 'bob', verified: true })).verified)
  await alice.restart()
  t.true((await alice.operator.call('friends.show', { name: bob.did })).verified)
  t.false((await alice.operator.call('friends.verify', { name: bob.did, verified: false })).verified)
})

test('what an agent asks of friends waits for the operator, with the peer named by DID', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const bob = await node.peer('bob')
  const asked = async (operation: string, input: object) => {
    const answer = await claude.call(operation as never, input as never)
    t.true((answer as unknown) instanceof ApprovalPending, operation)
    return (answer as unknown as ApprovalPending).approval
  }
  const approval = await asked('friends.add', { name: 'bob', trust_level: 3, why: 'he asks for it' })
  t.deepEqual(approval.input, { did: bob.did, trust_level: 3 })
  t.is(approval.summary, `add bob (${bob.did}) as a friend with trust 3 (trusted)`)
  t.is(node.parts.book.trust(bob.did), 0)
  await node.operator.call('approvals.grant', { id: approval.id })
  t.is(node.parts.book.trust(bob.did), 3)
  for (const [operation, input] of [
    ['friends.update', { name: 'bob', trust_level: 4 }],
    ['friends.remove', { name: 'bob' }],
    ['friends.block', { name: 'bob' }],
    ['friend_requests.send', { peer_name: 'bob' }],
  ] as const) {
    t.true(JSON.stringify((await asked(operation, input)).input).includes(bob.did), operation)
  }
  t.like(await claude.call('friends.show', { name: 'bob' }), { trust_level: 3 })
})

test('it is all there after a restart, and what was not confirmed is told again when the friend comes', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  bob.disconnect()
  await node.operator.call('friends.add', { did: bob.did, trust_level: 3, alias: 'robert', notes: 'n' })
  await node.restart()
  t.like(await node.operator.call('friends.show', { name: 'robert' }), { trust_level: 3, notes: 'n', requested: true })
  // Longer than anything waits in the outbox.
  await node.clock.advance(8 * 24 * HOUR)
  await node.parts.database.write(() => node.parts.outbox.expire())
  t.is(node.parts.outbox.count(), 0)
  bob.connect()
  await node.settle()
  t.like(lastWord(bob), { type: 'friend.request', body: { trust_level: 3, given: true } })
  await bob.receipt(lastWord(bob)?.id ?? '', 'stored')
  const before = words(bob).length
  bob.disconnect()
  bob.connect()
  await node.settle()
  t.is(words(bob).length, before, 'what was receipted is not told again')
})

test('half a character is refused wherever text is signed or shown on', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 3)
  const half = 'x\ud800'
  for (const [operation, input] of [
    ['messages.send', { to: 'bob', body: half }],
    ['friends.add', { name: 'bob', notes: half }],
    ['friends.add', { name: 'bob', message: half }],
    ['friends.add', { name: 'bob', alias: half }],
    ['friends.remove', { name: bob.did, reason: half }],
    ['friend_requests.send', { peer_name: half }],
    ['wake.request', { to: 'bob', reason: half }],
    ['approvals.deny', { id: '0000', reason: half }],
  ] as const) {
    const { code } = (await t.throwsAsync(node.operator.call(operation, input as never))) as unknown as { code: string }
    t.true(['invalid_input', 'invalid_name'].includes(code), `${operation} ${JSON.stringify(input)}: ${code}`)
  }
})
