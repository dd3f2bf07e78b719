import test from 'ava'
import { agentDid } from '../../../src/base/did.ts'
import { newId } from '../../../src/base/ids.ts'
import { testNode } from '../../helpers/node.ts'

test('agents and the operator write to each other by name, and each reads its own', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  await claude.send('codex-1', 'to codex')
  await codex.send('claude-1', 'to claude')
  await claude.send('alice', 'to the operator')
  await node.operator.send('claude-1', 'from the operator')
  t.deepEqual(await claude.texts(), ['to claude', 'from the operator'])
  t.deepEqual(await codex.texts(), ['to codex'])
  t.deepEqual(await node.operator.texts(), ['to the operator'])
})

test('whom a message is from is what the token says, with its name and whether a person wrote it', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  await node.agent('codex-1')
  await claude.send('codex-1', 'hello')
  await node.operator.send('codex-1', 'hi')
  const { items } = await node.as('codex-1').call('messages.read')
  t.deepEqual(
    items.map(({ from }) => from),
    [
      { did: claude.did, name: 'claude-1', local: true, human: false },
      { did: node.did, name: 'alice', local: true, human: true },
    ],
  )
  t.like(items[0], { to: agentDid(node.did, 'codex-1'), to_name: 'codex-1', body: 'hello' })
})

test('names match whole: `claude` never gets what is for `claude-2`', async (t) => {
  await using node = await testNode('alice')
  const [claude, second] = [await node.agent('claude'), await node.agent('claude-2')]
  await node.operator.send('claude-2', 'for the second')
  await node.operator.send('claude', 'for the first')
  t.deepEqual(await claude.texts(), ['for the first'])
  t.deepEqual(await second.texts(), ['for the second'])
  for (const name of ['claude-', 'CLAUDE', 'claude-3']) {
    await t.throwsAsync(node.operator.send(name, 'x'), { code: 'unknown_name' })
  }
})

test('nobody is told "sent" for a name that does not exist, and nothing is kept', async (t) => {
  await using node = await testNode('alice')
  await t.throwsAsync(node.operator.send('bob', 'x'), { code: 'unknown_name' })
  await t.throwsAsync(node.operator.send('claude@alice', 'x'), { code: 'unknown_name' })
  await t.throwsAsync(node.operator.send('alice', 'to myself'), { code: 'invalid_input' })
  t.deepEqual((await node.operator.call('conversations.list')).items, [])
})

test('reading takes nothing away: only the cursor that comes back says that mail was shown', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  for (const text of ['one', 'two', 'three']) await node.operator.send('claude-1', text)
  // An answer that was lost on its way loses nothing.
  t.deepEqual(await claude.texts(), ['one', 'two', 'three'])
  const first = await claude.call('messages.read', { limit: 2 })
  t.deepEqual([first.items.map((item) => item.body), first.unread], [['one', 'two'], 3])
  t.is(first.next_cursor, first.cursor)
  const second = await claude.call('messages.read', { limit: 2, cursor: first.cursor })
  t.deepEqual([second.items.map((item) => item.body), second.unread, second.next_cursor], [['three'], 1, undefined])
  // The answer with `three` is lost: it is asked for again, with the cursor there is.
  t.deepEqual(await claude.texts({ cursor: first.cursor }), ['three'])
  t.deepEqual(await claude.texts(), ['three'])
  const last = await claude.call('messages.read', { cursor: second.cursor })
  t.deepEqual([last.items, last.unread], [[], 0])
  t.deepEqual(await claude.texts(), [])
})

test('mail that comes between two reads is neither lost nor marked by the older cursor', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  await node.operator.send('claude-1', 'one')
  const { cursor } = await claude.call('messages.read')
  await node.operator.send('claude-1', 'two')
  t.deepEqual(await claude.texts({ cursor }), ['two'])
  t.deepEqual(await claude.texts(), ['two'])
})

test('an old cursor goes back to nothing, one from beyond the end marks nothing that was not there', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  await node.operator.send('claude-1', 'one')
  const { cursor: old } = await claude.call('messages.read')
  await node.operator.send('claude-1', 'two')
  const { cursor } = await claude.call('messages.read', { cursor: old })
  await claude.call('messages.read', { cursor })
  await node.operator.send('claude-1', 'three')
  t.deepEqual(await claude.texts({ cursor: old }), ['three'])
  t.deepEqual(await claude.texts({ cursor: 'czzzzzz' }), [])
  await node.operator.send('claude-1', 'four')
  t.deepEqual(await claude.texts(), ['four'])
  for (const wrong of ['x', 'c', 'c-1', 'c1.5', 'C1', 'c1 ', `c${'z'.repeat(11)}`]) {
    await t.throwsAsync(claude.call('messages.read', { cursor: wrong }), { code: 'invalid_cursor' }, wrong)
  }
})

test('all mail, newest first, page by page, marks nothing', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const texts = Array.from({ length: 7 }, (_, index) => `m${index}`)
  for (const text of texts) await node.operator.send('claude-1', text)
  const { cursor: shown } = await claude.call('messages.read', { limit: 2 })
  await claude.call('messages.read', { cursor: shown })
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await claude.call('messages.read', { view: 'all', limit: 3, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items.map((item) => item.body))
    t.is(page.unread, 5)
    cursor = page.next_cursor
  } while (cursor)
  t.deepEqual(seen, texts.toReversed())
  t.deepEqual(await claude.texts(), texts.slice(2))
})

test('a delivery is told stage by stage, each with its time, and never backwards', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const time = () => new Date(node.clock.now()).toISOString()
  const stored = time()
  const { id = '', ...sent } = await claude.send('codex-1', 'hello')
  t.like(sent, { stage: 'stored', to_name: 'codex-1', times: { queued: stored, stored } })
  const delivery = async () => (await claude.call('messages.show', { id })).delivery
  await node.clock.advance(1000)
  const { cursor } = await codex.call('messages.read')
  t.is((await delivery())?.stage, 'stored')
  await codex.call('messages.read', { cursor })
  const shown = time()
  t.like(await delivery(), { stage: 'shown', times: { queued: stored, stored, shown } })
  await node.clock.advance(1000)
  await codex.call('messages.acknowledge', { id })
  const acknowledged = time()
  t.deepEqual((await delivery())?.times, { queued: stored, stored, shown, acknowledged })
  await node.clock.advance(1000)
  t.like(await codex.call('messages.acknowledge', { id }), { shown_at: shown, acknowledged_at: acknowledged })
  await codex.call('messages.read', { cursor })
  t.deepEqual((await delivery())?.times, { queued: stored, stored, shown, acknowledged })
})

test('acknowledging says that it was shown too', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const { id = '' } = await claude.send('codex-1', 'hello')
  await node.clock.advance(5)
  const now = new Date(node.clock.now()).toISOString()
  t.like(await codex.call('messages.acknowledge', { id }), { shown_at: now, acknowledged_at: now })
  const { delivery } = await claude.call('messages.show', { id })
  t.like(delivery, { stage: 'acknowledged', times: { shown: now, acknowledged: now } })
  t.deepEqual([await codex.texts(), (await codex.call('messages.read')).unread], [[], 0])
})

test('a reply acknowledges what it answers, goes to who wrote it, and stays in the conversation', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const { id = '', conversation_id } = await claude.send('codex-1', 'a question')
  const reply = await codex.send(undefined, 'an answer', { reply_to: id })
  t.like(reply, { to: claude.did, conversation_id })
  t.is((await claude.call('messages.show', { id })).delivery?.stage, 'acknowledged')
  t.deepEqual(await codex.texts(), [])
  const { items } = await claude.call('messages.read')
  t.like(items[0], { body: 'an answer', reply_to: id, conversation_id })
  t.like(await claude.send(undefined, 'and more', { reply_to: id }), { to: codex.did, conversation_id })
})

test('only who was sent a message acknowledges it, answers it, or sees it', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex, other] = [
    await node.agent('claude-1'),
    await node.agent('codex-1'),
    await node.agent('gemini-1'),
  ]
  const { id = '', conversation_id = '' } = await claude.send('codex-1', 'between us: swordfish')
  for (const call of [
    other.call('messages.show', { id }),
    other.call('messages.acknowledge', { id }),
    other.send(undefined, 'x', { reply_to: id }),
    other.call('conversations.show', { id: conversation_id }),
  ]) {
    await t.throwsAsync(call, { code: 'not_found' })
  }
  t.deepEqual(await other.texts({ view: 'all' }), [])
  t.deepEqual((await other.call('conversations.list')).items, [])
  t.deepEqual((await other.call('conversations.list', { query: 'swordfish' })).items, [])
  t.is((await codex.call('messages.show', { id })).body, 'between us: swordfish')
  await t.throwsAsync(claude.call('messages.acknowledge', { id }), { code: 'not_permitted' })
  // The operator, whose node it is, sees it, and speaks for no agent.
  t.is((await node.operator.call('messages.show', { id })).body, 'between us: swordfish')
  await t.throwsAsync(node.operator.call('messages.acknowledge', { id }), { code: 'not_permitted' })
})

test('mail to the bare node goes to the operator and to the agent the operator named for it', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1', { default: true }), await node.agent('codex-1')]
  await codex.send('alice', 'for the node')
  t.deepEqual(await claude.texts(), ['for the node'])
  t.deepEqual(await node.operator.texts(), ['for the node'])
  await claude.send('alice', 'from the default agent')
  t.deepEqual(await claude.texts(), ['for the node'])
  t.deepEqual(await node.operator.texts(), ['for the node', 'from the default agent'])
  await node.operator.call('agents.update', { name: 'codex-1', default: true })
  await claude.send('alice', 'for the other')
  t.deepEqual(await codex.texts(), ['for the other'])
  t.deepEqual(await claude.texts(), ['for the node'])
})

test('a waiting read answers at once when mail comes, and with nothing when its time is over', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const waiting = claude.texts({ wait: true, timeout: 30 })
  await node.operator.send('claude-1', 'good morning')
  t.deepEqual(await waiting, ['good morning'])
  const { cursor } = await claude.call('messages.read')
  let answered = false
  const late = claude.call('messages.read', { wait: true, timeout: 30, cursor }).then(({ items }) => {
    answered = true
    return items
  })
  await node.clock.advance(29_999)
  t.false(answered)
  await node.clock.advance(1)
  t.deepEqual(await late, [])
})

test('a waiting read is not woken by the mail of others, and ends with its caller', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  await node.agent('codex-1')
  const gone = new AbortController()
  const waiting = claude.call('messages.read', { wait: true }, gone.signal)
  await node.operator.send('codex-1', 'x')
  gone.abort(new Error('gone'))
  await t.throwsAsync(waiting, { message: 'gone' })
})

test('an agent that waits for mail is online', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const presence = async () => (await node.operator.call('agents.show', { name: 'claude-1' })).presence
  t.is(await presence(), 'offline')
  const waiting = claude.texts({ wait: true, timeout: 5 })
  await node.clock.advance(0)
  t.is(await presence(), 'online')
  await node.clock.advance(5000)
  await waiting
  t.is(await presence(), 'offline')
})

test('the same id sends once; another message under it is refused', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const id = newId(node.clock.now())
  const [first, again] = await Promise.all([
    claude.send('codex-1', 'once', { id }),
    claude.send('codex-1', 'once', { id }),
  ])
  t.deepEqual(again, first)
  t.deepEqual(await claude.send('codex-1', 'once', { id }), first)
  t.deepEqual(await codex.texts(), ['once'])
  await t.throwsAsync(claude.send('codex-1', 'other', { id }), { code: 'already_exists' })
  await t.throwsAsync(claude.send('alice', 'once', { id }), { code: 'already_exists' })
  t.deepEqual(await node.operator.texts(), [])
  // An id is of its sender: nobody can take another's.
  await codex.send('claude-1', 'mine', { id })
  t.deepEqual(await claude.texts(), ['mine'])
  t.is((await codex.call('messages.show', { id })).body, 'once', 'both are its own; the one it was sent came first')
})

test('a message to nobody goes to all other agents and to connected peers of trust 1 or more', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex, gemini] = [
    await node.agent('claude-1'),
    await node.agent('codex-1'),
    await node.agent('gemini-1'),
  ]
  const [bob, stranger] = [await node.peer('bob', 1), await node.peer('mallory')]
  const away = await node.peer('carol', 2)
  away.disconnect()
  const { items = [], id } = await claude.send(undefined, 'hello everybody')
  await node.settle()
  t.is(id, undefined)
  t.deepEqual(
    items.map((item) => [item.to_name, item.stage]),
    [
      ['codex-1', 'stored'],
      ['gemini-1', 'stored'],
      ['bob', 'queued'],
    ],
  )
  t.is(new Set(items.map((item) => item.conversation_id)).size, 1)
  t.deepEqual(
    [await codex.texts(), await gemini.texts(), await claude.texts()],
    [['hello everybody'], ['hello everybody'], []],
  )
  t.deepEqual(
    [bob, stranger, away].map((peer) => peer.received.map((envelope) => envelope.body['text'])),
    [['hello everybody'], [], []],
  )
  await t.throwsAsync(claude.send(undefined, 'x', { id: newId(1) }), { code: 'invalid_input' })
})

test('a message to nobody where nobody is goes nowhere', async (t) => {
  await using node = await testNode('alice')
  t.deepEqual(await node.operator.send(undefined, 'is there anybody?'), { items: [] })
})

test('texts are kept as they are, within their limits', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const texts = ['\u0000\u001b[31m\r\n\t', '世界 😀 e\u0301', ' ', '"}', '\u202e', 'x'.repeat(256 << 10)]
  for (const text of texts) await node.operator.send('claude-1', text)
  t.deepEqual(await claude.texts(), texts)
  for (const text of ['', 'x'.repeat((256 << 10) + 1), '世'.repeat(100_000), 'half \ud800', '\udc00']) {
    await t.throwsAsync(node.operator.send('claude-1', text), { code: 'invalid_input' }, text.slice(0, 10))
  }
  await t.throwsAsync(node.operator.send('claude-1', '\u0001'.repeat(200 << 10)), { code: 'too_large' })
})

test('mail, its stages and its cursors are there after a restart', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const { id = '' } = await claude.send('alice', 'question')
  await node.operator.send('claude-1', 'one')
  const { cursor } = await claude.call('messages.read')
  await node.restart()
  await node.operator.send('claude-1', 'two')
  t.deepEqual(await claude.texts({ cursor }), ['two'])
  t.is((await claude.call('messages.read')).unread, 1)
  t.is((await claude.call('messages.show', { id })).delivery?.stage, 'stored')
  t.deepEqual(await node.operator.texts(), ['question'])
})

test('how much is unread is right from the first message on', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const unread = async () => (await claude.call('node.status')).unread
  await node.operator.send('claude-1', 'one')
  t.is(await unread(), 1)
  await Promise.all(['two', 'three'].map((text) => node.operator.send('claude-1', text)))
  t.is(await unread(), 3)
  const { items, cursor } = await claude.call('messages.read', { limit: 2 })
  await claude.call('messages.acknowledge', { id: items[0]?.id ?? '' })
  t.is(await unread(), 2)
  await claude.call('messages.read', { cursor })
  t.is(await unread(), 1)
  await node.restart()
  t.is(await unread(), 1)
})

test('who waits for a stage is answered when it is reached, or with what there is when time is over', async (t) => {
  await using node = await testNode('alice')
  const [claude, codex] = [await node.agent('claude-1'), await node.agent('codex-1')]
  const id = newId(node.clock.now())
  const waiting = claude.send('codex-1', 'hello', { id, wait_for: 'acknowledged', timeout: 60 })
  await node.clock.advance(1000)
  await codex.call('messages.acknowledge', { id })
  t.is((await waiting).stage, 'acknowledged')
  const late = claude.send('codex-1', 'again', { wait_for: 'shown', timeout: 60 })
  await node.clock.advance(60_000)
  t.is((await late).stage, 'stored')
})
