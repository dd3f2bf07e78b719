import test from 'ava'
import { PENDING_MAX } from '../../../src/capabilities/approvals/handlers.ts'
import type { Approval } from '../../../src/capabilities/approvals/schema.ts'
import { ApprovalPending } from '../../../src/core/dispatch.ts'
import { checkGrant } from '../../../src/identity/owner.ts'
import { operations } from '../../../src/operations.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'
import { adopt, newOwner, PASSPHRASE } from '../../helpers/owner.ts'

const HOUR = 3_600_000

/** A node with an agent, and a stranger whose mail waits. */
async function scene() {
  const node = await testNode('alice')
  const agent = await node.agent('claude-1')
  const bob = await node.peer('bob')
  await bob.say('let me in')
  await node.settle()
  return { node, agent, bob }
}

async function ask(node: TestNode, peer: string, why?: string, agent = 'claude-1'): Promise<Approval> {
  const answer = await node.as(agent).call('requests.accept', { peer, ...(why === undefined ? {} : { why }) })
  if (answer instanceof ApprovalPending) return answer.approval
  throw new Error('it was done at once')
}

test('what an agent asks for is not done, and done when it is granted; the agent is told', async (t) => {
  const { node, agent, bob } = await scene()
  await using _ = node
  const approval = await ask(node, 'bob', 'he knows the parser')
  t.like(approval, {
    agent: 'claude-1',
    operation: 'requests.accept',
    status: 'pending',
    why: 'he knows the parser',
    input: { peer: bob.did },
  })
  t.true(approval.summary.includes(bob.did))
  t.is(node.parts.book.trust(bob.did), 0)
  t.is((await node.operator.call('node.status')).approvals, 1)

  const granted = await node.operator.call('approvals.grant', { id: approval.id })
  t.is(granted.status, 'granted')
  t.is(node.parts.book.trust(bob.did), 1)
  await node.settle()
  const [told] = (await agent.call('messages.read')).items
  t.regex(told?.body ?? '', /^Granted and done: let in bob/)
  t.like(told?.from, { did: node.did, human: true })
  t.is(told?.conversation_id, approval.id)
  t.deepEqual((await node.operator.call('approvals.list')).items, [])
  await t.throwsAsync(node.operator.call('approvals.grant', { id: approval.id }), { code: 'already_exists' })
})

test('the one who has the name when it is granted is not the one who is let in, but who had it when it was asked', async (t) => {
  const { node, bob } = await scene()
  await using _ = node
  const approval = await ask(node, 'bob')
  await node.operator.call('requests.drop', { peer: bob.did })
  bob.disconnect()
  const impostor = await node.peer('bob')
  await impostor.say('me too')
  await node.settle()
  await t.throwsAsync(node.operator.call('approvals.grant', { id: approval.id }), { code: 'not_found' })
  t.is(node.parts.book.trust(impostor.did), 0)
  // What could not be done still waits, and can be refused.
  t.is((await node.operator.call('approvals.show', { id: approval.id })).status, 'pending')
  t.is((await node.operator.call('approvals.deny', { id: approval.id })).status, 'denied')
})

test('a name nobody has is told the agent at once, and nothing waits', async (t) => {
  const { node } = await scene()
  await using _ = node
  await t.throwsAsync(ask(node, 'nobody'), { code: 'not_found' })
  await t.throwsAsync(node.as('claude-1').call('requests.accept', {} as never), { code: 'invalid_input' })
  await t.throwsAsync(ask(node, 'bob', 'x'.repeat(501)), { code: 'invalid_input' })
  t.deepEqual((await node.operator.call('approvals.list')).items, [])
})

test('denied with a reason, the agent reads it', async (t) => {
  const { node, agent } = await scene()
  await using _ = node
  const approval = await ask(node, 'bob')
  await node.operator.call('approvals.deny', { id: approval.id.slice(-8), reason: 'never heard of him' })
  await node.settle()
  t.regex((await agent.texts())[0] ?? '', /^Denied: let in bob.*\nReason: never heard of him\n/)
  t.like(await agent.call('approvals.show', { id: approval.id }), { status: 'denied', reason: 'never heard of him' })
})

test('asked again while it waits it is the same; asked by another it is another; more than so many are refused', async (t) => {
  const { node, bob } = await scene()
  await using _ = node
  await node.agent('codex')
  const first = await ask(node, 'bob')
  t.is((await ask(node, bob.did, 'for another reason')).id, first.id)
  t.not((await ask(node, 'bob', undefined, 'codex')).id, first.id)
  for (let n = 1; n < PENDING_MAX; n++) {
    const peer = await node.peer(`peer-${n}`)
    await peer.say('hello')
    await node.settle()
    await ask(node, peer.did)
  }
  const last = await node.peer('one-too-many')
  await last.say('hello')
  await node.settle()
  await t.throwsAsync(ask(node, last.did), { code: 'rate_limited' })
  t.is((await ask(node, 'bob')).id, first.id)
})

test('agents see what they asked for themselves, and decide nothing', async (t) => {
  const { node, agent } = await scene()
  await using _ = node
  const codex = await node.agent('codex')
  const mine = await ask(node, 'bob')
  t.deepEqual((await codex.call('approvals.list')).items, [])
  await t.throwsAsync(codex.call('approvals.show', { id: mine.id }), { code: 'not_found' })
  t.is((await agent.call('approvals.list')).items.length, 1)
  await t.throwsAsync(agent.call('approvals.grant', { id: mine.id }), { code: 'operator_only' })
  await t.throwsAsync(agent.call('approvals.deny', { id: mine.id }), { code: 'operator_only' })
})

test('what nobody answers expires, and is not done afterwards', async (t) => {
  const { node, agent, bob } = await scene()
  await using _ = node
  const approval = await ask(node, 'bob')
  await node.clock.advance(72 * HOUR)
  await t.throwsAsync(node.operator.call('approvals.grant', { id: approval.id }), { code: 'already_exists' })
  await node.parts.database.write(() => node.parts.approvals.expire())
  await node.settle()
  t.is((await node.operator.call('approvals.show', { id: approval.id })).status, 'expired')
  t.regex((await agent.texts())[0] ?? '', /^Nobody answered in time/)
  t.is(node.parts.book.trust(bob.did), 0)
})

test('it waits across a restart; two grants at the same moment are one', async (t) => {
  const { node, bob } = await scene()
  await using _ = node
  const { id } = await ask(node, 'bob')
  await node.restart()
  t.is((await node.operator.call('approvals.list')).items[0]?.id, id)
  const grants = await Promise.allSettled([1, 2].map(() => node.operator.call('approvals.grant', { id })))
  t.deepEqual(grants.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  t.is(node.parts.book.trust(bob.did), 1)
})

test('with its agent goes what it asked for', async (t) => {
  const { node } = await scene()
  await using _ = node
  const { id } = await ask(node, 'bob')
  await node.operator.call('agents.remove', { name: 'claude-1' })
  t.is((await node.operator.call('approvals.show', { id })).status, 'denied')
})

/** Agents may call these, and some calls of them are the operator's to decide all the same. */
const sometimes = ['projects.set_stage', 'invitations.accept', 'invitations.decline']

test('whatever may be asked for is the operator’s, and takes a reason', (t) => {
  for (const operation of operations) {
    if (!('approvable' in operation) || operation.approvable !== true) continue
    t.is(operation.who, sometimes.includes(operation.name) ? 'agent' : 'operator', operation.name)
    t.true('why' in operation.input.shape, operation.name)
  }
})

test('the list pages from the latest back', async (t) => {
  const { node } = await scene()
  await using _ = node
  const ids: string[] = []
  for (let n = 0; n < 3; n++) {
    const { id } = await ask(node, 'bob')
    ids.unshift(id)
    await node.operator.call('approvals.deny', { id })
    await node.clock.advance(1000)
  }
  const first = await node.operator.call('approvals.list', { status: 'denied', limit: 2 })
  const rest = await node.operator.call('approvals.list', { status: 'all', cursor: first.next_cursor, limit: 2 })
  t.deepEqual(
    [...first.items, ...rest.items].map(({ id }) => id),
    ids,
  )
  t.is(rest.next_cursor, undefined)
})

test('where the owner signs grants, the operator’s token alone does not do', async (t) => {
  await using node = await testNode('alice', { settings: { grants_need_owner: true } })
  await node.agent('claude-1')
  const bob = await node.peer('bob')
  await bob.say('let me in')
  await node.settle()
  const { id } = await ask(node, 'bob')
  const grant = (passphrase?: string) =>
    node.operator.call('approvals.grant', { id, ...(passphrase && { passphrase }) })
  const refused = async (code: string, passphrase?: string) => {
    await t.throwsAsync(grant(passphrase), { code })
    t.is(node.parts.book.trust(bob.did), 0)
    t.is((await node.operator.call('approvals.show', { id })).status, 'pending')
  }
  await refused('passphrase_needed')
  await refused('owner_missing', PASSPHRASE)
  const owner = newOwner()
  await adopt(node, owner)
  await refused('wrong_passphrase', 'something else')
  // Nor does the token exchange the key for one whose passphrase it knows.
  await t.throwsAsync(node.operator.call('owner.init', { passphrase: 'an agent’s own', force: true }), {
    code: 'not_permitted',
  })
  const granted = await grant(PASSPHRASE)
  t.is(granted.status, 'granted')
  t.is(node.parts.book.trust(bob.did), 1)
  const { statement } = checkGrant(granted.grant, node.did)
  t.like(statement, { owner: owner.did, approval: id, operation: 'requests.accept', input: { peer: bob.did } })
  await node.restart()
  t.deepEqual((await node.operator.call('approvals.show', { id })).grant, granted.grant)
})
