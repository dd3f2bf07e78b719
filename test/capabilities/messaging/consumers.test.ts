import { randomUUID } from 'node:crypto'
import test from 'ava'
import { type TestCaller, testNode } from '../../helpers/node.ts'

async function consumer(caller: TestCaller, label: string) {
  const { id } = await caller.call('consumers.create', { label })
  let cursor: string | undefined
  return {
    id,
    /** Reads on, giving back the cursor it has. */
    async next(limit = 50): Promise<string[]> {
      const page = await caller.call('consumers.read', { id, limit, ...(cursor ? { cursor } : {}) })
      cursor = page.cursor
      return page.items.map((item) => item.body)
    },
    /** As if the last answer had never come. */
    lose(): void {
      cursor = undefined
    },
  }
}

test('each consumer has a cursor of its own on the same inbox', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const [first, second] = [await consumer(claude, 'first'), await consumer(claude, 'second')]
  for (const text of ['one', 'two', 'three']) await node.operator.send('claude-1', text)
  t.deepEqual(await first.next(2), ['one', 'two'])
  t.deepEqual(await second.next(), ['one', 'two', 'three'])
  t.deepEqual(await first.next(2), ['three'])
  t.deepEqual(await first.next(), [])
  t.deepEqual(await second.next(), [])
  await node.operator.send('claude-1', 'four')
  t.deepEqual([await first.next(), await second.next()], [['four'], ['four']])
})

test('a lost answer loses nothing, and a cursor given back moves on also after a restart', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const reader = await consumer(claude, 'reader')
  for (const text of ['one', 'two', 'three']) await node.operator.send('claude-1', text)
  t.deepEqual(await reader.next(1), ['one'])
  reader.lose()
  t.deepEqual(await reader.next(1), ['one'])
  t.deepEqual(await reader.next(1), ['two'])
  reader.lose()
  await node.restart()
  t.deepEqual(await reader.next(), ['two', 'three'])
})

test('what a consumer was shown counts as shown, and what is unread is counted for each', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const [first, second] = [await consumer(claude, 'first'), await consumer(claude, 'second')]
  const { id = '' } = await node.operator.send('claude-1', 'one')
  await node.operator.send('claude-1', 'two')
  await first.next(1)
  await first.next(1)
  t.is((await node.operator.call('messages.show', { id })).delivery?.stage, 'shown')
  t.deepEqual(await claude.texts(), ['two'])
  t.deepEqual(
    (await claude.call('consumers.list')).items.map(({ label, unread }) => [label, unread]),
    [
      ['first', 1],
      ['second', 2],
    ],
  )
  t.deepEqual(await second.next(), ['one', 'two'])
})

test('an old cursor does not take a consumer back', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const { id } = await claude.call('consumers.create', { label: 'x' })
  await node.operator.send('claude-1', 'one')
  const old = await claude.call('consumers.read', { id })
  await node.operator.send('claude-1', 'two')
  const { cursor } = await claude.call('consumers.read', { id, cursor: old.cursor })
  await claude.call('consumers.read', { id, cursor })
  const again = await claude.call('consumers.read', { id, cursor: old.cursor })
  t.deepEqual([again.items, again.unread, again.cursor], [[], 0, cursor])
})

test('a consumer waits for what comes', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const { id } = await claude.call('consumers.create', { label: 'x' })
  const waiting = claude.call('consumers.read', { id, wait: true })
  await node.operator.send('claude-1', 'one')
  t.deepEqual(
    (await waiting).items.map((item) => item.body),
    ['one'],
  )
})

test('a consumer is its owner’s alone, and goes when told to', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const { id } = await claude.call('consumers.create', { label: 'x' })
  for (const other of [codex, node.operator]) {
    await t.throwsAsync(other.call('consumers.read', { id }), { code: 'not_found' })
    await t.throwsAsync(other.call('consumers.remove', { id }), { code: 'not_found' })
    t.deepEqual((await other.call('consumers.list')).items, [])
  }
  t.deepEqual(await claude.call('consumers.remove', { id }), { removed: id })
  await t.throwsAsync(claude.call('consumers.read', { id }), { code: 'not_found' })
  await t.throwsAsync(claude.call('consumers.read', { id: randomUUID() }), { code: 'not_found' })
})

test('an inbox has a hundred consumers at most', async (t) => {
  await using node = await testNode('alice')
  const create = () => node.operator.call('consumers.create', { label: 'x' })
  const settled = await Promise.allSettled(Array.from({ length: 101 }, create))
  t.deepEqual(settled.filter(({ status }) => status === 'rejected').length, 1)
  await t.throwsAsync(create(), { code: 'rate_limited' })
})
