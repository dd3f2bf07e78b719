import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import test from 'ava'
import { createClient } from '../../src/client/index.ts'
import { lab } from '../helpers/processes.ts'

test('identity, agents, tokens and mail outlive a kill; a second daemon has no place in the home', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  const { token } = await node.client.call('agents.register', { name: 'claude-1', kind: 'script' })
  await node.client.call('messages.send', { to: 'claude-1', body: 'before' })
  t.is(statSync(node.home.key).mode & 0o777, 0o600)
  t.is(statSync(node.home.token).mode & 0o777, 0o600)
  t.is(statSync(node.home.dir).mode & 0o777, 0o700)
  t.is(statSync(node.home.database).mode & 0o077, 0)

  const second = await world.cli('--name', 'alice', 'start', '--port', '0', '--api-port', '0')
  t.is(second.code, 1)
  t.regex(second.err, /already running \(process \d+/)

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
  t.false(existsSync(node.home.key))

  for (const damaged of [key.slice(0, 40), '', key.replace(/"seed": "./, '"seed": "_'), 'rubbish']) {
    writeFileSync(node.home.key, damaged, { mode: 0o600 })
    const refused = await world.cli('--name', 'alice', 'start')
    t.is(refused.code, 1)
    t.regex(refused.err, /cannot be used/)
    t.is(readFileSync(node.home.key, 'utf8'), damaged)
  }
  writeFileSync(node.home.key, key, { mode: 0o600 })
  await node.restart()
  t.is((await node.client.call('node.identity', {})).did, node.info.did)
})

test('a damaged database is set aside and told of; the next start begins with an empty one', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await node.stop()
  const rubbish = Buffer.alloc(50_000, 'rubbish ')
  writeFileSync(node.home.database, rubbish)
  const refused = await world.cli('--name', 'alice', 'start', '--port', '0', '--api-port', '0')
  t.is(refused.code, 1)
  t.true(refused.err.includes(node.home.database))
  const aside = readdirSync(node.home.dir).find((file) => file.includes('.damaged-'))
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

test('a full disk refuses new messages, serves reads, and recovers', async (t) => {
  await using world = lab()
  const node = await world.start('alice')
  await node.client.call('agents.register', { name: 'claude-1' })
  await node.client.call('messages.send', { to: 'claude-1', body: 'there was room' })
  await node.stop()
  // The kernel refuses what makes a file larger than this, as a full disk would: SQLite sees a failed write.
  const size = Math.max(...readdirSync(node.home.dir).map((file) => statSync(`${node.home.dir}/${file}`).size))
  const blocks = Math.ceil(size / 1024) + 300
  const limited = world.shell(`ulimit -f ${blocks}; trap '' XFSZ; exec "$0" "$@"`, 'alice')
  await limited.ready
  const client = limited.client()
  let refused: { code?: string } | undefined
  for (let n = 0; n < 200 && !refused; n++) {
    try {
      await client.call('messages.send', { to: 'claude-1', body: `${n} ${'x'.repeat(20_000)}` })
    } catch (error) {
      refused = error as { code?: string }
    }
  }
  t.true(['disk_full', 'storage_failed'].includes(refused?.code ?? ''), String(refused))
  t.true((await client.call('conversations.list', {})).items.length > 0)
  t.is((await client.call('node.status', {})).storage.state === 'ok', false)
  limited.child.kill('SIGKILL')
  await once(limited.child, 'exit')
  await node.restart()
  t.is((await node.client.call('messages.send', { to: 'claude-1', body: 'room again' })).stage, 'stored')
})

test("the command line's quick start, as a newcomer types it", async (t) => {
  await using world = lab()
  const run = async (...argv: string[]) => {
    const { code, out, err } = await world.cli(...argv)
    t.is(code, 0, `${argv.join(' ')}: ${out}${err}`)
    return out
  }
  const started = await run(
    '--name',
    'alice',
    'start',
    '--daemon',
    '--port',
    '0',
    '--api-port',
    '0',
    '--address',
    '127.0.0.1',
  )
  const port = /127\.0\.0\.1\/tcp\/(\d+)/.exec(started)?.[1]
  try {
    await run(
      '--name',
      'bob',
      'start',
      '--daemon',
      '--port',
      '0',
      '--api-port',
      '0',
      '--address',
      '127.0.0.1',
      '--connect',
      `127.0.0.1:${port}`,
    )
    await run('--name', 'bob', 'connect', `127.0.0.1:${port}`)
    t.regex(
      await run('--name', 'bob', 'send', 'Hello Alice!', '--to', 'alice'),
      /stored on alice.*waits to be accepted/,
    )
    t.regex(await run('--name', 'alice', 'requests'), /bob .*\n.*Hello Alice!/)
    t.regex(await run('--name', 'alice', 'requests', 'accept', 'bob'), /1 message delivered/)
    t.regex(await run('--name', 'alice', 'messages'), /bob .*trust 1.*\n.*Hello Alice!/)
    t.is((await run('--name', 'alice', 'messages')).includes('Hello'), false, 'what was shown is not shown again')
    await run('--name', 'alice', 'send', 'Hello Bob!', '--to', 'bob')
    await run('--name', 'bob', 'requests', 'accept', 'alice')

    await run('--name', 'bob', 'messages')
    const waiting = world.cli('--name', 'bob', 'messages', '--wait', '--timeout', '20')
    await run('--name', 'alice', 'send', 'At once', '--to', 'bob')
    t.regex((await waiting).out, /At once/)

    t.regex(await run('--name', 'alice', 'agents', 'add', 'claude-1'), /Registered claude-1/)
    t.regex(
      await run('--name', 'bob', 'send', 'For the agent', '--to', 'claude-1@alice'),
      /stored on alice for claude-1/,
    )
    t.regex(await run('--name', 'alice', '--as', 'claude-1', 'messages'), /For the agent/)
    const unknown = await world.cli('--name', 'alice', 'send', 'x', '--to', 'claude')
    t.is(unknown.code, 1)
    t.regex(unknown.err, /claude-1/)
  } finally {
    await run('--name', 'alice', 'stop')
    await run('--name', 'bob', 'stop')
  }
  t.true(existsSync(dirname(world.folder)))
})
