import { randomUUID } from 'node:crypto'
import test from 'ava'
import type { Envelope } from '../../../src/contract/envelope.ts'
import type { CheckedEntry } from '../../../src/log/checked.ts'
import { makeEntry } from '../../../src/log/entry.ts'
import { testNode } from '../../helpers/node.ts'
import type { Remote } from '../../helpers/remote.ts'

/** What bob would sign to invite somebody to a project of his. */
function invitation(
  bob: Remote,
  to: string,
  facts: Record<string, unknown> = {},
  at = Date.parse('2026-11-01T12:00:00Z'),
  agent?: string,
) {
  const first = { author: bob.did, seq: 0, prev: undefined, heads: [], lamport: 1, at }
  const nonce = randomUUID()
  const create = makeEntry(bob.key, { ...first, type: 'project.create', facts: { name: 'trap', nonce } })
  const invite = makeEntry(bob.key, {
    author: agent === undefined ? bob.did : `${bob.did}#${agent}`,
    space: create.id,
    seq: 1,
    prev: create.id,
    heads: [],
    lamport: 2,
    at,
    type: 'project.invite',
    facts: { id: randomUUID(), to, role: 'developer', expires_at: '2026-11-08T12:00:00.000Z', ...facts },
  })
  return { create, invite }
}
const body = ({ create, invite }: { create: CheckedEntry; invite: CheckedEntry }) => ({
  create: create.signed,
  invite: invite.signed,
  summary: { name: 'trap', stage: 'investigation', members: 1 },
  members: [],
})
const count = async (node: Awaited<ReturnType<typeof testNode>>) =>
  (await node.operator.call('invitations.list', { status: 'all' })).items.length

test('an invitation is taken once, and only as it was signed, for this node, by whom it comes from', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 2)
  const carol = await node.peer('carol', 2)
  const good = invitation(bob, node.did)
  const post = async (value: Record<string, unknown>, from = bob) => (await from.post('project.invite', value))?.reason

  t.is(await post({ ...body(good), invite: { ...good.invite.signed, facts: '{}' } }), 'malformed')
  t.is(await post({ ...body(good), create: good.invite.signed }), 'malformed')
  t.is(await post({ ...body(good), create: invitation(bob, node.did).create.signed }), 'malformed')
  t.is(await post({ ...body(good), members: [{ did: 'nobody' }] }), 'malformed')
  t.is(await post(body(invitation(bob, carol.did))), 'malformed')
  t.is(await post(body(invitation(bob, node.did, { role: 'owner' }))), 'malformed')
  t.is(await post(body(good), carol), 'malformed')
  t.is(await post(body(invitation(bob, `${node.did}#nobody`))), 'unknown_agent')
  t.is(await post(body(invitation(bob, node.did, { expires_at: '2026-10-31T12:00:00.000Z' }))), 'expired')
  t.is(await count(node), 0)

  t.is(await post(body(good)), undefined)
  t.is(await post(body(good)), undefined)
  t.is(await count(node), 1)
})

test('a peer that invites without end, or is not trusted, is refused', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 2)
  const stranger = await node.peer('mallory', 1)
  t.is((await stranger.post('project.invite', body(invitation(stranger, node.did))))?.reason, 'not_permitted')
  for (let n = 0; n < 50; n++) await bob.post('project.invite', body(invitation(bob, node.did, {}, n)))
  t.is((await bob.post('project.invite', body(invitation(bob, node.did))))?.reason, 'requests_full')
  const asOne = invitation(bob, node.did, {}, undefined, 'claude-1')
  t.is((await bob.post('project.invite', body(asOne)))?.reason, 'requests_full', 'an agent of it is the same peer')
  t.is((await node.operator.call('invitations.list', { limit: 100 })).items.length, 50)
})

test('nobody answers for another, or learns of a project it was not invited to', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 2)
  const carol = await node.peer('carol', 2)
  const { id: project_id } = await node.operator.call('projects.create', { name: 'mine' })
  const { id } = await node.operator.call('invitations.send', { project_id, peer_name: 'bob' })
  const sent = bob.received.find(({ type }) => type === 'project.invite')
  const { invite } = (sent as Envelope).body as { invite: { header: string } }
  const { lamport } = JSON.parse(invite.header) as { lamport: number }
  const log = node.parts.inProjects.spaces.replica(project_id)
  const [cited] = log.tips()

  const accept = (by: Remote, facts: Record<string, unknown> = {}) =>
    makeEntry(by.key, {
      space: project_id,
      author: by.did,
      seq: 0,
      prev: undefined,
      heads: [cited ?? ''],
      lamport: lamport + 1,
      at: 0,
      type: 'project.accept',
      facts: { invitation: id, ...facts },
    }).signed
  const post = async (from: Remote, type: string, value: Record<string, unknown>) =>
    (await from.post(type, value))?.reason
  const isMember = async (did: string) =>
    (await node.operator.call('projects.team', { project_id })).items.some((one) => one.did === did)

  t.is(await post(carol, 'project.accept', { space: project_id, entry: accept(carol) }), 'not_permitted')
  t.is(await post(carol, 'project.accept', { space: project_id, entry: accept(bob) }), 'malformed')
  t.is(
    await post(carol, 'project.accept', { space: project_id, entry: accept(carol, { invitation: randomUUID() }) }),
    'not_permitted',
  )
  t.is(await post(carol, 'project.decline', { space: project_id, invitation: id }), 'not_permitted')
  t.is(await post(carol, 'project.decline', { space: cited, invitation: id }), 'not_permitted')
  t.is(await post(carol, 'project.withdraw', { space: project_id, invitation: id }), 'not_permitted')
  t.false(await isMember(carol.did))
  t.is((await node.operator.call('invitations.list')).items[0]?.status, 'pending')
  t.is(await post(bob, 'project.accept', { space: project_id, entry: accept(bob) }), undefined)
  t.true(await isMember(bob.did))
  t.is(await post(bob, 'project.accept', { space: project_id, entry: accept(bob) }), undefined)

  // Whoever was removed makes the log no longer by saying it in other words.
  await node.operator.call('projects.remove', { project_id, name: bob.did })
  const count = log.count()
  for (let n = 0; n < 3; n++) {
    const entry = accept(bob, { n, padding: 'x'.repeat(1000) })
    t.is(await post(bob, 'project.accept', { space: project_id, entry }), 'not_permitted')
  }
  t.is(log.count(), count)
})

test('whoever uses the id of an invitation again keeps nobody from accepting it', async (t) => {
  await using node = await testNode('alice')
  const [bob, mallory] = [await node.peer('bob', 2), await node.peer('mallory', 2)]
  const good = invitation(bob, node.did)
  const { id } = good.invite.body
  const inSame = makeEntry(mallory.key, {
    ...{ author: mallory.did, space: good.create.id, seq: 0, prev: undefined, heads: [good.create.id], lamport: 2 },
    ...{ at: 0, type: 'project.invite', facts: { ...good.invite.body, role: 'observer' } },
  })
  const inOther = invitation(mallory, node.did, { id })
  for (const body_ of [body({ create: good.create, invite: inSame }), body(inOther)])
    t.is((await mallory.post('project.invite', body_))?.stage, 'stored')
  t.is((await bob.post('project.invite', body(good)))?.stage, 'stored')
  t.is((await bob.post('project.invite', body(good)))?.stage, 'stored', 'once more')

  const { items } = await node.operator.call('invitations.list')
  t.is(items.length, 3)
  t.is(new Set(items.map((one) => one.id)).size, 3)
  const [one] = items.filter((item) => item.from.did === bob.did)
  t.like(one, { role: 'developer', project_id: good.create.id })
  // Each takes back what is its own, by the id that it knows.
  await mallory.post('project.withdraw', { space: good.create.id, invitation: id })
  const pending = (await node.operator.call('invitations.list')).items
  t.deepEqual(
    pending.filter((item) => item.project_id === good.create.id).map(({ from }) => from.did),
    [bob.did],
  )
  await node.operator.call('invitations.accept', { id: one?.id ?? '' })
  await node.settle()
  const answer = bob.received.find(({ type }) => type === 'project.accept') as Envelope
  const { header, facts } = answer.body['entry'] as { header: string; facts: string }
  t.deepEqual(JSON.parse(header).heads, [good.invite.id])
  t.deepEqual(JSON.parse(facts), { invitation: id })
})

test('with an agent goes its place in projects', async (t) => {
  await using node = await testNode('alice')
  await node.agent('claude-1')
  const { id: project_id } = await node.operator.call('projects.create', { name: 'mine' })
  await node.operator.call('projects.role', { project_id, name: 'claude-1', role: 'overseer' })
  await node.operator.call('agents.remove', { name: 'claude-1' })
  t.deepEqual(
    (await node.operator.call('projects.team', { project_id })).items.map(({ name }) => name),
    ['alice'],
  )
  t.like((await node.operator.call('audit.list', { project_id })).items[0], { type: 'project.leave' })
})
