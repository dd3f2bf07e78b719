import test from 'ava'
import { network } from './helpers/network.ts'
import { inbox, joined, sharedProject, trustEachOther } from './helpers/shared.ts'

test('what is said in a room is seen by all members, and found by its words', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' })
  const design = await bob.call('rooms.create', { project_id, name: '#design', topic: 'how it looks' })
  t.like(design, { name: 'design', topic: 'how it looks', messages: 0 })
  await net.settle()
  const asked = await alice.call('rooms.say', { project_id, room: 'design', body: 'Shall the button be blue?' })
  await net.settle()
  const answer = await bob.call('rooms.say', {
    project_id,
    room: design.id.slice(0, 8),
    body: 'Green.',
    reply_to: asked.id.slice(0, 8),
  })
  t.is(answer.reply_to, asked.id)
  await bob.call('rooms.say', { project_id: project_id.slice(0, 6), room: 'main', body: 'the button is green' })
  await net.settle()

  for (const node of [alice, bob]) {
    const rooms = (await node.call('rooms.list', { project_id })).items
    t.deepEqual(
      rooms.map(({ name, messages }) => [name, messages]),
      [
        ['main', 1],
        ['design', 2],
      ],
    )
    const { items } = await node.call('rooms.read', { project_id, room: 'design' })
    t.deepEqual(
      items.map(({ from, body }) => [from.name, from.role, body]),
      [
        ['bob', 'developer', 'Green.'],
        ['alice', 'owner', 'Shall the button be blue?'],
      ],
    )
    const found = async (query: string, room?: string) =>
      (await node.call('rooms.search', { project_id, query, ...(room ? { room } : {}) })).items.map(({ body }) => body)
    t.deepEqual(await found('green'), ['the button is green', 'Green.'])
    t.deepEqual(await found('GREEN button'), ['the button is green'])
    t.deepEqual(await found('button', 'design'), ['Shall the button be blue?'])
    t.deepEqual(await found('purple'), [])
  }
  const first = await bob.call('rooms.read', { project_id, room: 'design', limit: 1 })
  const second = await bob.call('rooms.read', { project_id, room: 'design', limit: 1, cursor: first.next_cursor ?? '' })
  t.is(second.items[0]?.id, asked.id)
})

test('a mention reaches the inbox of whom it names, once, wherever they are', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  await bob.call('agents.register', { name: 'codex-1' })
  await alice.call('agents.register', { name: 'claude-1' })
  const project_id = await sharedProject(net, 'alice', { bob: 'developer', carol: 'reviewer' })
  const said = await alice.call('rooms.say', {
    project_id,
    room: 'main',
    body: '@codex-1@bob please, @claude-1 too; @role:reviewer looks at it, @nobody does not. Ask a@b.org',
  })
  t.deepEqual(said.named_nobody, ['nobody'])
  t.deepEqual(
    said.mentions.map((one) => ('role' in one ? `role ${one.role}` : one.name)),
    ['codex-1@bob', 'claude-1', 'role reviewer'],
  )
  await net.settle()
  for (const [node, agent, count] of [
    [bob, 'codex-1', 1],
    [alice, 'claude-1', 1],
    [carol, undefined, 1],
    [bob, undefined, 0],
    [alice, undefined, 0],
  ] as const)
    t.is((await inbox(node, agent)).length, count, `${node.name} ${agent}`)

  const [mail] = (await bob.call('messages.read', {}, 'codex-1')).items
  t.like(mail, { body: said.body, from: { name: 'alice', role: 'owner', local: false, human: true } })
  t.like(mail?.said_in, { project_id, project: 'our feature', room: 'main', entry: said.id })
  const shown = await bob.call('messages.show', { id: mail?.id ?? '' }, 'codex-1')
  t.like(JSON.parse(shown.envelope), { facts: shown.envelope && JSON.parse(shown.envelope).facts })
  await t.throwsAsync(bob.call('messages.send', { body: 'yes', reply_to: mail?.id ?? '' }, 'codex-1'), {
    message: /answered there/,
  })

  await bob.restart()
  await carol.restart()
  await net.connect()
  await net.settle()
  t.is((await inbox(bob, 'codex-1')).length, 1)
  t.is((await inbox(carol)).length, 1)
})

test('who was away is told by catching up, once; what was said before one joined is history', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const project_id = await sharedProject(net, 'alice', { bob: 'reviewer' })
  await alice.call('rooms.say', { project_id, room: 'main', body: 'before carol: @role:reviewer' })
  await bob.stop()
  await alice.call('rooms.say', { project_id, room: 'main', body: 'while away: @bob' })
  await bob.restart()
  await net.connect()
  await net.settle()
  t.deepEqual(await inbox(bob), ['before carol: @role:reviewer', 'while away: @bob'])

  await joined(net, project_id, 'alice', 'carol', 'reviewer')
  t.is((await carol.call('rooms.read', { project_id, room: 'main' })).items.length, 2, 'she reads what was said')
  t.deepEqual(await inbox(carol), [])
  await bob.call('rooms.say', { project_id, room: 'main', body: 'and now @role:reviewer' })
  await net.settle()
  t.deepEqual(await inbox(carol), ['and now @role:reviewer'])
  t.is((await inbox(bob)).length, 2, 'nobody is told of what they say themselves')
})

test('what a suspended member says is held, and comes to inboxes when it is brought back', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' })
  await bob.stop()
  await alice.call('projects.suspend', { project_id, name: 'bob', reason: 'too loud' })
  await alice.stop()
  await bob.restart()
  const said = await bob.call('rooms.say', { project_id, room: 'main', body: '@alice hear me' })
  await alice.restart()
  await net.connect()
  await net.settle()
  t.deepEqual(await inbox(alice), [])
  t.deepEqual((await alice.call('rooms.read', { project_id, room: 'main' })).items, [])
  await t.throwsAsync(bob.call('rooms.say', { project_id, room: 'main', body: 'hear me now' }), {
    code: 'suspended',
  } as never)
  await alice.call('projects.unsuspend', { project_id, name: 'bob' })
  await alice.call('projects.reinstate', { project_id, entries: [said.id] })
  await net.settle()
  t.deepEqual(await inbox(alice), ['@alice hear me'])
  t.is((await alice.call('rooms.read', { project_id, room: 'main' })).items.length, 1)
})

test('a redacted message is gone from rooms, search and inboxes', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' })
  const { id } = await alice.call('rooms.say', { project_id, room: 'main', body: '@bob the password is hunter2' })
  await net.settle()
  t.is((await inbox(bob)).length, 1)
  await alice.call('audit.redact', { project_id, entry: id, reason: 'a password' } as never)
  await net.settle()
  for (const node of [alice, bob]) {
    const [message] = (await node.call('rooms.read', { project_id, room: 'main' })).items
    t.like(message, { body: '', redacted: true })
    t.deepEqual((await node.call('rooms.search', { project_id, query: 'hunter2' })).items, [])
  }
  t.deepEqual(await inbox(bob), [''])
})

test('observers read and do not speak; strangers to the project do neither', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const project_id = await sharedProject(net, 'alice', { bob: 'observer' })
  await alice.call('rooms.say', { project_id, room: 'main', body: 'hello' })
  await net.settle()
  t.is((await bob.call('rooms.read', { project_id, room: 'main' })).items.length, 1)
  await t.throwsAsync(bob.call('rooms.say', { project_id, room: 'main', body: 'hello' }), {
    code: 'not_permitted',
  } as never)
  await t.throwsAsync(carol.call('rooms.read', { project_id, room: 'main' }), { code: 'not_found' } as never)
})

test('agents that name each other in a room are stopped, until a person or finished work lets them go on', async (t) => {
  await using net = await network(['alice'], { conversation_budget: 4 })
  const { alice } = net.node
  for (const name of ['a-1', 'a-2']) await alice.call('agents.register', { name })
  const project_id = await sharedProject(net, 'alice', {})
  const turn = (n: number) =>
    alice.call('rooms.say', { project_id, room: 'main', body: `@a-${(n % 2) + 1} your turn` }, `a-${((n + 1) % 2) + 1}`)
  for (let n = 0; n < 4; n++) await turn(n)
  await t.throwsAsync(turn(4), { code: 'conversation_paused' } as never)
  await alice.call('rooms.say', { project_id, room: 'main', body: 'status: nobody is named' }, 'a-1')
  await alice.call('rooms.say', { project_id, room: 'main', body: 'go on' })
  await t.notThrowsAsync(turn(5))
})

test('who leaves a project is told to all, also to those who were away, and hears nothing more', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' })
  await alice.stop()
  await bob.call('projects.leave', { project_id })
  await alice.restart()
  await net.connect()
  await net.settle()
  const team = async () => (await alice.call('projects.team', { project_id })).items.map(({ name }) => name)
  t.deepEqual(await team(), ['alice'])
  await alice.call('rooms.say', { project_id, room: 'main', body: 'now that they are gone' })
  await net.settle()
  const [mine] = (await bob.call('projects.list', { all: true })).items
  t.is(mine?.status, 'left')
  t.is((await bob.call('rooms.read', { project_id, room: 'main' })).items.length, 0)
  await joined(net, project_id, 'alice', 'bob')
  t.deepEqual(await team(), ['alice', 'bob'])
  t.is((await bob.call('rooms.read', { project_id, room: 'main' })).items.length, 1)
})
