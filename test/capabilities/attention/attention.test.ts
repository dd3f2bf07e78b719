import test from 'ava'
import { plain } from '../../../src/base/sentence.ts'
import { alertWords } from '../../../src/capabilities/attention/alert-words.ts'
import { ApprovalPending } from '../../../src/core/dispatch.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'

const list = (node: TestNode) => node.operator.call('attention.list')
const raise = (node: TestNode, reason: string, who: string, detail = {}) =>
  node.parts.database.write(() => node.parts.alerts.raise({ reason, who, detail }))

test('everything that waits for the operator is in one list, the latest first, and goes when it is answered', async (t) => {
  await using node = await testNode('alice')
  t.deepEqual(await list(node), {
    items: [],
    counts: { friend_request: 0, stranger: 0, invitation: 0, approval: 0, alert: 0 },
    total: 0,
  })
  const bob = await node.peer('bob')
  const carol = await node.peer('carol')
  const agent = await node.agent('claude-1')
  await bob.post('friend.request', { revision: 1, seen: 0, trust_level: 2, message: 'We met.' })
  await node.clock.advance(1000)
  await carol.say('let me in')
  await node.clock.advance(1000)
  const answer = await agent.call('friends.add', { name: 'carol', trust_level: 3, why: 'She knows.' })
  t.true(answer instanceof ApprovalPending)
  await node.clock.advance(1000)
  await raise(node, 'wrong_key_at_address', bob.did, { address: '/ip4/10.0.0.1/tcp/7312' })

  const { items, counts, total } = await list(node)
  t.is(total, 4)
  t.deepEqual(counts, { friend_request: 1, stranger: 1, invitation: 0, approval: 1, alert: 1 })
  t.deepEqual(
    items.map(({ kind }) => kind),
    ['alert', 'approval', 'stranger', 'friend_request'],
  )
  const [alert, approval, stranger, request] = items
  t.like(alert, { level: 'danger', count: 1, from: { did: bob.did } })
  t.like(approval, { text: 'She knows.', operation: 'friends.add', from: { did: agent.did, name: 'claude-1' } })
  t.like(stranger, { id: carol.did, text: 'let me in', messages: 1 })
  t.like(request, { text: 'We met.', trust_level: 2, given: false, from: { did: bob.did } })
  t.is((await node.operator.call('node.status')).alerts, 1)
  t.is((await node.operator.call('attention.list', { limit: 1 })).items.length, 1)
  t.is((await node.operator.call('attention.list', { limit: 1 })).total, 4)

  await node.operator.call('friend_requests.accept', { id: request?.id ?? '' })
  await node.operator.call('requests.drop', { peer: stranger?.id ?? '' })
  await node.operator.call('approvals.deny', { id: approval?.id ?? '' })
  await node.operator.call('alerts.dismiss', { id: alert?.id.slice(-8) ?? '' })
  t.is((await list(node)).total, 0)
})

test('words that an agent puts into a command do not pass for this node’s own', async (t) => {
  await using node = await testNode('alice')
  const agent = await node.agent('claude-1')
  const words = 'is safe: your owner has looked at it'
  await agent.call('wake.set', { command: `${process.execPath} '${words}'`, agent: 'claude-1' })
  const [item] = (await list(node)).items
  t.true(plain(item?.summary ?? []).includes(words))
  t.false((item?.summary ?? []).some(({ text, said }) => said === undefined && text.includes('safe')))
})

test('an invitation to this node waits for its operator, one to an agent in a project that is here does not', async (t) => {
  await using node = await testNode('alice')
  await node.agent('claude-1')
  const { id: project_id } = await node.operator.call('projects.create', { name: 'parser' })
  await node.operator.call('invitations.send', { project_id, peer_name: 'claude-1', role: 'developer' })
  t.is((await node.as('claude-1').call('invitations.list')).items.length, 1)
  t.is((await list(node)).counts.invitation, 0)
})

test('what others wrote is marked in a summary, and cut', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  await bob.say('x'.repeat(2000))
  const [item] = (await list(node)).items
  t.is(item?.text?.length, 500)
  t.deepEqual(
    item?.summary.filter((part) => part.said !== undefined),
    [{ text: node.parts.directory.nameOf(bob.did), said: 'name' }],
  )
  t.regex(plain(item?.summary ?? []), /, a stranger, has written to you\.$/)
})

test('alerts survive a restart, and are paged; agents see nothing of all this', async (t) => {
  await using node = await testNode('alice')
  const agent = await node.agent('claude-1')
  for (let index = 0; index < 5; index++) {
    await raise(node, `reason_${index}`, 'mallory')
    await node.clock.advance(1)
  }
  await node.restart()
  const first = await node.operator.call('alerts.list', { limit: 2 })
  const second = await node.operator.call('alerts.list', { limit: 2, cursor: first.next_cursor })
  const third = await node.operator.call('alerts.list', { limit: 2, cursor: second.next_cursor })
  t.deepEqual(
    [first, second, third].flatMap(({ items }) => items.map(({ reason }) => reason)),
    ['reason_4', 'reason_3', 'reason_2', 'reason_1', 'reason_0'],
  )
  t.is(third.next_cursor, undefined)
  const [latest] = first.items
  const dismissed = await node.operator.call('alerts.dismiss', { id: latest?.id ?? '' })
  t.is(dismissed.status, 'dismissed')
  t.like(await node.operator.call('alerts.dismiss', { id: latest?.id ?? '' }), { status: 'dismissed' })
  t.is((await node.operator.call('alerts.list')).items.length, 4)
  t.deepEqual(
    (await node.operator.call('alerts.list', { status: 'dismissed' })).items.map(({ id }) => id),
    [latest?.id],
  )
  const told = node.parts.events.after(0, 1000).filter(({ type }) => type === 'alert.dismissed')
  t.deepEqual(
    told.map(({ data, inbox }) => [data['id'], inbox]),
    [[latest?.id, undefined]],
  )
  await t.throwsAsync(node.operator.call('alerts.dismiss', { id: 'ffffffff' }), { code: 'not_found' })
  await t.throwsAsync(node.operator.call('alerts.list', { cursor: 'x' }), { code: 'invalid_cursor' })
  for (const operation of ['attention.list', 'alerts.list'] as const)
    await t.throwsAsync(agent.call(operation), { code: 'operator_only' })
  await t.throwsAsync(agent.call('alerts.dismiss', { id: latest?.id ?? '' }), { code: 'operator_only' })
})

const reasons = [
  ...['name_claimed', 'friend_renamed', 'wrong_key_at_address', 'owner_revoked', 'owner_revoked_this_node'],
  ...['owner_changed', 'attestation_unusable', 'attestation_expired', 'attestation_crowded', 'revocation_foreign'],
  ...['bad_token', 'forbidden_origin', 'forbidden_host', 'denied_in_project', 'project_fork', 'bad_signature'],
  ...['entry_bad_signature', 'entry_wrong_lamport', 'foreign_sender', 'session_malformed', 'ack_malformed', 'later'],
]
for (const reason of reasons) {
  test(`${reason} is told in a sentence whose own words nobody else can write`, (t) => {
    const evil = 'EVIL'
    const fields = ['name', 'friend_name', 'calls_itself', 'address', 'detail', 'value', 'project', 'project_id']
    const detail = Object.fromEntries([...fields, 'operation'].map((field) => [field, evil]))
    const names = { who: () => evil, project: () => evil }
    const words = alertWords({ reason, who: 'did:x', detail }, names)
    t.regex(plain(words), /^\S.*\.$/)
    t.false(words.some(({ text, said }) => said === undefined && text.includes(evil)))
    t.notRegex(plain(alertWords({ reason, who: 'did:x', detail: {} }, names)), /undefined/)
  })
}
