import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { SETTLE_AFTER } from '../src/core/catch-up.ts'
import { openKey } from '../src/identity/key-file.ts'
import { restoreBackup } from '../src/store/backup/restore.ts'
import { writeBackup } from '../src/store/backup/write.ts'
import { openDatabase } from '../src/store/database.ts'
import { network, type TestNetwork, type TestNode } from './helpers/network.ts'
import { joined, sharedProject, trustEachOther } from './helpers/shared.ts'

const PASSPHRASE = 'correct horse battery staple'

/** A backup of a node as it is now; answers its file. The strength of its key is another's test. */
async function backup(t: ExecutionContext, node: TestNode): Promise<string> {
  const { home, did } = node
  const database = openDatabase(home.database)
  try {
    const { path } = await writeBackup(home, { did, database, passphrase: PASSPHRASE, now: 0, strength: 1 << 15 })
    const folder = mkdtempSync(join(tmpdir(), 'agora-restored-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    copyFileSync(path, join(folder, 'backup'))
    return join(folder, 'backup')
  } finally {
    database.close()
  }
}

/** As if its disk had been lost, and this put on a new one. */
async function restore(node: TestNode, file: string): Promise<void> {
  await node.stop()
  await restoreBackup({ home: node.home, file, replace: true, now: 1, passphrase: async () => PASSPHRASE })
  await node.restart({ auto_connect: false })
}

type Net = TestNetwork<'alice' | 'bob' | 'carol'>

async function meet(net: Net, one: TestNode, other: TestNode): Promise<void> {
  await one.daemon.network.connect(other.daemon.addresses[0] ?? '')
  await net.settle()
}

const waiting = async (node: TestNode) => (await node.call('backups.waiting', {})).items

const stateOf = async (node: TestNode, project_id: string) =>
  (await node.call('projects.verify', { project_id })).state_hash

test('a keeper from an old backup writes and grants nothing until it has heard its own last words', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer', carol: 'developer' })
  const tasks = []
  for (let n = 0; n < 4; n++) tasks.push((await alice.call('tasks.create', { project_id, title: `Task ${n}` })).id)
  const [one = '', two = '', three = '', four = ''] = tasks
  await net.settle()
  const first = await bob.call('tasks.claim', { project_id, task_id: one })
  await net.settle()
  const file = await backup(t, alice)

  // What the backup knows nothing of: tokens 2 and 3 are given out, and words of alice's are with others.
  const second = await bob.call('tasks.claim', { project_id, task_id: two })
  const third = await carol.call('tasks.claim', { project_id, task_id: three })
  await alice.call('rooms.say', { room: 'main', project_id, body: 'after the backup' })
  await net.settle()
  const before = await stateOf(bob, project_id)
  t.deepEqual(
    [first, second, third].map(({ claim }) => claim.token[1]),
    [1, 2, 3],
  )

  await carol.stop()
  await bob.stop()
  await restore(alice, file)
  t.is(alice.did, openKey(alice.home.key, false).did)
  const refused = { code: 'restored', message: /comes from a backup/ }
  await t.throwsAsync(alice.call('rooms.say', { room: 'main', project_id, body: 'too early' }), refused)
  await t.throwsAsync(alice.call('tasks.create', { project_id, title: 'too early' }), refused)
  await t.throwsAsync(alice.call('tasks.claim', { project_id, task_id: two }), { code: 'keeper_unreachable' })
  await net.clock.advance(SETTLE_AFTER + 1000)
  await net.settle()
  t.like(await waiting(alice), [{ id: project_id, kind: 'project', members: [{ online: false }, { online: false }] }])
  await t.throwsAsync(alice.call('rooms.say', { room: 'main', project_id, body: 'still nobody there' }), refused)

  await bob.restart()
  await meet(net, alice, bob)
  // It has come, and for a moment others still may.
  t.is(await stateOf(alice, project_id), before)
  await t.throwsAsync(bob.call('tasks.claim', { project_id, task_id: four }), { code: 'keeper_unreachable' })
  await net.clock.advance(SETTLE_AFTER)
  await net.settle()
  t.deepEqual(await waiting(alice), [])
  t.is(alice.daemon.events.after(0, 100_000).filter(({ type }) => type === 'backup.caught_up').length, 1)

  await alice.call('rooms.say', { room: 'main', project_id, body: 'here again' })
  await net.settle()
  await t.throwsAsync(alice.call('tasks.claim', { project_id, task_id: three }), { code: 'claimed' })
  const next = await bob.call('tasks.claim', { project_id, task_id: four })
  t.is(next.claim.token[1], 4, 'no token is given twice')
  await carol.restart()
  await meet(net, alice, carol)
  for (const node of [bob, carol]) t.is(await stateOf(node, project_id), await stateOf(alice, project_id))
  t.deepEqual(await forksSeen(net), [])
  // It does not begin again with the next start.
  await alice.restart()
  t.deepEqual(await waiting(alice), [])
})

/** What the logs of all nodes tell of forks: two entries of one node with the same number. */
async function forksSeen(net: Net): Promise<string[]> {
  const forks: string[] = []
  for (const node of Object.values<TestNode>(net.node).filter(({ running }) => running)) {
    for (const { id } of (await node.call('projects.list', {})).items) {
      const { entries } = await node.call('projects.export', { project_id: id })
      const seen = new Set<string>()
      for (const { header } of entries) {
        const { author, seq } = JSON.parse(header)
        const place = `${author.split('#')[0]} ${seq}`
        if (seen.has(place)) forks.push(`${node.name}: ${place}`)
        seen.add(place)
      }
    }
  }
  return forks
}

test('who joined after the backup brings everything back, though the restored node does not know it', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const { id: project_id } = await alice.call('projects.create', { name: 'alone' })
  await alice.call('rooms.say', { room: 'main', project_id, body: 'one' })
  const file = await backup(t, alice)
  await joined(net, project_id, 'alice', 'bob')
  await alice.call('rooms.say', { room: 'main', project_id, body: 'two' })
  await bob.call('rooms.say', { room: 'main', project_id, body: 'three' })
  await net.settle()
  const before = await stateOf(bob, project_id)
  await bob.stop()
  await restore(alice, file)
  t.deepEqual(
    (await waiting(alice)).map(({ members }) => members),
    [[]],
  )
  await bob.restart()
  await meet(net, alice, bob)
  t.is(await stateOf(alice, project_id), before)
  await net.clock.advance(SETTLE_AFTER)
  await net.settle()
  await alice.call('rooms.say', { room: 'main', project_id, body: 'four' })
  await net.settle()
  t.is(await stateOf(alice, project_id), await stateOf(bob, project_id))
  t.deepEqual(await forksSeen(net), [])
  // Carol, who is no member and has nothing of the project, was told nothing.
  t.deepEqual((await carol.call('projects.list', {})).items, [])
})

test('a project of one goes on by itself; the operator can have any go on, and what then comes is joined', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const { id: own } = await alice.call('projects.create', { name: 'alone' })
  const project_id = await sharedProject(net, 'alice', { bob: 'developer' })
  const file = await backup(t, alice)
  await alice.call('rooms.say', { room: 'main', project_id, body: 'lost for now' })
  await net.settle()
  await bob.stop()
  await carol.stop()
  await restore(alice, file)
  await net.clock.advance(SETTLE_AFTER)
  await net.settle()
  t.deepEqual(
    (await waiting(alice)).map(({ id }) => id),
    [project_id],
  )
  await alice.call('rooms.say', { room: 'main', project_id: own, body: 'on' })
  await alice.call('agents.register', { name: 'claude' })
  await t.throwsAsync(alice.call('backups.resume', {}, 'claude'), { code: 'operator_only' })
  t.deepEqual(await alice.call('backups.resume', { space: project_id.slice(0, 8) }), { resumed: [project_id] })
  await t.throwsAsync(alice.call('backups.resume', { space: project_id }), { code: 'not_found' })
  await alice.call('rooms.say', { room: 'main', project_id, body: 'written blindly' })
  await bob.restart()
  await meet(net, alice, bob)
  await alice.call('rooms.say', { room: 'main', project_id, body: 'joins both' })
  await net.settle()
  t.is(await stateOf(alice, project_id), await stateOf(bob, project_id))
  const said = (await bob.call('rooms.read', { room: 'main', project_id })).items.map(({ body }) => body)
  t.deepEqual([...said].sort(), ['joins both', 'lost for now', 'written blindly'])
  t.true((await forksSeen(net)).length > 0, 'that is the price, and it was said')
})

test('a member from an old backup waits as well, in threads too, and takes up what it holds', async (t) => {
  await using net = await network(['alice', 'bob', 'carol'])
  const { alice, bob, carol } = net.node
  await net.connect()
  await trustEachOther(net, 'alice', 'bob', 'carol')
  const project_id = await sharedProject(net, 'alice', { bob: 'developer', carol: 'developer' })
  const thread = await bob.call('threads.create', { participants: [alice.did], title: 'apart' })
  await net.settle()
  const file = await backup(t, bob)
  await bob.call('rooms.say', { room: 'main', project_id, body: 'two' })
  await bob.call('threads.say', { thread_id: thread.id, body: 'between us' })
  await net.settle()
  const before = await stateOf(alice, project_id)
  await restore(bob, file)
  await t.throwsAsync(bob.call('threads.say', { thread_id: thread.id, body: 'no' }), { code: 'restored' })
  // Carol has all of the project and nothing of the thread.
  await meet(net, bob, carol)
  await net.clock.advance(SETTLE_AFTER)
  await net.settle()
  const left = await waiting(bob)
  if (!alice.daemon.network.peer(bob.did)) {
    t.deepEqual(
      left.map(({ id }) => id),
      [thread.id],
    )
    await bob.call('rooms.say', { room: 'main', project_id, body: 'three' })
    await t.throwsAsync(bob.call('threads.say', { thread_id: thread.id, body: 'no' }), { code: 'restored' })
  }
  t.not(before, undefined)
  await meet(net, bob, alice)
  await net.clock.advance(SETTLE_AFTER)
  await net.settle()
  t.deepEqual(await waiting(bob), [])
  await bob.call('threads.say', { thread_id: thread.id, body: 'again' })
  await net.settle()
  const said = (await alice.call('threads.read', { thread_id: thread.id })).items.map(({ body }) => body)
  t.deepEqual([...said].sort(), ['again', 'between us'])
  t.deepEqual(await forksSeen(net), [])
  t.is(await stateOf(bob, project_id), await stateOf(alice, project_id))
})
