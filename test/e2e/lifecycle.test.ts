import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { createClient } from '../../src/client/index.ts'
import { isAlive } from '../../src/store/daemon-file.ts'
import { befriend, eventually, type Lab, lab } from '../helpers/processes.ts'

/** The code of what a command of alice's is refused with. */
async function refusal(world: Lab, ...argv: string[]): Promise<string> {
  const { err } = await world.cli('--name', 'alice', '--format', 'json', ...argv)
  return JSON.parse(err).code
}

test('identity, agents, tokens and mail outlive a kill; a second daemon has no place in the home', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const { token } = await node.client.call('agents.register', { name: 'claude-1', kind: 'script' })
  await node.client.call('messages.send', { to: 'claude-1', body: 'before' })
  t.is(statSync(node.home.key).mode & 0o777, 0o600)
  t.is(statSync(node.home.token).mode & 0o777, 0o600)
  t.is(statSync(node.home.dir).mode & 0o777, 0o700)
  t.is(statSync(node.home.database).mode & 0o077, 0)

  for (const flags of [[], ['--daemon']]) {
    const second = await world.cli('--name', 'alice', 'start', '--port', '0', '--api-port', '0', ...flags)
    t.is(second.code, 1)
    t.regex(second.err, new RegExp(`already running \\(process ${node.info.pid}`))
  }
  t.is(await refusal(world, 'start', '--port', '0', '--api-port', '0'), 'home_in_use')

  const { did } = node.info
  await node.kill()
  await node.restart()
  t.is(node.info.did, did)
  const agent = createClient({ url: node.info.api_url, token })
  const inbox = await agent.call('messages.read', {})
  t.deepEqual(
    inbox.items.map(({ body, from }) => [body, from.name]),
    [['before', 'alice']],
  )
})

test('a key that is gone or damaged stops the start and is never replaced', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await node.stop()
  const key = readFileSync(node.home.key, 'utf8')

  rmSync(node.home.key)
  const gone = await world.cli('--name', 'alice', 'start')
  t.is(gone.code, 1)
  t.regex(gone.err, /key of this node is gone/)
  t.regex(gone.err, /backup/)
  t.is(await refusal(world, 'start'), 'key_missing')
  t.false(existsSync(node.home.key))

  for (const damaged of [key.slice(0, 40), '', key.replace(/"seed": "./, '"seed": "_'), 'rubbish']) {
    writeFileSync(node.home.key, damaged, { mode: 0o600 })
    const refused = await world.cli('--name', 'alice', 'start')
    t.is(refused.code, 1)
    t.regex(refused.err, /cannot be used/)
    t.is(readFileSync(node.home.key, 'utf8'), damaged)
  }
  t.is(await refusal(world, 'start'), 'key_damaged')
  writeFileSync(node.home.key, key, { mode: 0o600 })
  await node.restart()
  t.is((await node.client.call('node.identity', {})).did, node.info.did)
})

test('a damaged database is set aside and told of; the next start begins with an empty one', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await node.stop()
  const rubbish = randomBytes(50_000)
  writeFileSync(node.home.database, rubbish)
  const refused = await world.cli('--name', 'alice', 'start', '--port', '0', '--api-port', '0')
  t.is(refused.code, 1)
  t.true(refused.err.includes(node.home.database))
  const aside = readdirSync(node.home.dir).find((file) => file.includes('.damaged-'))
  t.true(refused.err.includes(`${node.home.dir}/${aside}`), refused.err)
  t.deepEqual(readFileSync(`${node.home.dir}/${aside}`), rubbish)
  await node.restart()
  t.is((await node.client.call('node.health', {})).status, 'ok')
})

test('a taken port is told with who has it and how to choose another', async (t) => {
  await using world = lab()
  const alice = await world.start('alice')
  for (const [flags, option] of [
    [['--port', String(alice.info.port), '--api-port', '0'], '--port'],
    [['--port', '0', '--api-port', String(alice.info.api_port)], '--api-port'],
  ] as const) {
    const refused = await world.cli('--name', 'bob', 'start', '--address', '127.0.0.1', ...flags)
    t.is(refused.code, 1)
    t.regex(refused.err, /the Agora node "alice"/)
    t.true(refused.err.includes(option), refused.err)
  }
})

test('a write that the system refuses is an error, reads go on, and a new start recovers', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await node.client.call('agents.register', { name: 'claude-1' })
  await node.client.call('messages.send', { to: 'claude-1', body: 'there was room' })
  await node.stop()
  // The kernel refuses what would make a file larger than this. SQLite sees a failed write, not a full disk.
  const size = Math.max(...readdirSync(node.home.dir).map((file) => statSync(`${node.home.dir}/${file}`).size))
  const blocks = Math.ceil(size / 1024) + 300
  const limited = await world.shell(`ulimit -f ${blocks}; trap '' XFSZ; exec "$0" "$@"`, 'alice')
  const kept: string[] = []
  const fill = async () => {
    for (let n = 0; n < 200; n++) {
      const { id } = await limited.client.call('messages.send', { to: 'claude-1', body: `${n} ${'x'.repeat(20_000)}` })
      kept.push(id ?? '')
    }
  }
  const refused = await t.throwsAsync(fill)
  t.like(refused, { code: 'storage_failed' })
  t.true((await limited.client.call('conversations.list', {})).items.length > 0)
  // What is small may still find room, and then it is well again until the next that does not.
  while ((await limited.client.call('node.status', {})).storage.state !== 'failed') await t.throwsAsync(fill)
  limited.child.kill('SIGKILL')
  await once(limited.child, 'exit')
  await node.restart()
  for (const id of kept) t.is((await node.client.call('messages.show', { id })).id, id)
  t.is((await node.client.call('messages.send', { to: 'claude-1', body: 'room again' })).stage, 'stored')
})

/** How a small file system of its own can be given to one process here, if at all: as root, or by a namespace of one's own. */
const privately = ['-m', '-Urm'].find(
  (flags) => spawnSync('unshare', [flags, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0,
)

const onFullDisk = privately ? test : test.skip
onFullDisk(
  'a full disk (needs unshare and tmpfs): new mail is refused or waits, reads go on, and room is used at once',
  async (t) => {
    await using world = lab()
    const home = join(world.folder, 'alice')
    mkdirSync(home, { mode: 0o700 })
    const mount = `mount -t tmpfs -o size=6m,mode=700 tmpfs '${home}'`
    const alice = await world.shell(
      `exec unshare ${privately} bash -c "${mount}"' && exec "$0" "$@"' "$0" "$@"`,
      'alice',
      (path, pid) => `/proc/${pid}/root${path}`,
    )
    const bob = await world.start('bob', '--connect', `127.0.0.1:${alice.info.port}`)
    await befriend(alice, bob)
    await alice.client.call('agents.register', { name: 'claude-1' })
    await alice.client.call('messages.send', { to: 'claude-1', body: 'there was room' })

    fill(join(alice.home.dir, 'ballast'))
    const large = 'x'.repeat(200_000)
    const refused = await t.throwsAsync(async () => {
      for (let n = 0; n < 50; n++) await alice.client.call('messages.send', { to: 'claude-1', body: large })
    })
    t.like(refused, { code: 'disk_full' })
    t.is((await alice.client.call('node.status', {})).storage.state, 'full')
    t.is((await alice.client.call('node.health', {})).status, 'degraded')
    t.true((await alice.client.call('conversations.list', {})).items.length > 0)
    const { id = '' } = await bob.client.call('messages.send', { to: alice.info.did, body: `later ${large}` })
    // Whatever is written next is refused as well: alice has taken in nothing of it.
    await t.throwsAsync(alice.client.call('messages.send', { to: 'claude-1', body: large }), {
      message: /disk is full/,
    })
    t.not((await bob.client.call('messages.show', { id })).delivery?.stage, 'stored')

    rmSync(join(alice.home.dir, 'ballast'))
    t.is((await alice.client.call('messages.send', { to: 'claude-1', body: 'room again' })).stage, 'stored')
    t.is((await alice.client.call('node.status', {})).storage.state, 'ok')
    await eventually(bob, async () => {
      const { delivery } = await bob.client.call('messages.show', { id })
      return delivery?.stage === 'stored' || undefined
    })
    const { items } = await alice.client.call('messages.read', { view: 'all' })
    t.is(items.filter((item) => item.id === id).length, 1)
  },
)

/** Writes to `path` until not one byte more fits on the disk. */
function fill(path: string): void {
  const file = openSync(path, 'w')
  for (let size = 1 << 16; size > 0; size >>= 1) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  closeSync(file)
}

test("the command line's quick start, as a newcomer types it", async (t) => {
  await using world = lab()
  const run = async (...argv: string[]) => {
    const { code, out, err } = await world.cli(...argv)
    t.is(code, 0, `${argv.join(' ')}: ${out}${err}`)
    return out
  }
  /** Runs the command that was printed as the next one, to the letter. */
  const typed = (printed: string, before: string) =>
    run(...(printed.split(`${before}: agora `)[1]?.split('\n')[0]?.split(' ') ?? ['nothing printed']))
  const background = ['--daemon', '--port', '0', '--api-port', '0', '--address', '127.0.0.1']

  const started = await run('--name', 'alice', 'start', ...background)
  t.regex(started, /alice is running[\s\S]+did:agora:z6Mk[\s\S]+agora --name alice stop/)
  const [, address = ''] = /--connect (127\.0\.0\.1:\d+)/.exec(started) ?? []
  await run('--name', 'bob', 'start', ...background, '--connect', address)
  await run('--name', 'bob', 'connect', address)
  const mistaken = await world.cli('--name', 'bob', 'connect', /http:\/\/(\S+)/.exec(started)?.[1] ?? '')
  t.is(mistaken.code, 1)
  // Which of two things is noticed first, its answer or that it hangs up, is chance.
  t.regex(mistaken.err, /no Agora node|something else than an Agora node/)
  const several = await world.cli('status')
  t.is(several.code, 1)
  t.regex(several.err, /Several nodes are running[\s\S]+alice[\s\S]+bob[\s\S]+--name/)

  t.regex(await run('--name', 'bob', 'send', 'Hello Alice!', '--to', 'alice'), /stored on alice.*waits to be accepted/)
  const requests = await run('--name', 'alice', 'requests')
  t.regex(requests, /bob .*\n.*Hello Alice!/)
  t.regex(await typed(requests, 'accept'), /1 message delivered/)
  t.regex(await run('--name', 'alice', 'messages'), /bob .*trust 1.*\n.*Hello Alice!/)
  t.is((await run('--name', 'alice', 'messages')).includes('Hello'), false, 'what was shown is not shown again')
  await run('--name', 'alice', 'send', 'Hello Bob!', '--to', 'bob')
  await run('--name', 'bob', 'requests', 'accept', 'alice')
  t.regex(await run('--name', 'bob', 'messages'), /alice .*\n.*Hello Bob!/)

  const waiting = world.cli('--name', 'bob', 'messages', '--wait', '--timeout', '60')
  t.regex(await run('--name', 'alice', 'send', 'At once', '--to', 'bob'), /stored on bob/)
  const sentAt = performance.now()
  t.regex((await waiting).out, /At once/)
  t.true(performance.now() - sentAt < 30_000, 'it did not wait to the end')

  const added = await run('--name', 'alice', 'agents', 'add', 'claude-1')
  t.regex(added, /Registered claude-1/)
  t.regex(await run('--name', 'alice', 'agents', 'token', 'claude-1'), /^agora_\S+\n$/)
  t.regex(await run('--name', 'bob', 'send', 'For the agent', '--to', 'claude-1@alice'), /stored on alice for claude-1/)
  t.false((await run('--name', 'alice', 'messages')).includes('For the agent'))
  t.regex(await typed(added, 'Act as it'), /For the agent/)
  const unknown = await world.cli('--name', 'alice', 'send', 'x', '--to', 'claude')
  t.is(unknown.code, 1)
  t.regex(unknown.err, /nobody[\s\S]+claude-1/)
  const forbidden = await world.cli('--name', 'alice', '--as', 'claude-1', 'requests')
  t.is(forbidden.code, 1)
  t.regex(forbidden.err, /for the operator/)

  const { pid } = JSON.parse(await run('--name', 'alice', 'status', '--format', 'json'))
  t.regex(await run('--name', 'alice', 'stop'), /alice has stopped/)
  t.false(isAlive(pid), 'its process has ended')
  t.regex(await run('--name', 'bob', 'send', 'Are you there?', '--to', 'alice'), /queued: alice is not connected/)
  t.regex(await run('--name', 'bob', 'outbox'), /alice +no +queued/)
  await run('--name', 'bob', 'stop')
  const away = await world.cli('--name', 'bob', 'send', 'x', '--to', 'alice')
  t.is(away.code, 1)
  t.regex(away.err, /not running[\s\S]+agora --name bob start/)
})
