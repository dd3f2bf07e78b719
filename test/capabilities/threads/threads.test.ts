import test from 'ava'
import { agentDid } from '../../../src/base/did.ts'
import { type EntryParts, makeEntry } from '../../../src/log/entry.ts'
import { testNode } from '../../helpers/node.ts'
import { newKey, type Remote } from '../../helpers/remote.ts'

/** The first entry of a thread, and what its maker's node may write on. */
function threadOf(
  { key }: Pick<Remote, 'key'>,
  facts: Record<string, unknown>,
  now: number,
  more: Partial<EntryParts> = {},
) {
  const first = makeEntry(key, {
    ...{ author: key.did, seq: 0, prev: undefined, heads: [], lamport: 1, at: now, type: 'thread.create', facts },
    ...more,
  })
  const next = (type: string, facts: Record<string, unknown>, text?: string, lamport = 2, prev = first.id) =>
    makeEntry(key, {
      ...{ space: first.id, author: key.did, seq: lamport - 1, prev, heads: [], lamport, at: now, type, facts },
      ...(text === undefined ? {} : { texts: { text } }),
    })
  return { first, next }
}

test('a thread of somebody of trust 2 is there at once; of whom is trusted less it is refused', async (t) => {
  await using node = await testNode('alice')
  const [bob, carol] = [await node.peer('bob', 2), await node.peer('carol', 1)]
  const thread = threadOf(bob, { participants: [node.did], title: 'plans' }, node.clock.now())
  const body = { create: thread.first.signed, members: [bob.did, node.did].map((did) => ({ did, addresses: [] })) }
  t.is((await bob.post('thread.create', body))?.stage, 'stored')
  t.is((await bob.post('thread.create', body))?.stage, 'stored', 'told twice')
  const { items } = await node.operator.call('threads.list', {})
  t.is(items.length, 1)
  t.like(items[0], { id: thread.first.id, title: 'plans', status: 'open' })
  t.is(node.parts.events.after(0, 100).filter(({ type }) => type === 'thread.invited').length, 2)

  const hers = threadOf(carol, { participants: [node.did] }, node.clock.now())
  const refused = await carol.post('thread.create', { create: hers.first.signed, members: [] })
  t.is(refused?.reason, 'not_permitted')
  t.is((await node.operator.call('threads.list', {})).items.length, 1)
})

test('nobody is brought into a thread by what is forged, another’s, or does not name them', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 4)
  const now = node.clock.now()
  const { first, next } = threadOf(bob, { participants: [node.did] }, now)
  const other = threadOf({ key: newKey() }, { participants: [node.did] }, now)
  const unnamed = threadOf(bob, { participants: [] }, now)
  const stranger = threadOf(bob, { participants: [agentDid(node.did, 'nobody')] }, now)
  const signed = first.signed
  const cases: [string, Record<string, unknown>, string][] = [
    ['of another node', { create: other.first.signed }, 'malformed'],
    ['that does not name it', { create: unnamed.first.signed }, 'malformed'],
    ['for an agent that is not here', { create: stranger.first.signed }, 'unknown_agent'],
    ['with other facts', { create: { ...signed, facts: unnamed.first.signed.facts } }, 'malformed'],
    ['with a broken header', { create: { ...signed, header: signed.header.replace('"v":1', '"v":2') } }, 'malformed'],
    [
      'that is a project',
      { create: threadOf(bob, { name: 'x' }, now, { type: 'project.create' }).first.signed },
      'malformed',
    ],
    [
      'whose update is of another',
      { create: signed, update: unnamed.next('thread.update', { add: [node.did] }).signed },
      'malformed',
    ],
    [
      'whose update adds nobody of here',
      { create: signed, update: next('thread.update', { title: 'x' }).signed },
      'malformed',
    ],
    ['without an entry', { create: { header: '{}', facts: '{}' } }, 'malformed'],
    ['in another shape', { create: 'x' }, 'malformed'],
  ]
  for (const [what, body, reason] of cases) {
    const receipt = await bob.post('thread.create', { members: [], ...body })
    t.is(receipt?.reason, reason, `a thread ${what}`)
  }
  t.deepEqual((await node.operator.call('threads.list', {})).items, [])
  t.deepEqual(node.parts.inProjects.spaces.list(), [])
})

test('a peer brings its friends into a thousand threads at most; those that have ended do not count', async (t) => {
  await using node = await testNode('alice')
  const bob = await node.peer('bob', 2)
  const now = node.clock.now()
  const make = (title: string) => threadOf(bob, { title, participants: [node.did] }, now)
  const post = async ({ first }: ReturnType<typeof make>) =>
    (await bob.post('thread.create', { create: first.signed, members: [] }))?.reason
  const last = make('999')
  for (let from = 0; from < 999; from += 111)
    await Promise.all(Array.from({ length: 111 }, (_, n) => post(make(`${from + n}`))))
  t.is(await post(last), undefined)
  t.is(await post(make('one more')), 'requests_full')
  t.is(await post(last), undefined, 'what is known may be told again')
  const end = last.next('thread.close', {})
  await node.parts.inProjects.spaces.admit(last.first.id, [end], bob.did)
  t.is(await post(make('one more')), undefined)
})

test('what comes in a thread lies in inboxes once, whatever comes again, and is hidden of whom is blocked', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude-1')
  const other = await node.agent('claude-2')
  const bob = await node.peer('bob', 2)
  const thread = threadOf(bob, { participants: [claude.did] }, node.clock.now())
  await bob.post('thread.create', { create: thread.first.signed, members: [] })
  const entry = thread.next('thread.message', {}, 'are you there?')
  const { spaces } = node.parts.inProjects
  await spaces.admit(thread.first.id, [entry], bob.did)
  await spaces.admit(thread.first.id, [entry], bob.did)
  await node.restart()
  await node.parts.inProjects.spaces.admit(thread.first.id, [entry], bob.did)
  t.deepEqual(await claude.texts(), ['are you there?'])
  t.deepEqual(await other.texts(), [])
  t.deepEqual(await node.operator.texts(), [])
  const [mail] = (await claude.call('messages.read')).items
  t.like(mail?.said_in, { thread_id: thread.first.id, entry: entry.id })

  await node.operator.call('friends.block', { name: bob.did })
  t.deepEqual(await claude.texts(), [])
  t.deepEqual((await claude.call('threads.read', { thread_id: thread.first.id })).items, [])
  const more = thread.next('thread.message', {}, 'hello?', 3, entry.id)
  await node.parts.inProjects.spaces.admit(thread.first.id, [more], bob.did)
  t.deepEqual(await claude.texts(), [])
  await node.operator.call('friends.unblock', { name: bob.did })
  t.deepEqual(await claude.texts(), ['are you there?'])
  t.is((await claude.call('threads.read', { thread_id: thread.first.id })).items.length, 2)
})

test('agents see the threads they take part in, the operator all of the node’s; nobody else’s id tells anything', async (t) => {
  await using node = await testNode('alice')
  const [one, two, favourite] = [
    await node.agent('one'),
    await node.agent('two'),
    await node.agent('favourite', { default: true }),
  ]
  const of = async (caller: typeof one) => (await caller.call('threads.list', {})).items.map(({ title }) => title)
  const hers = await one.call('threads.create', { title: 'with two', participants: ['two'] })
  await node.operator.call('threads.create', { title: 'the operator’s' })
  t.deepEqual(await of(one), ['with two'])
  t.deepEqual(await of(two), ['with two'])
  t.deepEqual(await of(favourite), ['the operator’s'], 'as the node’s mail does')
  t.deepEqual((await of(node.operator)).sort(), ['the operator’s', 'with two'])
  for (const [name, input] of [
    ['threads.show', {}],
    ['threads.say', { body: 'x' }],
    ['threads.close', {}],
    ['threads.add', { name: 'favourite' }],
  ] as const)
    await t.throwsAsync(favourite.call(name, { thread_id: hers.id, ...input } as never), { code: 'not_found' } as never)
  await t.throwsAsync(two.call('threads.close', { thread_id: hers.id }), { code: 'not_permitted' } as never)
  t.is((await node.operator.call('threads.close', { thread_id: hers.id, reason: 'enough' })).reason, 'enough')
  await t.throwsAsync(one.call('threads.show', { thread_id: 'zzzzzz' }), { code: 'not_found' } as never)
  await t.throwsAsync(one.call('threads.read', { thread_id: hers.id, cursor: 'c12' }), {
    code: 'invalid_cursor',
  } as never)
})

test('agents who talk in a thread without a person are stopped', async (t) => {
  await using node = await testNode('alice', { settings: { conversation_budget: 3 } })
  const [one, two] = [await node.agent('one'), await node.agent('two')]
  const { id: thread_id } = await one.call('threads.create', { participants: ['two'] })
  for (const speaker of [one, two, one]) await speaker.call('threads.say', { thread_id, body: 'and then?' })
  await t.throwsAsync(two.call('threads.say', { thread_id, body: 'and then?' }), {
    code: 'conversation_paused',
  } as never)
  t.true(node.parts.events.after(0, 100).some(({ type }) => type === 'conversation.paused'))
  t.is((await one.call('threads.show', { thread_id })).messages, 3)
  await node.operator.call('threads.say', { thread_id, body: 'go on' })
  await t.notThrowsAsync(two.call('threads.say', { thread_id, body: 'and then?' }))
})
