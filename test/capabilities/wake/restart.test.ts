import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { processMark, signalGroup } from '../../../src/capabilities/wake/process.ts'
import { wakeTables } from '../../../src/capabilities/wake/tables.ts'
import { happens, passing, wakingNode } from '../../helpers/waking.ts'

const notes = (bob: { receipts(): { stage: string; note?: string | undefined }[] }) =>
  bob.receipts().map(({ stage, note }) => note ?? stage)

test('mail of before a restart wakes once after it, when nobody has come to read it', async (t) => {
  await using world = await wakingNode()
  const { node, pass, hook } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await bob.say('one', { to: 'claude-1' })
  await pass(10_000)
  await node.restart()
  await pass(3_600_000)
  t.is(hook.dumps().length, 0, 'not before the node is ready')
  await node.parts.wake.start()
  const finished = happens(node, 'wake.finished')
  await pass(30_000)
  await finished
  t.is(hook.dumps().length, 1)
  await node.restart()
  await node.parts.wake.start()
  await pass(24 * 3_600_000)
  t.is(hook.dumps().length, 1, 'what woke wakes no second time')
  bob.connect()
  await node.settle()
  t.deepEqual(notes(bob), ['stored', 'waking', 'wake_idle'])
})

test('what the end of the daemon cut short is begun anew, its sender told in order', async (t) => {
  await using world = await wakingNode("if (!fs.existsSync(__dirname + '/go')) setInterval(() => {}, 1000)")
  const { node, pass, hook, clock } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await bob.say('one', { to: 'claude-1' })
  const started = happens(node, 'wake.started')
  await pass(30_000)
  await started
  while (hook.dumps().length === 0) await new Promise((resolve) => setImmediate(resolve))
  await passing(clock, node.restart())
  await node.parts.wake.start()
  t.deepEqual(readdirSync(node.home.wake), [])
  writeFileSync(join(hook.folder, 'go'), '')
  const finished = happens(node, 'wake.finished')
  await pass(60_000)
  await finished
  bob.connect()
  await node.settle()
  t.is(hook.dumps().length, 2)
  const { items } = await node.operator.call('wake.runs', {})
  t.deepEqual(
    items.map(({ outcome }) => outcome),
    ['done', 'stopped'],
  )
  t.deepEqual(notes(bob), ['stored', 'waking', 'waking', 'wake_idle'])
  const times = bob.receipts().map(({ at }) => at)
  t.deepEqual(times, [...times].sort())
})

test('what a killed daemon left is ended if it is certainly that, cleared away, and begun anew', async (t) => {
  await using world = await wakingNode("if (!fs.existsSync(__dirname + '/go')) setInterval(() => {}, 1000)")
  const { node, pass, hook } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await bob.say('one', { to: 'claude-1' })
  const started = happens(node, 'wake.started')
  await pass(30_000)
  const { run } = (await started).data as { run: string }
  while (hook.dumps().length === 0) await new Promise((resolve) => setImmediate(resolve))
  const pid = hook.dumps()[0]?.pid ?? 0
  // As a daemon that is killed leaves it: the process runs on, the file lies there, and the run has no end.
  await node.parts.database.idle()
  t.like(wakeTables(node.parts.database).run(run), { pid, mark: processMark(pid), ended_at: null })
  t.is(readdirSync(node.home.wake).length, 1)
  writeFileSync(join(hook.folder, 'go'), '')
  await node.parts.wake.start()
  while (processMark(pid) !== undefined) await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(readdirSync(node.home.wake), [])
})

test('a process that merely has the number of a hook of before is left alone', async (t) => {
  await using world = await wakingNode()
  const { node, hook } = world
  const tables = wakeTables(node.parts.database)
  const other = spawn(hook.shell('other', 'exec sleep 1000'), { detached: true, stdio: 'ignore' })
  await new Promise((resolve) => other.once('spawn', resolve))
  const now = node.clock.now()
  const pid = other.pid ?? 0
  await node.parts.database.write(() => {
    for (const [id, mark] of [
      ['a', 'another boot 17'],
      ['b', null],
    ] as const) {
      tables.insertRun({ id, inbox: 'operator', command: '["/x"]', calls: 1, started_at: now })
      tables.changeRun(id, { pid, mark })
    }
  })
  await node.restart()
  await node.parts.wake.start()
  t.true(signalGroup(pid, 0))
  t.is(other.signalCode, null)
  const { items } = await node.operator.call('wake.runs', {})
  t.deepEqual(
    items.map(({ outcome }) => outcome),
    ['interrupted', 'interrupted'],
  )
  const ended = new Promise((resolve) => other.once('exit', resolve))
  other.kill('SIGKILL')
  await ended
})
