import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import Sqlite from 'better-sqlite3'
import { befriend, type Daemon, eventually, type Lab, lab, type Process } from '../helpers/processes.ts'

const agora = `${process.execPath} ${join(import.meta.dirname, '../../src/bin.ts')}`

/** Two daemons that are connected; bob trusts alice so far that she may wake his agent. */
async function scene(world: Lab, trust = 3): Promise<{ alice: Process; bob: Process }> {
  const bob = await world.start('bob')
  const alice = await world.start('alice', '--connect', bob.address)
  await befriend(alice, bob)
  await bob.stop()
  const database = new Sqlite(bob.home.database)
  database.prepare('UPDATE peers SET trust = ? WHERE did = ?').run(trust, alice.info.did)
  database.close()
  await bob.restart()
  await eventually(alice, async () => (await alice.client.call('node.peers', {})).items[0])
  await bob.client.call('agents.register', { name: 'claude-1' })
  return { alice, bob }
}

/** Sets a hook that wakes without waiting. */
async function hook(world: Lab, bob: Daemon, script: string): Promise<void> {
  const path = join(world.folder, 'wake agent.sh')
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const policy = { after_seconds: 0, debounce_seconds: 0, pause_seconds: 0 }
  await bob.client.call('wake.set', { command: `'${path}' now`, cwd: world.folder, policy })
}

/** The notes and stages that alice was told of, in the order in which she was. */
async function told(alice: Daemon, id: string, until: string): Promise<string[]> {
  const heard: string[] = []
  for await (const event of alice.client.events({ after: 0, types: ['message.stage', 'wake.progress'] })) {
    const { id: of, stage, note } = event as unknown as { id: string; stage: string; note?: string }
    if (of !== id) continue
    heard.push(note ?? stage)
    if (heard.at(-1) === until) return heard
  }
  return heard
}

test('a message to an agent that is not there has its hook read it with the agent’s token, and answer', async (t) => {
  t.timeout(180_000)
  await using world = lab()
  const { alice, bob } = await scene(world)
  await hook(
    world,
    bob,
    `echo "$AGORA_AGENT is woken by $AGORA_FROM_NAME: $1"
test -r "$AGORA_WAKE_FILE" && grep -c 'agora message' "$AGORA_WAKE_FILE"
${agora} --as "$AGORA_AGENT" messages || exit 1
exec ${agora} --as "$AGORA_AGENT" send "I am awake." --to "$AGORA_FROM"`,
  )
  const body = 'Look at $(touch /tmp/x) and `id`,\n"please"; \'now\''
  const sent = await alice.client.call('messages.send', { to: 'claude-1@bob', body })
  const { id } = sent as { id: string }
  const stages = await told(alice, id, 'shown')
  t.deepEqual(
    stages.filter((stage) => stage !== 'sent'),
    ['stored', 'waking', 'shown'],
  )
  const answer = await eventually(alice, async () => {
    const { items } = await alice.client.call('messages.read', {})
    return items.find(({ from }) => from.did === `${bob.info.did}#claude-1`)
  })
  t.is(answer.body, 'I am awake.')
  const run = await eventually(bob, async () => {
    const { latest } = await bob.client.call('wake.show', {})
    return latest?.ended_at === undefined ? undefined : latest
  })
  t.like(run, { outcome: 'done', code: 0, agent: 'claude-1', calls: 1 })
  t.regex(run.output ?? '', /^claude-1 is woken by alice: now\n1\n/)
  t.true(run.output?.includes('Look at $(touch /tmp/x) and `id`,'))
  t.deepEqual(readdirSync(bob.home.wake), [])
  t.is((await bob.client.call('wake.runs', {})).items.length, 1)
  // The same for a request, which carries its reason alone.
  const asked = await alice.client.call('wake.request', { to: 'claude-1@bob', reason: 'the build is red' })
  t.is(asked.stage, 'stored')
  t.deepEqual((await told(alice, asked.id, 'woken')).slice(-2), ['waking', 'woken'])
  const status = await world.cli('--name', 'bob', 'status')
  t.regex(status.out, /Wake +1 hook/)
  const runs = await world.cli('--name', 'bob', 'wake', 'runs')
  t.regex(runs.out, /claude-1 for alice: done/)
})

test('who is not trusted so far wakes nobody', async (t) => {
  t.timeout(180_000)
  await using world = lab()
  const { alice, bob } = await scene(world, 2)
  await hook(world, bob, 'exit 0')
  const { id } = (await alice.client.call('messages.send', { to: 'claude-1@bob', body: 'x', wait_for: 'stored' })) as {
    id: string
  }
  const refused = await alice.client.call('wake.request', { to: 'claude-1@bob', reason: 'x' })
  t.like(refused, { stage: 'failed', failure: 'not_permitted' })
  t.is((await world.cli('--name', 'alice', 'wake', 'request', 'claude-1@bob', '--reason', 'x')).code, 1)
  t.is((await bob.client.call('wake.runs', {})).items.length, 0)
  t.is((await alice.client.call('messages.show', { id })).delivery?.note, undefined)
})

test('kill -9 in the middle of a wake: the hook ends with the next start, the mail wakes again, once', async (t) => {
  t.timeout(180_000)
  await using world = lab()
  const { alice, bob } = await scene(world)
  const pids = join(world.folder, 'pids')
  mkdirSync(pids)
  await hook(
    world,
    bob,
    `touch "${pids}/$$"
if [ -e "${world.folder}/go" ]; then exec ${agora} --as "$AGORA_AGENT" messages; fi
exec sleep 1000`,
  )
  const { id } = (await alice.client.call('messages.send', { to: 'claude-1@bob', body: 'x' })) as { id: string }
  await eventually(bob, async () => readdirSync(pids)[0])
  const [pid = ''] = readdirSync(pids)
  await eventually(bob, async () => (await bob.client.call('wake.show', {})).running[0])
  await bob.client.call('wake.set', { policy: { pause_seconds: 1 } })
  await bob.kill()
  t.true(existsSync(`/proc/${pid}`) || process.platform !== 'linux')
  t.is(readdirSync(bob.home.wake).length, 1)
  writeFileSync(join(world.folder, 'go'), '')
  await bob.restart()
  const stages = await told(alice, id, 'shown')
  t.deepEqual(
    stages.filter((stage) => stage !== 'sent'),
    ['stored', 'waking', 'waking', 'shown'],
  )
  const runs = await eventually(bob, async () => {
    const { items } = await bob.client.call('wake.runs', {})
    return items.every(({ ended_at }) => ended_at !== undefined) ? items : undefined
  })
  t.deepEqual(
    runs.map(({ outcome }) => outcome),
    ['done', 'interrupted'],
  )
  if (process.platform === 'linux') t.notRegex(commandOf(pid), /sleep/)
  t.deepEqual(readdirSync(bob.home.wake), [])
})

test('mail that comes while the daemon is down wakes once after its start; a relative command is found where start is typed', async (t) => {
  t.timeout(180_000)
  await using world = lab()
  const { alice, bob } = await scene(world)
  await bob.stop()
  const { id } = (await alice.client.call('messages.send', { to: 'claude-1@bob', body: 'x' })) as { id: string }
  const folder = join(world.folder, 'project')
  mkdirSync(folder)
  writeFileSync(join(folder, 'wake.sh'), `#!/bin/sh\nexec ${agora} --as "$AGORA_AGENT" messages\n`, { mode: 0o755 })
  const bad = await world.cli('--name', 'bob', 'start', '--port', '0', '--api-port', '0', '--wake-command', 'a | b')
  t.is(bad.code, 2)
  t.regex(bad.err, /--wake-command.*\n.*needs a shell/)
  const missing = await world.cli(
    '--name',
    'bob',
    'start',
    '--port',
    '0',
    '--api-port',
    '0',
    '--wake-command',
    './no.sh',
  )
  t.not(missing.code, 0)
  t.regex(missing.err, /wake_command: "\.\/no\.sh" .*does not exist/)
  const again = await world.shell(`cd '${folder}'; exec "$0" "$@" --wake-command './wake.sh'`, 'bob')
  const { hook: set } = await again.client.call('wake.show', {})
  t.like(set, { program: join(folder, 'wake.sh'), cwd: folder })
  await again.client.call('wake.set', { policy: { after_seconds: 0, debounce_seconds: 0 } })
  await again.client.call('node.connect', { address: alice.address })
  const stages = await told(alice, id, 'shown')
  t.deepEqual(
    stages.filter((stage) => stage !== 'sent'),
    ['stored', 'waking', 'shown'],
  )
  t.is((await again.client.call('wake.runs', {})).items.length, 1)
})

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // It is gone.
    return ''
  }
}
