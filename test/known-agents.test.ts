import test from 'ava'
import { agentDid } from '../src/base/did.ts'
import { plain } from '../src/base/sentence.ts'
import type { Input } from '../src/operations.ts'
import { network, type TestNode } from './helpers/network.ts'
import { sharedProject, trustEachOther } from './helpers/shared.ts'

const known = async (node: TestNode, input: Input<'agents.known'> = {}, as?: string) =>
  (await node.call('agents.known', input, as)).items
const names = async (node: TestNode, input: Input<'agents.known'> = {}, as?: string) =>
  (await known(node, input, as)).map(({ name }) => name)

async function team() {
  const net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await alice.call('agents.register', {
    ...{ name: 'claude', kind: 'claude-code', model: 'opus' },
    capabilities: { domains: ['CSS'], tools: ['git'] },
  })
  await alice.call('agents.register', { name: 'build', kind: 'script', capabilities: { tools: ['docker', 'git'] } })
  for (const node of [bob, carol]) await node.call('agents.register', { name: 'codex', kind: 'codex' })
  await net.connect()
  await trustEachOther(net, 'alice', 'bob')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' }, 'parser')
  return { net, alice, bob, carol, project_id }
}

test('own agents come first, then those of friends; a stranger’s are nobody’s business until a project is shared', async (t) => {
  const { net, alice, bob, carol } = await team()
  await using _ = net
  t.deepEqual(await names(alice), ['build', 'claude', 'codex@bob'])
  t.deepEqual(await names(bob), ['codex', 'build@alice', 'claude@alice'])
  t.deepEqual(await names(carol), ['codex'])
  const [build, , codex] = await known(alice)
  t.like(build, { local: true, unread: 0, default: false, presence: 'offline', node: { did: alice.did } })
  t.deepEqual(build?.capabilities, { tools: ['docker', 'git'] })
  t.like(codex, {
    local: false,
    kind: 'codex',
    presence: 'offline',
    trust_level: 2,
    node: { did: bob.did, name: 'bob' },
  })
  for (const unknown of ['unread', 'default', 'capabilities', 'model', 'last_seen_at'])
    t.false(unknown in (codex ?? {}), `${unknown} of a remote agent is not known`)
})

test('they are found by name, kind, node, domain and tool, and by whether they are there', async (t) => {
  const { net, alice, bob } = await team()
  await using _ = net
  t.deepEqual(await names(alice, { query: 'CLAUDE' }), ['claude'])
  t.deepEqual(await names(alice, { query: 'bob' }), ['codex@bob'])
  t.deepEqual(await names(alice, { query: 'script' }), ['build'])
  t.deepEqual(await names(alice, { query: agentDid(bob.did, 'codex') }), ['codex@bob'])
  t.deepEqual(await names(alice, { domain: 'css' }), ['claude'])
  t.deepEqual(await names(alice, { tool: 'git' }), ['build', 'claude'])
  t.deepEqual(await names(alice, { tool: 'git', query: 'opus' }), ['claude'])
  t.deepEqual(await names(alice, { tool: 'rust' }), [])
  t.deepEqual(await names(alice, { available: true }), [])
  const { token } = await bob.call('agents.token', { name: 'codex' })
  await fetch(`${bob.daemon.api_url}/status`, { headers: { Authorization: `Bearer ${token}` } })
  await bob.call('agents.presence', { name: 'codex', presence: 'idle' }, 'codex')
  await told(alice, bob, 'idle')
  t.deepEqual(await names(alice, { available: true }), ['codex@bob'])
  await bob.call('agents.presence', { name: 'codex', presence: 'busy' }, 'codex')
  await told(alice, bob, 'busy')
  t.deepEqual(await names(alice, { available: true }), [])
  t.truthy((await known(alice, { query: 'codex' }))[0]?.last_seen_at)
})

/** Resolves when a node was told how the agent of another is. */
async function told(node: TestNode, other: TestNode, presence: string): Promise<void> {
  while (node.daemon.network.peer(other.did)?.agents[0]?.presence !== presence)
    await new Promise((resolve) => setImmediate(resolve))
}

test('what each does now is told: clocked in where, with which focus, and what it has claimed until when', async (t) => {
  const { net, alice, bob, project_id } = await team()
  await using _ = net
  const { id: task_id } = await alice.call('tasks.create', { project_id, title: 'Parse it' })
  await net.settle()
  const began = net.clock.now()
  await bob.call('projects.clock_in', { project_id, focus: 'the grammar' }, 'codex')
  await bob.call('tasks.claim', { project_id, task_id }, 'codex')
  await net.settle()
  for (const node of [alice, bob]) {
    const [codex] = await known(node, { query: 'codex' })
    const at = new Date(began).toISOString()
    t.deepEqual(codex?.clocked_in, [{ project_id, project: 'parser', since: at, focus: 'the grammar' }])
    t.like(codex?.tasks, [{ project_id, project: 'parser', task_id, title: 'Parse it', since: at }])
    t.true(Date.parse(codex?.tasks[0]?.until ?? '') > began)
  }
  await alice.call('agents.register', { name: 'spy' })
  t.is((await known(alice, { query: 'codex' }, 'spy'))[0]?.tasks.length, 1)
  await alice.call('projects.suspend', { project_id, name: agentDid(alice.did, 'spy'), reason: 'a test' })
  const [seen] = await known(alice, { query: 'codex' }, 'spy')
  t.deepEqual(seen?.tasks, [], 'who may not read the project is not told of it')
  t.deepEqual(seen?.clocked_in, [])
  // Its node goes: what the log says of it stays, how it is nobody can say.
  await bob.stop()
  await net.settle()
  while (alice.daemon.network.peer(bob.did)) await new Promise((resolve) => setImmediate(resolve))
  const [gone] = await known(alice, { query: 'codex' })
  t.false('presence' in (gone ?? {}))
  t.is(gone?.last_seen_at, new Date(began).toISOString())
  t.is(gone?.clocked_in.length, 1)
})

test('the list goes on where a page ended, also when what stood there has gone', async (t) => {
  const { net, alice, bob } = await team()
  await using _ = net
  const first = await alice.call('agents.known', { limit: 2 })
  t.deepEqual(
    first.items.map(({ name }) => name),
    ['build', 'claude'],
  )
  const rest = await alice.call('agents.known', { limit: 2, cursor: first.next_cursor })
  t.deepEqual(
    rest.items.map(({ name }) => name),
    ['codex@bob'],
  )
  t.is(rest.next_cursor, undefined)
  await alice.call('agents.remove', { name: 'claude' })
  t.deepEqual(await names(alice, { cursor: first.next_cursor }), [])
  await t.throwsAsync(bob.call('agents.known', { cursor: 'x' }), { code: 'invalid_cursor' })
  await t.throwsAsync(alice.call('agents.register', { name: 'known' }), { code: 'invalid_name' })
  const answer = await fetch(`${alice.daemon.api_url}/agents/known?tool=docker&limit=1`, {
    headers: { Authorization: `Bearer ${alice.daemon.operator_token}` },
  })
  t.like(await answer.json(), { items: [{ name: 'build' }] })
})

test('what an agent did is told latest first, over projects, with what it claimed and lost, a page at a time', async (t) => {
  const { net, alice, bob, project_id } = await team()
  await using _ = net
  const other = await sharedProject(net, 'bob', { alice: 'developer' }, 'lexer')
  const did: string[] = []
  const step = async (what: string, work: () => Promise<unknown>) => {
    await net.clock.advance(1000)
    await work()
    await net.settle()
    did.unshift(what)
  }
  const { id: task_id } = await alice.call('tasks.create', { project_id, title: 'Parse it' })
  await net.settle()
  await step('clocked in: grammar', () => bob.call('projects.clock_in', { project_id, focus: 'grammar' }, 'codex'))
  await step('claimed “Parse it”', () => bob.call('tasks.claim', { project_id, task_id }, 'codex'))
  await step('said in #main: hello', () =>
    bob.call('rooms.say', { project_id: other, room: 'main', body: 'hello' }, 'codex'),
  )
  await step('commented on “Parse it”: half\nway', () =>
    bob.call('tasks.comment', { project_id, task_id, text: 'half\nway' }, 'codex'),
  )
  await step('lost the claim on “Parse it”: alice took it', () => alice.call('tasks.release', { project_id, task_id }))
  for (const [node, name] of [
    [alice, 'codex@bob'],
    [alice, agentDid(bob.did, 'codex')],
    [bob, 'codex'],
  ] as const) {
    const found: string[] = []
    for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages++) {
      const page = await node.call('agents.history', { name, limit: 2, ...(cursor === undefined ? {} : { cursor }) })
      found.push(...page.items.map(({ deed }) => plain(deed).replace('bob', '').replace('@', '')))
      cursor = page.next_cursor
    }
    t.deepEqual(found, did)
  }
  const [lost, said, , claimed] = (await alice.call('agents.history', { name: 'codex@bob' })).items
  t.like(lost, { type: 'task.release', task_id, project_id, project: 'parser' })
  t.like(said, { type: 'task.comment', task_id })
  t.like(claimed, { type: 'task.claim', task_id })
  t.deepEqual((await alice.call('agents.history', { name: 'claude' })).items, [])
})

test('an agent is told nothing of projects it may not read, and of nobody’s wakes but its own', async (t) => {
  const { net, alice, project_id } = await team()
  await using _ = net
  await alice.call('projects.clock_in', { project_id }, 'claude')
  await net.clock.advance(1000)
  await alice.call('wake.set', { command: 'true', agent: 'claude', policy: { after_seconds: 0, debounce_seconds: 0 } })
  await alice.call('wake.request', { to: 'claude', reason: 'work' })
  while ((await alice.call('wake.runs', {})).items[0]?.outcome === undefined) {
    await net.clock.advance(1000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.is((await alice.call('wake.runs', { agent: 'claude' })).items.length, 1)
  t.deepEqual((await alice.call('wake.runs', { agent: 'build' })).items, [])
  t.deepEqual((await alice.call('wake.runs', { agent: 'claude' }, 'build')).items, [])
  const types = async (as?: string) =>
    (await alice.call('agents.history', { name: 'claude' }, as)).items.map(({ type }) => type)
  t.deepEqual(await types(), ['wake.run', 'project.clock_in'])
  t.deepEqual(await types('claude'), ['wake.run', 'project.clock_in'])
  t.deepEqual(await types('build'), ['project.clock_in'])
  await alice.call('projects.suspend', { project_id, name: agentDid(alice.did, 'build'), reason: 'a test' })
  t.deepEqual(await types('build'), [])
  const [run] = (await alice.call('agents.history', { name: 'claude', limit: 1 })).items
  t.regex(plain(run?.deed ?? []), /^was woken for 1 message or request: done, \d+ s$/)
})
