import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { liveSettings, loadSettings, settingKeys } from '../../../src/config.ts'
import { startDaemon } from '../../../src/daemon.ts'
import { homeAt, prepareHome } from '../../../src/store/home.ts'
import { network } from '../../helpers/network.ts'
import { type TestNode, testNode } from '../../helpers/node.ts'

/** A daemon as it starts from this file, these flags and these variables. */
async function daemon(
  t: ExecutionContext,
  {
    file = {},
    flags = {},
    env = {},
  }: { file?: object; flags?: Record<string, string>; env?: Record<string, string> } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'agora-settings-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const home = homeAt(folder, 'alice')
  prepareHome(home)
  const all = { port: 0, api_port: 0, mdns: false, address: ['127.0.0.1'], log_level: 'error', ...file }
  writeFileSync(home.config, JSON.stringify(all))
  const start = async () => {
    const { settings, origins } = loadSettings({ flags, env, path: home.config })
    const running = await startDaemon({ home, settings, origins })
    t.teardown(() => running.stop())
    const operator = { kind: 'operator', did: running.did } as const
    return {
      ...running,
      call: <Answer = Listed>(name: string, input: unknown) =>
        running.dispatch.call(name, operator, input) as Promise<Answer>,
      agent: (name: string, input: unknown) =>
        running.dispatch.call(name, { kind: 'agent', did: `${running.did}#a`, name: 'a' }, input),
      setting: async (key: string) =>
        ((await running.dispatch.call('settings.list', operator, {})) as { items: Listed[] }).items.find(
          (one) => one.key === key,
        ) as Listed,
    }
  }
  return { home, start, config: () => JSON.parse(readFileSync(home.config, 'utf8')) }
}
interface Listed {
  key: string
  value: unknown
  pending?: unknown
}

test('the list tells of every setting what holds, where it comes from, and what the next start will bring', async (t) => {
  const world = await daemon(t, {
    file: { conversation_budget: 7, max_connections: 12 },
    flags: { max_connections: '9' },
    env: { AGORA_LEASE_MINUTES: '20' },
  })
  const node = await world.start()
  const { items, file } = await node.call<{ items: Listed[]; file: string }>('settings.list', {})
  t.deepEqual(
    items.map(({ key }) => key),
    settingKeys,
  )
  t.is(file, world.home.config)
  t.like(await node.setting('conversation_budget'), {
    value: 7,
    in_file: 7,
    source: 'file',
    where: file,
    applies: 'at_once',
  })
  t.like(await node.setting('max_connections'), {
    ...{ value: 9, in_file: 12, source: 'flag', where: '--max-connections', overridden_by: '--max-connections' },
  })
  t.like(await node.setting('lease_minutes'), {
    value: 20,
    source: 'environment',
    overridden_by: 'AGORA_LEASE_MINUTES',
  })
  t.like(await node.setting('min_trust'), { value: 0, source: 'default', choices: [0, 1, 2, 3, 4], kind: 'number' })
  t.like(await node.setting('port'), {
    minimum: 0,
    maximum: 65_535,
    expects: 'a whole number from 0 to 65535; 0 picks a free one',
  })
  // By hand while it runs.
  writeFileSync(world.home.config, JSON.stringify({ ...world.config(), approval_hours: 5 }))
  t.like(await node.setting('approval_hours'), { value: 72, pending: 5 })
})

test('what is set is kept beside all else, read at the next start, and what goes before it is told', async (t) => {
  const world = await daemon(t, { file: { connect: ['bob.example:7312'] }, flags: { min_trust: '1' } })
  const node = await world.start()
  t.like(await node.call('settings.set', { key: 'max_connections', value: 50 }), {
    ...{ key: 'max_connections', value: 256, pending: 50, in_file: 50, applies: 'next_start' },
  })
  t.like(world.config(), { connect: ['bob.example:7312'], max_connections: 50 })
  t.is(statSync(world.home.config).mode & 0o777, 0o600)
  const overridden = await node.call('settings.set', { key: 'min_trust', value: 2 })
  t.like(overridden, { value: 1, in_file: 2, overridden_by: '--min-trust' })
  t.false('pending' in overridden)
  t.like(await node.call('settings.set', { key: 'connect', value: null }), { value: ['bob.example:7312'], pending: [] })
  t.false('connect' in world.config())
  t.deepEqual(
    node.events
      .after(0, 1000)
      .filter(({ type }) => type === 'settings.changed')
      .map(({ data, inbox }) => [data['key'], inbox]),
    ['max_connections', 'min_trust', 'connect'].map((key) => [key, 'operator']),
  )
  await node.stop()
  const again = await world.start()
  t.like(await again.setting('max_connections'), { value: 50, source: 'file' })
})

test('what cannot be is refused with what would be right, and changes nothing', async (t) => {
  const world = await daemon(t)
  const node = await world.start()
  const before = world.config()
  const cases: [unknown, { code: string; message: RegExp }][] = [
    [
      { key: 'max_connections', value: 0 },
      { code: 'invalid_input', message: /cannot be 0/ },
    ],
    [
      { key: 'max_connections', value: '12' },
      { code: 'invalid_input', message: /cannot be "12"/ },
    ],
    [
      { key: 'log_level', value: 'loud' },
      { code: 'invalid_input', message: /loud/ },
    ],
    [
      { key: 'wake_command', value: 'a | b' },
      { code: 'invalid_input', message: /wake_command/ },
    ],
    [
      { key: 'allowed_origins', value: ['http://x/path'] },
      { code: 'invalid_input', message: /x\/path/ },
    ],
    [
      { key: 'max_conections', value: 1 },
      { code: 'invalid_input', message: /no setting/ },
    ],
    [
      { key: '__proto__', value: 1 },
      { code: 'invalid_input', message: /no setting/ },
    ],
    [{ key: 'port' }, { code: 'invalid_input', message: /value/ }],
  ]
  for (const [input, expected] of cases) await t.throwsAsync(node.call('settings.set', input), expected)
  await t.throwsAsync(node.agent('settings.set', { key: 'min_trust', value: 0 }), { code: 'operator_only' })
  await t.throwsAsync(node.agent('settings.list', {}), { code: 'operator_only' })
  t.deepEqual(world.config(), before)
  writeFileSync(world.home.config, '{ "port": ')
  await t.throwsAsync(node.call('settings.set', { key: 'max_connections', value: 9 }), { code: 'invalid_config' })
  t.is(readFileSync(world.home.config, 'utf8'), '{ "port": ', 'a file that a person is at is not written over')
})

test('a token alone does not switch off that the owner’s passphrase is needed', async (t) => {
  const world = await daemon(t, { file: { grants_need_owner: true } })
  const node = await world.start()
  for (const value of [false, null])
    await t.throwsAsync(node.call('settings.set', { key: 'grants_need_owner', value }), { code: 'not_permitted' })
  t.true(world.config().grants_need_owner)
})

test('nor where it was switched on and waits for the next start', async (t) => {
  const world = await daemon(t)
  const node = await world.start()
  await node.call('settings.set', { key: 'grants_need_owner', value: true })
  for (const value of [false, null])
    await t.throwsAsync(node.call('settings.set', { key: 'grants_need_owner', value }), { code: 'not_permitted' })
  t.true(world.config().grants_need_owner)
})

/** Of each setting that is said to be followed at once: something that shows that it is. */
const followed: Record<string, (node: TestNode, t: ExecutionContext) => Promise<void>> = {
  async message_ttl_hours(node, t) {
    const bob = await node.peer('bob', 2)
    bob.disconnect()
    await set(node, 'message_ttl_hours', 1)
    const { id } = await node.operator.send(bob.did, 'hello')
    const sql = 'SELECT expires_at - created_at AS kept FROM outbox WHERE id = ?'
    const row = node.parts.database.first<{ kept: number }>({ compile: () => ({ sql, parameters: [id] }) } as never)
    t.is(row?.kept, 3_600_000)
  },
  async shown_trust(node, t) {
    const bob = await node.peer('bob', 2)
    await set(node, 'shown_trust', 3)
    await bob.say('hello')
    const { cursor } = await node.operator.call('messages.read')
    await node.operator.call('messages.read', { cursor })
    await node.settle()
    t.deepEqual(
      bob.receipts().map(({ stage }) => stage),
      ['stored'],
    )
  },
  async approval_hours(node, t) {
    const agent = await node.agent('claude')
    const bob = await node.peer('bob')
    await set(node, 'approval_hours', 2)
    await agent.call('friends.add', { did: bob.did, name: 'bob', trust_level: 2 })
    const [approval] = (await node.operator.call('approvals.list', {})).items
    t.is(Date.parse(approval?.expires_at ?? ''), node.clock.now() + 2 * 3_600_000)
  },
  async conversation_budget(node, t) {
    const [claude, codex] = [await node.agent('claude'), await node.agent('codex')]
    await set(node, 'conversation_budget', 1)
    const { conversation_id } = await claude.send(codex.did, 'one')
    await t.throwsAsync(claude.send(codex.did, 'two', { conversation_id }), { code: 'conversation_paused' })
  },
  async event_retention(node, t) {
    const { database, events, keepHouse } = node.parts
    await database.write(() => Array.from({ length: 1500 }, (_, n) => events.emit('test.event', undefined, { n })))
    await database.write(keepHouse)
    t.true(events.after(0, 5000).length >= 1500)
    await set(node, 'event_retention', 1000)
    await database.write(keepHouse)
    t.is(events.after(0, 5000).length, 1000)
  },
}
const set = (node: TestNode, key: string, value: number) => node.operator.call('settings.set', { key, value })

for (const [key, check] of Object.entries(followed)) {
  test(`${key} is followed at once`, async (t) => {
    await using node = await testNode('alice')
    await check(node, t)
  })
}

test('auto_accept_invitations and log_level are followed at once; of nothing else that is said', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await alice.call('friends.add', { did: bob.did, name: 'bob', trust_level: 2 })
  await bob.call('friends.add', { did: alice.did, name: 'alice', trust_level: 4 })
  await net.settle()
  await bob.call('settings.set', { key: 'auto_accept_invitations', value: true })
  const { id: project_id } = await alice.call('projects.create', { name: 'ours' })
  await alice.call('invitations.send', { project_id, peer_name: 'bob' })
  await net.settle()
  t.deepEqual(
    (await bob.call('projects.list', {})).items.map(({ status }) => status),
    ['member'],
  )

  const logged = () => readFileSync(bob.home.log, 'utf8')
  t.false(logged().includes('"stopping"'))
  await bob.call('settings.set', { key: 'log_level', value: 'info' })
  await bob.stop()
  t.true(logged().includes('"stopping"'))
  const shown = [...Object.keys(followed), 'auto_accept_invitations', 'log_level']
  t.deepEqual([...liveSettings].sort(), shown.sort())
})
