import test from 'ava'
import { newId } from '../../../src/base/ids.ts'
import type { OperationName, Output } from '../../../src/operations.ts'
import { fc } from '../../helpers/fast-check.ts'
import { type TestCaller, testNode } from '../../helpers/node.ts'

/** All pages of a list, one item after the other, and how many pages there were. */
async function pages<Item>(
  ask: (cursor: { cursor?: string }) => Promise<{ items: Item[]; next_cursor?: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = []
  let cursor: string | undefined
  for (let count = 0; count < 200; count++) {
    const page = await ask(cursor === undefined ? {} : { cursor })
    all.push(...page.items)
    cursor = page.next_cursor
    if (cursor === undefined) return all
  }
  throw new Error('the pages have no end')
}

const ids = (list: Output<Extract<OperationName, 'conversations.list'>>['items']) => list.map((item) => item.id)
const found = async (caller: TestCaller, query: string) =>
  ids((await caller.call('conversations.list', { query })).items)

test('conversations are listed latest first, with who takes part and what was said last', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const first = await claude.send('codex-1', 'one')
  await node.clock.advance(1000)
  await node.operator.send('claude-1', 'two')
  await node.clock.advance(1000)
  await codex.send(undefined, 'three', { reply_to: first.id })
  const { items } = await node.operator.call('conversations.list')
  t.deepEqual(
    items.map((item) => [item.last?.body, item.messages]),
    [
      ['three', 2],
      ['two', 1],
    ],
  )
  t.like(items[0], {
    id: first.conversation_id,
    last_at: new Date(node.clock.now()).toISOString(),
    agent_messages: 2,
    paused: false,
  })
  t.deepEqual(
    items.map((item) => item.participants.toSorted()),
    [['claude-1', 'codex-1'], ['claude-1']],
    'with whom, without oneself',
  )
  t.deepEqual((await codex.call('conversations.list')).items[0]?.participants, ['claude-1'])
  t.deepEqual(
    (await codex.call('conversations.list')).items.map((item) => item.last?.body),
    ['three'],
  )
})

test('paging visits every conversation and every message once, in order, whatever the page', async (t) => {
  await using node = await testNode('alice', { settings: { conversation_budget: 1000 } })
  const [claude] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const made: string[] = []
  for (let count = 0; count < 23; count++) {
    const { id = '' } = await claude.send('codex-1', `hello ${count}`)
    made.unshift(id)
  }
  const long = made.at(-1) ?? ''
  for (let count = 0; count < 30; count++) await claude.send('codex-1', `more ${count}`, { conversation_id: long })
  const expected = [long, ...made.slice(0, -1)]
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.boolean(), async (limit, operator) => {
      const caller = operator ? node.operator : claude
      const list = await pages((cursor) => caller.call('conversations.list', { limit, ...cursor }))
      t.deepEqual(ids(list), expected)
      const show = await pages((cursor) => caller.call('conversations.show', { id: long, limit, ...cursor }))
      t.deepEqual(
        show.map((message) => message.body),
        [...Array.from({ length: 30 }, (_, index) => `more ${29 - index}`), 'hello 0'],
      )
      const search = await pages((cursor) => caller.call('conversations.list', { query: 'hello', limit, ...cursor }))
      t.deepEqual(ids(search), made)
    }),
    { numRuns: 15 },
  )
})

test('a search finds each conversation once, where it matches last', async (t) => {
  await using node = await testNode('alice', { settings: { conversation_budget: 1000 } })
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const { id: a = '' } = await claude.send('codex-1', 'deploy one')
  const { id: b = '' } = await claude.send('codex-1', 'deploy two')
  for (const conversation_id of [a, b, a, b, a]) await codex.send('claude-1', 'deploy again', { conversation_id })
  for (const limit of [1, 2, 3]) {
    const all = await pages((cursor) => node.operator.call('conversations.list', { query: 'deploy', limit, ...cursor }))
    t.deepEqual(ids(all), [a, b], `${limit} a page`)
  }
})

test('a search knows words, their beginnings and other scripts', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const { id = '' } = await claude.send('alice', 'The Überfluss of 世界, über-all: x_y 42')
  for (const query of ['überfluss', 'uberf', 'OF the', 'x', '42', '世界', '"über"', 'all*']) {
    t.deepEqual(await found(node.operator, query), [id], query)
  }
  for (const query of ['fluss', 'nothing', 'the nothing']) t.deepEqual(await found(node.operator, query), [], query)
  for (const query of ['', '***', '"']) await t.throwsAsync(found(node.operator, query), { code: 'invalid_input' })
})

test('an agent finds and is shown only what it said or was told, also within a conversation it is part of', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const { items = [] } = await node.operator.send(undefined, 'hello everybody')
  const conversation_id = items[0]?.conversation_id ?? ''
  await node.operator.send('codex-1', 'your password is swordfish', { conversation_id })
  for (const query of ['swordfish', 's', 'password']) {
    t.deepEqual(await found(claude, query), [], query)
    t.deepEqual(await found(codex, query), [conversation_id], query)
  }
  const texts = async (caller: TestCaller) =>
    (await caller.call('conversations.show', { id: conversation_id })).items.map((item) => item.body)
  t.deepEqual(await texts(claude), ['hello everybody'])
  t.deepEqual(await texts(codex), ['your password is swordfish', 'hello everybody'])
  t.is((await claude.call('conversations.list')).items[0]?.last?.body, 'hello everybody')
})

test('who speaks into a conversation it only heard of sees its own words there, not those of others', async (t) => {
  await using node = await testNode('alice')
  const [claude, , other] = [await node.agent('claude-1'), await node.agent('codex-1'), await node.agent('gemini-1')]
  const { id = '' } = await claude.send('codex-1', 'a secret')
  await other.send('alice', 'let me in', { conversation_id: id })
  const { items, conversation } = await other.call('conversations.show', { id })
  t.deepEqual(
    items.map((item) => item.body),
    ['let me in'],
  )
  t.deepEqual([conversation.last?.body, conversation.participants.toSorted()], ['let me in', ['alice']])
  t.deepEqual(await found(other, 'secret'), [])
})

test('what does not exist is not found', async (t) => {
  await using node = await testNode('alice')
  await t.throwsAsync(node.operator.call('conversations.show', { id: newId(1) }), { code: 'not_found' })
  await t.throwsAsync(node.operator.call('conversations.resume', { id: newId(1) }), { code: 'not_found' })
  await t.throwsAsync(node.operator.call('conversations.list', { cursor: 'rubbish' }), { code: 'invalid_cursor' })
})

test('who reads conversation by conversation says of single messages that they were seen', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const one = await claude.send('codex-1', 'one')
  await claude.send('codex-1', 'two', { conversation_id: one.conversation_id })
  const other = await node.operator.send('codex-1', 'of something else')
  const conversation = async (id = '') => (await codex.call('conversations.show', { id })).items
  const unread = async () =>
    (await codex.call('conversations.list')).items.map(({ unread, parties }) => [unread, parties[0]?.did])
  const [operator, claudeDid] = [node.did, `${node.did}#claude-1`]
  t.deepEqual(await unread(), [
    [1, operator],
    [2, claudeDid],
  ])
  t.deepEqual(
    (await conversation(one.conversation_id)).map((item) => [item.body, item.unread, item.delivery?.stage]),
    [
      ['two', true, undefined],
      ['one', true, undefined],
    ],
  )
  const ids = [one.id ?? '', one.id ?? '', newId(1)]
  t.deepEqual(await codex.call('messages.seen', { ids }), { shown: 1, unread: 2 })
  t.deepEqual(await codex.call('messages.seen', { ids }), { shown: 0, unread: 2 }, 'once')
  t.deepEqual(await unread(), [
    [1, operator],
    [1, claudeDid],
  ])
  t.deepEqual(
    (await claude.call('conversations.show', { id: one.conversation_id ?? '' })).items.map((item) => [
      item.body,
      item.unread,
      item.delivery?.stage,
    ]),
    [
      ['two', false, 'stored'],
      ['one', false, 'shown'],
    ],
    'who sent them is told, of its own',
  )
  await claude.call('messages.seen', { ids: [other.id ?? ''] })
  t.is((await conversation(other.conversation_id))[0]?.unread, true, 'nobody says it for another')
})
