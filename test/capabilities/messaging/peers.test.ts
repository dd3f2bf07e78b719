import test from 'ava'
import { agentDid, didTail } from '../../../src/base/did.ts'
import { newId } from '../../../src/base/ids.ts'
import { REQUESTS_OF_ONE } from '../../../src/capabilities/messaging/receive.ts'
import { TIME_TO_LIVE } from '../../../src/contract/envelope.ts'
import { testNode } from '../../helpers/node.ts'

const seconds = (node: { clock: { now(): number } }) => new Date(node.clock.now()).toISOString()

test('a message to a peer goes from stage to stage, each told with its time', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const bob = await node.peer('bob', 2)
  const { id = '', stage } = await claude.send('codex@bob', 'hello')
  t.is(stage, 'queued')
  const delivery = async () => (await claude.call('messages.show', { id })).delivery
  const times: Record<string, string> = { queued: seconds(node) }
  await node.settle()
  times['sent'] = seconds(node)
  t.like(await delivery(), { stage: 'sent', times })
  t.like(bob.received[0], { id, from: claude.did, to: agentDid(bob.did, 'codex'), body: { text: 'hello' } })
  for (const next of ['stored', 'shown', 'acknowledged'] as const) {
    await node.clock.advance(1000)
    await bob.receipt(id, next)
    times[next] = seconds(node)
    t.deepEqual((await delivery())?.times, times)
    t.is((await delivery())?.stage, next)
  }
  await bob.receipt(id, 'stored')
  t.is((await delivery())?.stage, 'acknowledged')
  t.deepEqual((await node.operator.call('messages.outbox')).items, [])
})

test('who waits for a stage is answered when it comes, and at once for a peer that is away', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 1)
  const sending = node.operator.send('bob', 'x', { wait_for: 'sent', timeout: 60 })
  await node.settle()
  t.is((await sending).stage, 'sent')
  const id = newId(node.clock.now())
  const waiting = node.operator.send('bob', 'hello', { id, wait_for: 'stored', timeout: 60 })
  await node.settle()
  await bob.receipt(id, 'stored')
  t.is((await waiting).stage, 'stored')
  const failing = node.operator.send('codex@bob', 'x', {
    id: newId(node.clock.now() + 1),
    wait_for: 'shown',
    timeout: 60,
  })
  await node.settle()
  await bob.receipt(bob.received.at(-1)?.id ?? '', 'failed', { reason: 'unknown_agent' })
  t.like(await failing, { stage: 'failed', reason: 'unknown_agent' })
  bob.disconnect()
  t.is((await node.operator.send('bob', 'later', { wait_for: 'stored', timeout: 60 })).stage, 'queued')
})

test('what a peer says of a message it was not sent changes nothing', async (t) => {
  await using node = await testNode('alice')
  const [bob, mallory] = [await node.peer('bob', 1), await node.peer('mallory', 1)]
  const { id = '' } = await node.operator.send('bob', 'hello')
  await node.settle()
  await mallory.receipt(id, 'acknowledged')
  await mallory.receipt(id, 'failed', { reason: 'unknown_agent' })
  t.is((await node.operator.call('messages.show', { id })).delivery?.stage, 'sent')
  t.is((await node.operator.call('messages.outbox')).items.length, 1)
  await bob.receipt(id, 'stored')
  t.is((await node.operator.call('messages.show', { id })).delivery?.stage, 'stored')
})

test('a reason that this version does not know is told as one it knows', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 1)
  const { id = '' } = await node.operator.send('bob', 'hello')
  await bob.receipt(id, 'failed', { reason: 'the moon is full\u001b[2J' })
  t.like((await node.operator.call('messages.show', { id })).delivery, { stage: 'failed', reason: 'not_permitted' })
})

test('what cannot be delivered expires after its time to live; a late receipt still counts', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 1)
  bob.disconnect()
  const { id = '' } = await node.operator.send('bob', 'hello')
  t.like(await node.operator.call('messages.outbox'), {
    items: [{ id, to_name: 'bob', stage: 'queued', connected: false }],
  })
  await node.clock.advance(TIME_TO_LIVE)
  await node.parts.database.write(() => node.parts.outbox.expire())
  const { delivery } = await node.operator.call('messages.show', { id })
  t.like(delivery, { stage: 'expired', reason: 'expired' })
  t.deepEqual((await node.operator.call('messages.outbox')).items, [])
  await bob.receipt(id, 'stored')
  t.is((await node.operator.call('messages.show', { id })).delivery?.stage, 'stored')
})

test('the mail of an acquaintance is delivered to whom it is for, and receipted', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1', { default: true }), await node.agent('codex-1')]
  const bob = await node.peer('bob', 1)
  t.like(await bob.say('to codex', { to: 'codex-1', from: 'gemini' }), { stage: 'stored' })
  await bob.say('to the node')
  t.deepEqual(await codex.texts(), ['to codex'])
  t.deepEqual(await claude.texts(), ['to the node'])
  t.deepEqual(await node.operator.texts(), ['to the node'])
  const { items } = await codex.call('messages.read')
  t.deepEqual(items[0]?.from, {
    did: agentDid(bob.did, 'gemini'),
    name: 'gemini@bob',
    trust_level: 1,
    local: false,
    human: false,
  })
  const receipt = await bob.say('to nobody', { to: 'claude' })
  t.like(receipt, { stage: 'failed', reason: 'unknown_agent' })
})

test('an envelope that comes again is receipted again and delivered once, also after a restart', async (t) => {
  await using node = await testNode('alice')
  let bob = await node.peer('bob', 1)
  const { text, envelope } = bob.seal('once')
  const arrive = async () => {
    await node.parts.inbound.receive(bob.did, [Buffer.from(text)])
    await node.settle()
  }
  await arrive()
  await arrive()
  t.deepEqual(
    bob.receipts().map(({ id, stage }) => [id, stage]),
    [
      [envelope.id, 'stored'],
      [envelope.id, 'stored'],
    ],
  )
  await node.restart()
  await arrive()
  t.deepEqual(await node.operator.texts(), ['once'])
  bob = await node.peer('bob', 1)
})

test('`shown` is told to friends only, `acknowledged` to everybody', async (t) => {
  await using node = await testNode('alice')
  const [bob, carol] = [await node.peer('bob', 1), await node.peer('carol', 2)]
  await bob.say('from bob')
  await carol.say('from carol')
  const { cursor, items } = await node.operator.call('messages.read')
  await node.operator.call('messages.read', { cursor })
  await node.settle()
  t.deepEqual(
    bob.receipts().map(({ stage }) => stage),
    ['stored'],
  )
  t.deepEqual(
    carol.receipts().map(({ stage }) => stage),
    ['stored', 'shown'],
  )
  for (const { id } of items) await node.operator.call('messages.acknowledge', { id })
  await node.settle()
  t.deepEqual(
    bob.receipts().map(({ stage }) => stage),
    ['stored', 'acknowledged'],
  )
  t.deepEqual(
    carol.receipts().map(({ stage }) => stage),
    ['stored', 'shown', 'acknowledged'],
  )
})

test('a stranger’s mail waits where only the operator sees it', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1', { default: true })
  const mallory = await node.peer('mallory')
  t.like(await mallory.say('swordfish, claude', { to: 'claude-1' }), { stage: 'stored', note: 'request' })
  await mallory.say('swordfish, all', { from: 'evil-1' })
  t.like(
    await mallory.say('swordfish?', { to: 'no-such-agent' }),
    { stage: 'stored', note: 'request' },
    'it learns of no agents',
  )
  for (const caller of [claude, node.operator]) {
    t.deepEqual(await caller.texts(), [])
    t.deepEqual((await caller.call('conversations.list')).items, [])
    t.deepEqual((await caller.call('conversations.list', { query: 'swordfish' })).items, [])
  }
  const { items } = await node.operator.call('requests.list')
  t.like(items[0], { did: mallory.did, name: 'mallory', count: 3, first_at: seconds(node) })
  t.deepEqual(
    items[0]?.messages.map(({ body }) => body),
    ['swordfish, claude', 'swordfish, all', 'swordfish?'],
  )
  const id = items[0]?.messages[0]?.id ?? ''
  await t.throwsAsync(claude.call('messages.show', { id }), { code: 'not_found' })
  await t.throwsAsync(claude.send(undefined, 'x', { reply_to: id }), { code: 'not_found' })
  await t.throwsAsync(claude.call('requests.list'), { code: 'operator_only' })
  t.is((await node.operator.call('node.status')).requests, 3)
  t.true(
    node.parts.events.after(0, 1000).every(({ type, inbox }) => !type.startsWith('request') || inbox === undefined),
  )
})

test('accepting delivers what waited, gives trust 1, and lets what follows through', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const bob = await node.peer('bob')
  await bob.say('one', { to: 'claude-1' })
  await bob.say('two', { to: 'gone-1' })
  await claude.call('requests.accept', { peer: 'bob' })
  t.deepEqual(await claude.texts(), [], 'an agent’s word only asks')
  t.deepEqual(await node.operator.call('requests.accept', { peer: 'bob' }), {
    did: bob.did,
    name: 'bob',
    trust_level: 1,
    delivered: 2,
  })
  t.deepEqual(await claude.texts(), ['one'])
  t.deepEqual(await node.operator.texts(), ['two'])
  t.like((await claude.call('messages.read')).items[0]?.from, { name: 'bob', trust_level: 1, human: true })
  t.deepEqual((await node.operator.call('requests.list')).items, [])
  await bob.say('three', { to: 'claude-1' })
  await node.restart()
  await bob.say('four', { to: 'claude-1' })
  t.deepEqual(await claude.texts(), ['one', 'three', 'four'])
  t.is((await node.operator.call('conversations.list', { query: 'one' })).items.length, 1)
})

test('dropping throws away what waited, and gives nothing', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  const { text } = bob.seal('again and again')
  await node.parts.inbound.receive(bob.did, [Buffer.from(text)])
  t.deepEqual(await node.operator.call('requests.drop', { peer: bob.did }), { did: bob.did, dropped: 1 })
  await node.parts.inbound.receive(bob.did, [Buffer.from(text)])
  t.deepEqual((await node.operator.call('requests.list')).items, [], 'it was taken in once')
  await bob.say('more')
  t.is((await node.operator.call('requests.list')).items[0]?.count, 1)
  await t.throwsAsync(node.operator.call('requests.accept', { peer: 'carol' }), { code: 'not_found' })
})

test('a stranger may leave twenty messages, whichever of its agents writes them', async (t) => {
  await using node = await testNode('alice')
  const [mallory, other] = [await node.peer('mallory'), await node.peer('other')]
  for (let count = 0; count < REQUESTS_OF_ONE; count++)
    await mallory.say('x', count % 2 ? { from: `agent-${count}` } : {})
  t.like(await mallory.say('x'), { stage: 'failed', reason: 'requests_full' })
  t.like(await mallory.say('x', { from: 'agent-99' }), { stage: 'failed', reason: 'requests_full' })
  t.like(await other.say('hello'), { stage: 'stored' })
  await node.operator.call('requests.drop', { peer: 'mallory' })
  t.like(await mallory.say('x'), { stage: 'stored' })
})

test('a stranger with a name that somebody has is accepted by its DID alone', async (t) => {
  await using node = await testNode('alice')
  await node.peer('bob', 2)
  const mallory = await node.peer('bob')
  await mallory.say('it is me, bob')
  const { items } = await node.operator.call('requests.list')
  t.is(items[0]?.name, `bob ${didTail(mallory.did)}`)
  const error = await t.throwsAsync(node.operator.call('requests.accept', { peer: 'bob' }), { code: 'ambiguous_name' })
  t.deepEqual((error as { candidates?: string[] }).candidates, [mallory.did])
  t.is((await node.operator.call('requests.accept', { peer: mallory.did })).did, mallory.did)
})

test('two strangers of one name are told apart', async (t) => {
  await using node = await testNode('alice')
  const [one, two] = [await node.peer('bob'), await node.peer('bob')]
  await one.say('one')
  await two.say('two')
  const error = await t.throwsAsync(node.operator.call('requests.accept', { peer: 'bob' }), { code: 'ambiguous_name' })
  t.deepEqual((error as { candidates?: string[] }).candidates?.toSorted(), [one.did, two.did].toSorted())
  await node.operator.call('requests.accept', { peer: one.did })
  t.deepEqual(await node.operator.texts(), ['one'])
})

test('a stranger’s answer in my conversation, accepted late, keeps its place and not the newest', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob')
  const { id = '' } = await node.operator.send('bob', 'question')
  await bob.say('answer', { conversation_id: id, reply_to: id })
  await node.operator.send('bob', 'are you there?', { conversation_id: id })
  await node.operator.send('bob', 'something else')
  await node.operator.call('requests.accept', { peer: 'bob' })
  const { items } = await node.operator.call('conversations.show', { id })
  t.deepEqual(
    items.map(({ body }) => body),
    ['are you there?', 'answer', 'question'],
  )
  const list = await node.operator.call('conversations.list')
  t.deepEqual(
    list.items.map(({ last }) => last?.body),
    ['something else', 'are you there?'],
  )
})

test('too long a text is refused by its receiver too', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 1)
  t.like(await bob.say('x'.repeat((256 << 10) + 1)), { stage: 'failed', reason: 'too_large' })
  t.like(await bob.say(''), { stage: 'failed', reason: 'malformed' })
  t.deepEqual(await node.operator.texts(), [])
})

test('what was queued before a crash goes out after it', async (t) => {
  await using node = await testNode('alice')
  const away = await node.peer('bob', 1)
  away.disconnect()
  await node.operator.send(away.did, 'hello')
  await node.restart()
  away.connect()
  await node.settle()
  t.deepEqual(
    away.received.map(({ body }) => body['text']),
    ['hello'],
  )
})

test('the operator may tell fewer that a message was shown, or nobody; what is acknowledged is told', async (t) => {
  for (const [shown_trust, told] of [
    [2, [2, 3, 4]],
    [4, [4]],
    [5, []],
  ] as const) {
    await using node = await testNode('alice', { settings: { shown_trust } })
    const hears: number[] = []
    for (const trust of [1, 2, 3, 4] as const) {
      const peer = await node.peer(`peer-${trust}`, trust)
      const { id = '' } = (await peer.say('read me')) ?? {}
      const { cursor } = await node.operator.call('messages.read')
      await node.operator.call('messages.read', { cursor })
      await node.settle()
      if (peer.receipts().some(({ stage }) => stage === 'shown')) hears.push(trust)
      await node.operator.call('messages.acknowledge', { id })
      await node.settle()
      t.true(peer.receipts().some(({ stage }) => stage === 'acknowledged'))
    }
    t.deepEqual(hears, [...told], `shown_trust ${shown_trust}`)
  }
})
