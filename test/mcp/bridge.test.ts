import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { endedSession } from '../../src/mcp/session-name.ts'
import { isAlive } from '../../src/store/daemon-file.ts'
import { bridgeClient, bridgeCommand } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

const holder = join(import.meta.dirname, '../helpers/mcp-holder.ts')

/** Resolves when a process that is not a child of this one has ended: of that nothing tells. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await pause(20)
}

test('the bridge offers the tools, and goes on when the daemon has moved', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await bridgeClient(alice.home, 'claude-1')
  const { tools } = await claude.client.listTools()
  t.true(tools.length > 23)
  t.regex(await claude.use('agora_identity'), /^You: claude-1, did:agora:.*#claude-1\nNode: alice/)
  const { items } = await alice.call('agents.list', {})
  t.like(items[0], { name: 'claude-1', kind: 'test' })

  const announcement = () =>
    new Promise<unknown>((resolve) => {
      claude.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => resolve(params.data))
    })
  const first = announcement()
  await alice.call('messages.send', { to: 'claude-1', body: 'hello' })
  t.is(await first, 'New message from alice: agora_read_messages')

  const { api_url } = alice.daemon
  await alice.stop()
  t.regex(
    await claude.fails('agora_status'),
    /^The Agora node "alice" is not running\.\nAsk your user to start it: agora --name alice start --daemon$/,
  )
  await alice.restart()
  t.not(alice.daemon.api_url, api_url)
  const announced = announcement()
  // It looks for the daemon now and then: what came meanwhile is told as well.
  await alice.call('messages.send', { to: 'claude-1', body: 'welcome back' })
  t.is(await announced, 'New message from alice: agora_read_messages')
  t.regex(await claude.use('agora_read_messages'), /\| welcome back$/)
  t.is(claude.errors(), '')
})

test('two sessions of one name are two agents, and the second is told once', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using first = await bridgeClient(alice.home, 'claude-1')
  {
    await using second = await bridgeClient(alice.home, 'claude-1')
    t.regex(await first.use('agora_next'), /^You are claude-1 on alice\./)
    t.regex(
      await second.use('agora_next'),
      /^You are claude-1-2 on alice\.[\s\S]*\nYou are claude-1-2: another session uses the name claude-1\./,
    )
    t.false((await second.use('agora_next')).includes('another session'))
    await first.use('agora_send_message', { to: 'claude-1-2', body: 'we are two' })
    t.regex(await second.use('agora_read_messages'), /claude-1 \(agent, of this node.*\n\| we are two/)
  }
  await using third = await bridgeClient(alice.home, 'claude-1')
  t.regex(await third.use('agora_next'), /^You are claude-1-2 on alice\./)
})

test('a client that is killed takes its bridge with it, and its name is free again', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { command, args, env } = bridgeCommand(alice.home, 'claude-1')
  const client = spawn(process.execPath, [holder, command, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => client.kill('SIGKILL'))
  const [line] = (await once(client.stdout, 'data')) as [Buffer]
  const bridge = Number(line.toString())
  t.true(isAlive(bridge))
  client.kill('SIGKILL')
  await gone(bridge)
  t.truthy(endedSession(alice.home, 'claude-1'), 'the node sees that nobody works as claude-1 any more')
  await using next = await bridgeClient(alice.home, 'claude-1')
  t.regex(await next.use('agora_next'), /^You are claude-1 on alice\./)
})

test('nothing but the protocol is said on standard output, whatever comes in', async (t) => {
  await using net = await network(['alice'])
  const { command, args, env } = bridgeCommand(net.node.alice.home, 'claude-1')
  const bridge = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  t.teardown(() => bridge.kill('SIGKILL'))
  const said: Record<string, unknown>[] = []
  const answers = new Map<unknown, (answer: Record<string, unknown>) => void>()
  createInterface({ input: bridge.stdout }).on('line', (line) => {
    const message = JSON.parse(line)
    said.push(message)
    answers.get(message.id)?.(message)
  })
  const write = (value: unknown) => bridge.stdin.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
  const ask = (id: number, method: string, params: object = {}) =>
    new Promise<Record<string, unknown>>((resolve) => {
      answers.set(id, resolve)
      write({ jsonrpc: '2.0', id, method, params })
    })

  for (const line of [
    '',
    'hello',
    '{',
    '[]',
    'null',
    '{"jsonrpc":"1.0","id":7}',
    '\u0000\u0001',
    '{"jsonrpc":"2.0"}',
    '𝔘'.repeat(100_000),
  ])
    write(line)
  const clientInfo = { name: 'raw', version: '1' }
  const began = await ask(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo })
  t.like(began['result'], { serverInfo: { name: 'agora' }, protocolVersion: '2025-06-18' })
  write({ jsonrpc: '2.0', method: 'notifications/initialized' })
  for (const message of [
    { jsonrpc: '2.0', id: 99, result: {} },
    { jsonrpc: '2.0', id: 98, error: { code: 1, message: 'x' } },
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 12345 } },
    { jsonrpc: '2.0', method: 'notifications/nothing' },
    { jsonrpc: '2.0', id: { not: 'an id' }, method: 'ping' },
    { id: 3, method: 'ping' },
  ])
    write(message)
  t.like(await ask(2, 'no/such/method'), { error: { code: -32601 } })
  t.like(await ask(3, 'tools/call', { name: 7 }), { error: { code: -32603 } })
  t.like(await ask(4, 'tools/call', { name: 'agora_nothing' }), { error: { code: -32602 } })
  t.like(await ask(5, 'tools/call', { name: 'agora_status', arguments: { surplus: true } }), {
    result: { structuredContent: { unread: 0 } },
  })
  t.deepEqual(await ask(6, 'ping'), { jsonrpc: '2.0', id: 6, result: {} })
  t.true(said.every((message) => message['jsonrpc'] === '2.0'))
  t.deepEqual(
    said.map(({ id }) => id),
    [1, 2, 3, 4, 5, 6],
  )
  let errors = ''
  bridge.stderr.on('data', (chunk) => {
    errors += chunk
  })
  bridge.stdin.end()
  const [code] = await once(bridge, 'close')
  t.is(code, 0)
  t.is(errors, '')
})

test('a thousand messages while nobody reads are a line in results, and each is announced once', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await bridgeClient(alice.home, 'claude-1')
  await claude.use('agora_status')
  let announced = 0
  const all = new Promise<void>((resolve) => {
    claude.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      t.is(params.data, 'New message from alice: agora_read_messages')
      if (++announced === 1000) resolve()
    })
  })
  const send = (n: number) => alice.call('messages.send', { to: 'claude-1', body: `number ${n} ${'x'.repeat(2000)}` })
  await Promise.all(Array.from({ length: 1000 }, (_, n) => send(n)))
  await all
  const text = await claude.use('agora_identity')
  t.regex(text, /\n1000 unread: agora_read_messages$/)
  t.true(text.length < 1000)
  t.is(announced, 1000)
  const page = await claude.use('agora_read_messages', { limit: 5 })
  t.regex(page, /\n995 more unread: call again\.$/)
})
