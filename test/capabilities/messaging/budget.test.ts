import test, { type ExecutionContext } from 'ava'
import type { Envelope } from '../../../src/contract/envelope.ts'
import { type TestCaller, type TestNode, testNode } from '../../helpers/node.ts'

const settings = { conversation_budget: 6 }

/** Reads everything and says that it was shown. */
async function read(caller: TestCaller): Promise<void> {
  const { cursor } = await caller.call('messages.read')
  await caller.call('messages.read', { cursor })
}

/** Two agents who answer each other until they are stopped; how many messages they sent. */
async function talk(one: TestCaller, other: TestCaller, say: (from: TestCaller, to: TestCaller) => Promise<unknown>) {
  for (let count = 0; count < 100; count++) {
    const [from, to] = count % 2 === 0 ? [one, other] : [other, one]
    try {
      await say(from, to)
    } catch (error) {
      return { count, code: (error as { code?: string }).code }
    }
    await read(to)
  }
  return { count: 100, code: 'endless' }
}

const nameOf = (caller: TestCaller) => caller.inbox.slice('agent:'.length)
const paused = (node: TestNode) =>
  node.parts.events
    .after(0, 1000)
    .filter((event) => event.type === 'conversation.paused')
    .map((event) => event.data['conversation_id'])
const traceOf = async (caller: TestCaller, id: string) =>
  (JSON.parse((await caller.call('messages.show', { id })).envelope) as Envelope).trace

async function setUp() {
  const node = await testNode('alice', { settings })
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  return { node, claude, codex }
}

test('agents that answer each other are stopped at their budget, and the operator is asked once', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  const { id = '' } = await claude.send('codex-1', 'start')
  const { count, code } = await talk(codex, claude, (from, to) =>
    from.send(nameOf(to), 'yes?', { conversation_id: id }),
  )
  t.deepEqual([count + 1, code], [6, 'conversation_paused'])
  t.deepEqual(paused(node), [id])
  await t.throwsAsync(claude.send('codex-1', 'still', { conversation_id: id }), { code: 'conversation_paused' })
  t.deepEqual(paused(node), [id])
  t.like(await node.operator.call('conversations.show', { id }), { conversation: { paused: true, agent_messages: 6 } })
  t.is((await node.operator.call('node.status')).paused_conversations, 1)
})

test('a word of the operator in it gives the agents their budget again', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  const { id = '' } = await claude.send('codex-1', 'start')
  const say = (from: TestCaller, to: TestCaller) => from.send(nameOf(to), 'yes?', { conversation_id: id })
  await talk(codex, claude, say)
  await node.operator.send('claude-1', 'go on', { conversation_id: id })
  t.is((await talk(claude, codex, say)).count, 6)
})

test('resuming does so too, for the operator alone', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  const { id = '' } = await claude.send('codex-1', 'start')
  const say = (from: TestCaller, to: TestCaller) => from.send(nameOf(to), 'yes?', { conversation_id: id })
  await talk(codex, claude, say)
  await t.throwsAsync(claude.call('conversations.resume', { id }), { code: 'operator_only' })
  t.like(await node.operator.call('conversations.resume', { id }), { paused: false, agent_messages: 0 })
  t.is((await talk(claude, codex, say)).count, 6)
})

async function wandering(t: ExecutionContext, node: TestNode, claude: TestCaller, codex: TestCaller) {
  const { count, code } = await talk(claude, codex, (from, to) => from.send(nameOf(to), 'a new conversation'))
  t.is(code, 'conversation_paused')
  t.is(count, 7, 'the first one and six more hops')
  const [id] = paused(node)
  return String(id)
}

test('a talk that begins a new conversation for each answer is one talk all the same', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  const id = await wandering(t, node, claude, codex)
  t.is(paused(node).length, 1)
  await node.operator.call('conversations.resume', { id })
  t.truthy(await codex.send('claude-1', 'and again'))
})

test('so is one after a restart', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  await talk(claude, codex, async (from, to) => {
    await from.send(nameOf(to), 'a new conversation')
    await node.restart()
  }).then(({ count, code }) => t.deepEqual([count, code], [7, 'conversation_paused']))
})

test('a person’s word that an agent reads begins its trace anew', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  await wandering(t, node, claude, codex)
  await node.operator.send('codex-1', 'do something else')
  await read(codex)
  t.truthy(await codex.send('claude-1', 'gladly'))
})

test('a trace says where it began and how far it was carried', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  const first = await node.operator.send('claude-1', 'start')
  await read(claude)
  const second = await claude.send('codex-1', 'in another conversation')
  await read(codex)
  const third = await codex.send('claude-1', 'in a third')
  const traces = await Promise.all([first, second, third].map(({ id = '' }) => traceOf(node.operator, id)))
  t.deepEqual(
    traces,
    [0, 1, 2].map((hops) => ({ id: first.id ?? '', hops })),
  )
})

test('a broadcast is one turn, however many hear it, and can be paused like others', async (t) => {
  const { node, claude, codex } = await setUp()
  await using _ = node
  for (let count = 0; count < 10; count++) await node.agent(`helper-${count}`)
  const { items = [] } = await claude.send(undefined, 'hello everybody')
  t.is(items.length, 11)
  const traces = await Promise.all(items.map(({ id }) => traceOf(node.operator, id)))
  t.deepEqual(new Set(traces.map((trace) => JSON.stringify(trace))).size, 1)
  const conversation_id = items[0]?.conversation_id ?? ''
  t.like(await node.operator.call('conversations.show', { id: conversation_id }), {
    conversation: { agent_messages: 1, messages: 11 },
  })
  const { count, code } = await talk(codex, claude, (from) => from.send(undefined, 'hello', { conversation_id }))
  t.deepEqual([count, code, paused(node)], [5, 'conversation_paused', [conversation_id]])
})

test('people are never stopped', async (t) => {
  const { node, claude } = await setUp()
  await using _ = node
  for (let count = 0; count < 20; count++) {
    t.is((await node.operator.send('claude-1', `${count}`)).stage, 'stored')
  }
  await read(claude)
  t.is((await claude.send('alice', 'yes?')).stage, 'stored')
})

test('agents of other nodes are counted too', async (t) => {
  const { node, claude } = await setUp()
  await using _ = node
  const bob = await node.peer('bob', 1)
  const { id = '' } = await claude.send('codex@bob', 'start')
  for (let count = 0; count < 5; count++) await bob.say('yes?', { from: 'codex', to: 'claude-1', conversation_id: id })
  await t.throwsAsync(claude.send('codex@bob', 'again', { conversation_id: id }), { code: 'conversation_paused' })
})
