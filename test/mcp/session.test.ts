import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { agentTokenFile } from '../../src/store/home.ts'
import { readToken } from '../../src/store/private-file.ts'
import { bridgeClient, mcpClient } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

/** Resolves with the next announcement of mail. */
const announcement = (client: Client): Promise<unknown> =>
  new Promise((resolve) => {
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => resolve(params.data))
  })

for (const [way, connect] of [
  ['HTTP', mcpClient],
  ['the bridge', (node: Parameters<typeof mcpClient>[0], agent: string) => bridgeClient(node.home, agent)],
] as const) {
  test(`through ${way}: ping, and no announcements below the level that was set`, async (t) => {
    await using net = await network(['alice'])
    const { alice } = net.node
    await using claude = await connect(alice, 'claude-1')
    t.deepEqual(await claude.client.ping(), {})
    await claude.use('agora_status')
    await claude.client.setLoggingLevel('warning')
    let announced = announcement(claude.client)
    await alice.call('messages.send', { to: 'claude-1', body: 'one' })
    t.regex(await claude.use('agora_identity'), /\n1 unread/)
    await claude.client.setLoggingLevel('debug')
    await alice.call('messages.send', { to: 'claude-1', body: 'two' })
    t.is(await announced, 'New message from alice: agora_read_messages')
    announced = announcement(claude.client)
    const told = Promise.race([announced, claude.client.ping().then(() => 'nothing more')])
    t.is(await told, 'nothing more', 'the first was not told late')
  })

  test(`through ${way}: a wait for mail tells of itself, and ends with the mail`, async (t) => {
    await using net = await network(['alice'])
    const { alice } = net.node
    await using claude = await connect(alice, 'claude-1')
    await claude.use('agora_status')
    let told: (() => void) | undefined
    const first = new Promise<void>((resolve) => {
      told = resolve
    })
    const waiting = claude.client.callTool({ name: 'agora_read_messages', arguments: { wait: 200 } }, undefined, {
      onprogress: () => told?.(),
      resetTimeoutOnProgress: true,
    })
    await first
    await alice.call('messages.send', { to: 'claude-1', body: 'here it is' })
    const [{ text }] = (await waiting).content as [{ text: string }]
    t.regex(text, /\| here it is$/)
  })

  test(`through ${way}: a wait that is cancelled shows nothing, so that nothing is lost`, async (t) => {
    await using net = await network(['alice'])
    const { alice } = net.node
    await using claude = await connect(alice, 'claude-1')
    await claude.use('agora_status')
    const stopped = new AbortController()
    const waiting = claude.client.callTool({ name: 'agora_read_messages', arguments: { wait: 200 } }, undefined, {
      onprogress: () => stopped.abort('enough'),
      signal: stopped.signal,
    })
    await t.throwsAsync(waiting, { message: /enough/ })
    await claude.client.ping()
    await alice.call('messages.send', { to: 'claude-1', body: 'still there' })
    await net.settle()
    t.regex(await claude.use('agora_read_messages'), /\| still there$/)
  })
}

test('whoever hangs up in the middle of a wait is shown nothing either', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await mcpClient(alice, 'claude-1')
  const token = readToken(agentTokenFile(alice.home, 'claude-1'))
  const { sessionId } = claude.client.transport as unknown as { sessionId: string }
  const gone = new AbortController()
  const response = await fetch(`${alice.daemon.api_url}/mcp`, {
    method: 'POST',
    signal: gone.signal,
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      'Mcp-Session-Id': sessionId,
    },
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 700, method: 'tools/call' },
      params: { name: 'agora_read_messages', arguments: { wait: 200 }, _meta: { progressToken: 1 } },
    }),
  })
  const reader = response.body?.getReader()
  await reader?.read()
  gone.abort()
  await reader?.read().catch(() => undefined)
  await net.settle()
  await alice.call('messages.send', { to: 'claude-1', body: 'still there' })
  const { unread } = await alice.call('messages.read', { view: 'all' }, 'claude-1')
  t.is(unread, 1)
})

test('progress comes every ten seconds', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await mcpClient(alice, 'claude-1')
  const told: number[] = []
  let heard: () => void = () => undefined
  const waiting = claude.client.callTool({ name: 'agora_read_messages', arguments: { wait: 30 } }, undefined, {
    onprogress: ({ progress }) => {
      told.push(progress)
      heard()
    },
  })
  const next = () =>
    new Promise<void>((resolve) => {
      heard = resolve
    })
  await next()
  for (let n = 2; n <= 3; n++) {
    const one = next()
    await net.clock.advance(10_000)
    await one
  }
  await net.clock.advance(10_001)
  const [{ text }] = (await waiting).content as [{ text: string }]
  t.is(text, 'No unread messages.')
  t.deepEqual(told.slice(0, 3), [1, 2, 3])
})

// Alone, before the others: twelve programs at once are enough, and two nodes have to meet in time.
test.serial('ten idle agents that are connected for ten minutes cost not one byte', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice } = net.node
  await net.connect()
  await using clients = new AsyncDisposableStack()
  let heard = 0
  for (let n = 0; n < 10; n++) {
    const one = clients.use(n < 8 ? await mcpClient(alice, `agent-${n}`) : await bridgeClient(alice.home, `agent-${n}`))
    await one.use('agora_next')
    const { transport } = one.client
    const { onmessage } = transport ?? {}
    if (transport) {
      transport.onmessage = (message: unknown) => {
        heard += JSON.stringify(message).length
        onmessage?.(message as never)
      }
    }
  }
  for (let minute = 0; minute < 10; minute++) {
    await net.clock.advance(60_000)
    await net.settle()
  }
  t.is(heard, 0)
})

test('who is connected and reads nothing is not there: it is woken; who waits for mail is', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await mcpClient(alice, 'claude-1')
  await using codex = await mcpClient(alice, 'codex')
  await alice.call('wake.set', { command: process.execPath })
  const woken: unknown[] = []
  let first: () => void = () => undefined
  const wakes = new Promise<void>((resolve) => {
    first = resolve
  })
  alice.daemon.events.subscribe(({ type, data }) => {
    if (type !== 'wake.started') return
    woken.push(data['agents'] ?? data['agent'])
    first()
  })
  const waiting = codex.client.callTool({ name: 'agora_read_messages', arguments: { wait: 290 } })
  // Past the time for which whoever was there when the daemon started is taken to be there still.
  await net.clock.advance(200_000)
  t.regex(await claude.use('agora_next'), /^You are claude-1/)
  await alice.call('messages.send', { to: 'codex', body: 'to one who waits' })
  await alice.call('messages.send', { to: 'claude-1', body: 'to one who does not' })
  await waiting
  for (let n = 0; n < 60 && woken.length === 0; n++) await net.clock.advance(1000)
  await wakes
  t.true(JSON.stringify(woken[0]).includes('claude-1'))
  t.false(JSON.stringify(woken).includes('codex'))
})
