import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { mcpClient } from '../helpers/mcp.ts'
import { network, type TestNode } from '../helpers/network.ts'

const post = (node: TestNode, token: string, session: string | undefined, body: object) =>
  fetch(`${node.daemon.api_url}/mcp`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(session === undefined ? {} : { 'Mcp-Session-Id': session }),
    },
    body: JSON.stringify(body),
  })
const begin = (node: TestNode, token: string) =>
  post(node, token, undefined, {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  })
const ping = (node: TestNode, token: string, session: string) =>
  post(node, token, session, { jsonrpc: '2.0', id: 2, method: 'ping' })

test('a stream that was opened with a token that was replaced tells nothing any more', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const claude = await mcpClient(alice, 'claude-1')
  t.teardown(() => claude.client.close())
  await claude.use('agora_status')
  const told: unknown[] = []
  let heard: () => void = () => undefined
  const first = new Promise<void>((resolve) => {
    heard = resolve
  })
  claude.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    told.push(params.data)
    heard()
  })
  await alice.call('messages.send', { to: 'claude-1', body: 'one' })
  await first
  await alice.call('agents.token', { name: 'claude-1' })
  await alice.call('messages.send', { to: 'claude-1', body: 'two' })
  await net.settle()
  await t.throwsAsync(claude.client.ping())
  t.is(told.length, 1)
})

test('what a wait finds is not for whoever lost the token meanwhile', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { token } = await alice.call('agents.register', { name: 'claude-1' })
  const session = (await begin(alice, token)).headers.get('mcp-session-id') ?? ''
  const response = await post(alice, token, session, {
    ...{ jsonrpc: '2.0', id: 700, method: 'tools/call' },
    params: { name: 'agora_read_messages', arguments: { wait: 200 }, _meta: { progressToken: 1 } },
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  // That it waits is told first.
  let text = (await reader?.read())?.value ?? ''
  await alice.call('agents.token', { name: 'claude-1' })
  await alice.call('messages.send', { to: 'claude-1', body: 'the secret' })
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value
  t.regex(text, /progress/)
  t.false(text.includes('the secret'), text)
})

test('an agent that forgets its sessions is given more at the cost of its own, and takes none from others', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const [one, other] = [
    (await alice.call('agents.register', { name: 'claude-1' })).token,
    (await alice.call('agents.register', { name: 'codex' })).token,
  ]
  const others = (await begin(alice, other)).headers.get('mcp-session-id') ?? ''
  const sessions: string[] = []
  for (let n = 0; n < 33; n++) {
    await net.clock.advance(100)
    const response = await begin(alice, one)
    t.is(response.status, 200)
    await response.text()
    sessions.push(response.headers.get('mcp-session-id') ?? '')
  }
  t.is((await ping(alice, one, sessions[0] ?? '')).status, 404)
  t.is((await ping(alice, one, sessions[32] ?? '')).status, 200)
  t.is((await ping(alice, other, others)).status, 200)
})

test('who keeps as many streams open as it may is told so', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { token } = await alice.call('agents.register', { name: 'claude-1' })
  const gone = new AbortController()
  for (let n = 0; n < 32; n++) {
    await net.clock.advance(100)
    const response = await begin(alice, token)
    await response.text()
    const stream = await fetch(`${alice.daemon.api_url}/mcp`, {
      signal: gone.signal,
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: 'text/event-stream',
        'Mcp-Session-Id': response.headers.get('mcp-session-id') ?? '',
      },
    })
    t.is(stream.status, 200)
  }
  const refused = await begin(alice, token)
  t.is(refused.status, 429)
  t.like(await refused.json(), { code: 'rate_limited' })
  gone.abort()
})
