import test from 'ava'
import Sqlite from 'better-sqlite3'
import { network, type TestNode } from './helpers/network.ts'
import { inbox, sharedProject, trustEachOther } from './helpers/shared.ts'

/** Every text in every table of a node's database, and in the files beside it. */
function everything(node: TestNode): string {
  const sqlite = new Sqlite(node.home.database, { readonly: true })
  try {
    const tables = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
    return tables
      .map(({ name }) => {
        try {
          return JSON.stringify(sqlite.prepare(`SELECT * FROM "${name}"`).all())
        } catch {
          // Shadow tables of full-text search that cannot be read by themselves.
          return ''
        }
      })
      .join('\n')
  } finally {
    sqlite.close()
  }
}

test('a private thread is nowhere but on the nodes of those who take part', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer', carol: 'developer' })
  const thread = await alice.call('threads.create', { title: 'secret plans', participants: ['bob'], project_id })
  await net.settle()
  const { id: thread_id } = thread
  t.deepEqual(thread.participants.map(({ name }) => name).sort(), ['alice', 'bob'])
  const said = await alice.call('threads.say', { thread_id, body: 'the treasure is buried' })
  await net.settle()
  await bob.call('threads.say', {
    thread_id: thread_id.slice(0, 8),
    body: 'under the oak',
    reply_to: said.id.slice(0, 8),
  })
  await net.settle()

  t.deepEqual(await inbox(alice), ['under the oak'])
  t.deepEqual(await inbox(bob), ['the treasure is buried'])
  for (const node of [alice, bob]) {
    const { items, thread } = await node.call('threads.read', { thread_id })
    t.deepEqual(
      items.map(({ body }) => body),
      ['under the oak', 'the treasure is buried'],
    )
    t.like(thread, { title: 'secret plans', status: 'open', messages: 2, project_id })
    t.is((await node.call('threads.read', { thread_id, query: 'oak' })).items.length, 1)
    t.deepEqual(
      (await node.call('threads.list', { project_id })).items.map(({ id }) => id),
      [thread_id],
    )
  }
  t.is(
    (await alice.call('threads.show', { thread_id })).participants.find(({ name }) => name === 'bob')?.told,
    'joined',
  )

  t.deepEqual((await carol.call('threads.list', {})).items, [])
  await t.throwsAsync(carol.call('threads.read', { thread_id }), { code: 'not_found' } as never)
  const hers = everything(carol)
  for (const secret of ['secret plans', 'treasure', 'oak', thread_id, said.id]) t.false(hers.includes(secret), secret)
  t.true(everything(bob).includes('treasure'), 'the test looks where it would be')

  const report = await bob.call('reports.submit', {
    project_id,
    title: 'Outcome',
    text: 'We dig on Monday.',
    thread_id,
  })
  t.is(report.thread_id, thread_id)
  await net.settle()
  const [shown] = (await carol.call('reports.list', { project_id })).items
  t.like(shown, { title: 'Outcome', text: 'We dig on Monday.', by: { name: 'bob', role: 'developer' } })
  await t.throwsAsync(carol.call('reports.submit', { project_id, title: 'x', text: 'x', thread_id }), {
    code: 'not_found',
  } as never)
})

test('participants are told when they come; agents of one node need no telling', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  for (const name of ['claude-1', 'claude-2', 'claude-3']) await alice.call('agents.register', { name })
  await bob.call('agents.register', { name: 'codex-1' })
  await bob.stop()
  const { id: thread_id } = await alice.call(
    'threads.create',
    { participants: ['claude-2', 'codex-1@bob'] },
    'claude-1',
  )
  await alice.call('threads.say', { thread_id, body: 'who is here?' }, 'claude-1')
  t.deepEqual(await inbox(alice, 'claude-2'), ['who is here?'])
  t.deepEqual(await inbox(alice, 'claude-1'), [])
  await t.throwsAsync(alice.call('threads.read', { thread_id }, 'claude-3'), { code: 'not_found' } as never)
  await t.throwsAsync(alice.call('threads.say', { thread_id, body: 'me' }, 'claude-3'), { code: 'not_found' } as never)

  await bob.restart()
  await net.connect()
  await net.settle()
  t.deepEqual(await inbox(bob, 'codex-1'), ['who is here?'])
  await bob.call('threads.say', { thread_id, body: 'I am' }, 'codex-1')
  await net.settle()
  t.deepEqual(await inbox(alice, 'claude-1'), ['I am'])
  await alice.restart()
  await bob.restart()
  await net.connect()
  await net.settle()
  t.deepEqual(await inbox(alice, 'claude-1'), ['I am'])
  t.deepEqual(await inbox(bob, 'codex-1'), ['who is here?'])
})

test('a removed participant gets nothing more, and nothing it says is heard', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const { id: thread_id } = await alice.call('threads.create', { participants: ['bob', 'carol'] })
  await net.settle()
  await alice.call('threads.say', { thread_id, body: 'all three' })
  await net.settle()
  await t.throwsAsync(carol.call('threads.remove', { thread_id, name: 'bob' }), { code: 'not_permitted' } as never)
  await alice.call('threads.remove', { thread_id, name: 'bob' })
  await net.settle()
  await carol.call('threads.say', { thread_id, body: 'without the third' })
  await net.settle()
  t.deepEqual(await inbox(alice), ['without the third'])
  t.deepEqual(await inbox(bob), ['all three'])
  t.is((await bob.call('threads.show', { thread_id })).status, 'left')
  t.false(everything(bob).includes('without the third'))
  await t.throwsAsync(bob.call('threads.say', { thread_id, body: 'and me?' }), { code: 'not_member' } as never)

  await alice.call('threads.add', { thread_id, name: 'bob' })
  await net.settle()
  t.is((await bob.call('threads.read', { thread_id })).items.length, 2, 'who is added again reads what was said')
  t.deepEqual(await inbox(bob), ['all three'], 'and that is history')
  await bob.call('threads.say', { thread_id, body: 'back' })
  await net.settle()
  t.deepEqual(await inbox(carol), ['all three', 'back'])
})

test('who leaves a thread is not in it any more, for anybody, though they were away', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const { id: thread_id } = await alice.call('threads.create', { participants: ['bob'] })
  await net.settle()
  await alice.stop()
  await bob.call('threads.remove', { thread_id, name: 'bob' })
  await alice.restart()
  await net.connect()
  await net.settle()
  t.is((await bob.call('threads.show', { thread_id })).status, 'left')
  t.deepEqual(
    (await alice.call('threads.show', { thread_id })).participants.map(({ name }) => name),
    ['alice'],
  )
})

test('open threads grow by whoever takes part, closed ones by their creator; trust and membership are asked for', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const open = await alice.call('threads.create', { participants: ['bob'] })
  const closed = await alice.call('threads.create', { participants: ['bob'], closed: true })
  await net.settle()
  await bob.call('threads.add', { thread_id: open.id, name: 'carol' })
  await net.settle()
  t.is((await carol.call('threads.show', { thread_id: open.id })).participants.length, 3)
  await t.throwsAsync(bob.call('threads.add', { thread_id: closed.id, name: 'carol' }), {
    code: 'not_permitted',
  } as never)

  await t.throwsAsync(alice.call('threads.create', { participants: ['bob'], min_trust: 3 }), { message: /trust 3/ })
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' })
  await t.throwsAsync(alice.call('threads.create', { participants: ['carol'], project_id }), { message: /no member/ })
  await t.throwsAsync(alice.call('threads.create', { participants: ['dora'] }), { code: 'unknown_name' } as never)
})

test('whoever does not trust enough is not brought in, and the creator is told', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await net.befriend('alice', 'bob')
  const { id: thread_id } = await alice.call('threads.create', { participants: ['bob'] })
  await net.settle()
  t.deepEqual((await bob.call('threads.list', {})).items, [])
  const told = (await alice.call('threads.show', { thread_id })).participants.find(({ did }) => did === bob.did)
  t.like(told, { told: 'refused', reason: 'not_permitted' })
  await bob.call('friends.add', { name: 'alice', trust_level: 2 })
  await alice.call('threads.add', { thread_id, name: 'bob' })
  await net.settle()
  t.is((await bob.call('threads.show', { thread_id })).status, 'open')
})

test('a thread ends with a reason, and then nobody speaks', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const { id: thread_id } = await alice.call('threads.create', { title: 'short', participants: ['bob'] })
  await net.settle()
  await bob.call('threads.say', { thread_id, body: 'done?' })
  await net.settle()
  await t.throwsAsync(bob.call('threads.close', { thread_id }), { code: 'not_permitted' } as never)
  await alice.call('threads.update', { thread_id, title: 'shorter' })
  await alice.call('threads.close', { thread_id, reason: 'all is said' })
  await net.settle()
  for (const node of [alice, bob]) {
    t.like(await node.call('threads.show', { thread_id }), { title: 'shorter', status: 'ended', reason: 'all is said' })
    await t.throwsAsync(node.call('threads.say', { thread_id, body: 'one more' }), { code: 'thread_closed' } as never)
    t.deepEqual((await node.call('threads.list', {})).items, [])
    t.is((await node.call('threads.list', { ended: true })).items.length, 1)
    t.is((await node.call('threads.read', { thread_id })).items.length, 1, 'it can still be read')
  }
})

test('all of it by REST, as the seed names it', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${alice.daemon.api_url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${alice.daemon.operator_token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, never> & { items?: never[] } }
  }
  const made = await call('POST', '/threads', { title: 'by hand', closed: true, min_trust: 1 })
  t.is(made.status, 201)
  const id = String(made.body['id'])
  t.is((await call('POST', `/threads/${id.slice(0, 10)}/participants`, { name: 'bob' })).status, 201)
  t.is((await call('POST', `/threads/${id}/messages`, { body: 'hello' })).status, 201)
  await net.settle()
  t.is((await bob.call('threads.read', { thread_id: id })).items.length, 1)
  t.is((await call('GET', `/threads/${id}/messages?query=hello`)).body.items?.length, 1)
  t.is((await call('GET', '/threads')).body.items?.length, 1)
  t.is((await call('PATCH', `/threads/${id}`, { title: 'renamed' })).body['title'], 'renamed' as never)
  t.is((await call('DELETE', `/threads/${id}/participants/bob`)).status, 200)
  t.is((await call('DELETE', `/threads/${id}?reason=enough`)).body['reason'], 'enough' as never)
  t.is((await call('GET', `/threads/${id}`)).body['status'], 'ended' as never)
  t.is((await call('POST', `/threads/${id}/messages`, { body: 'hello' })).status, 409)
  t.is((await call('GET', '/threads/abc')).status, 400)
  t.is((await call('GET', '/threads/abcdefgh')).status, 404)

  const project = String((await call('POST', '/projects', { name: 'feature' })).body['id'])
  t.is((await call('POST', `/projects/${project}/rooms`, { name: 'design' })).status, 201)
  t.is((await call('POST', `/projects/${project}/rooms/design/messages`, { body: 'blue' })).status, 201)
  t.is((await call('GET', `/projects/${project.slice(0, 8)}/rooms/design/messages`)).body.items?.length, 1)
  t.is((await call('GET', `/projects/${project}/messages?query=blue&room=design`)).body.items?.length, 1)
  t.is((await call('GET', `/projects/${project}/rooms`)).body.items?.length, 2)
  t.is((await call('POST', `/projects/${project}/decisions`, { title: 'blue it is' })).status, 201)
  t.is((await call('GET', `/projects/${project}/decisions`)).body.items?.length, 1)
  t.is((await call('POST', `/projects/${project}/reports`, { title: 'done', text: 'all' })).status, 201)
  t.is((await call('GET', `/projects/${project}/reports`)).body.items?.length, 1)
})
