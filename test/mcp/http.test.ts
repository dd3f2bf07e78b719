import test from 'ava'
import { mcpClient } from '../helpers/mcp.ts'
import { network, type TestNode } from '../helpers/network.ts'

const accept = 'application/json, text/event-stream'
const clientInfo = { name: 'raw', version: '1' }
const beginning = {
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
}

/** Speaks to `/mcp` by hand. */
async function raw(node: TestNode, name: string) {
  const { token } = await node.call('agents.register', { name })
  const send = (method: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(`${node.daemon.api_url}/mcp`, {
      method,
      headers: { Authorization: `Bearer ${token}`, Accept: accept, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    send,
    async begin(): Promise<string> {
      const response = await send('POST', beginning)
      await response.text()
      return response.headers.get('Mcp-Session-Id') ?? ''
    },
  }
}

test('what is no JSON-RPC is refused, and leaves the daemon and other sessions as they were', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  await using claude = await mcpClient(alice, 'claude-1')
  const mallory = await raw(alice, 'mallory')
  const session = { 'Mcp-Session-Id': await mallory.begin() }
  const bodies = [
    '',
    'hello',
    '{',
    'null',
    '7',
    '{}',
    '[{}]',
    '{"jsonrpc":"1.0"}',
    '{"jsonrpc":"2.0","id":{}}',
    '\ufeff{}',
  ]
  for (const body of bodies) {
    for (const headers of [{}, session]) {
      const response = await mallory.send('POST', body, headers)
      t.true(response.status >= 400 && response.status < 500, `${body}: ${response.status}`)
      t.regex(await response.text(), /"(code|error)"/)
    }
  }
  t.is((await mallory.send('POST', beginning, { Accept: 'text/html' })).status, 406)
  t.is((await mallory.send('POST', beginning, { 'Content-Type': 'text/plain' })).status, 400)
  t.is((await mallory.send('POST', 'x'.repeat(3_000_000), session)).status, 413)
  t.is((await mallory.send('PUT', beginning)).status, 405)
  t.is((await mallory.send('POST', beginning, { 'Mcp-Session-Id': '../..' })).status, 404)
  t.is(
    (
      await mallory.send(
        'POST',
        { ...beginning, method: 'tools/list' },
        { ...session, 'Mcp-Protocol-Version': '1999-01-01' },
      )
    ).status,
    400,
  )
  t.regex(await claude.use('agora_next'), /^You are claude-1/)
})

test('a session begins with its first words, and ends when it is told to', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const agent = await raw(alice, 'claude-1')
  t.is((await agent.send('POST', { jsonrpc: '2.0', id: 2, method: 'tools/list' })).status, 400)
  t.is((await agent.send('GET')).status, 400)
  const [one, other] = [await agent.begin(), await agent.begin()]
  t.not(one, other)
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
  t.is((await agent.send('DELETE', undefined, { 'Mcp-Session-Id': one })).status, 200)
  t.is((await agent.send('POST', list, { 'Mcp-Session-Id': one })).status, 404)
  const response = await agent.send('POST', list, { 'Mcp-Session-Id': other })
  t.is(response.status, 200)
  t.true((await response.text()).includes('agora_next'))
  t.is((await agent.send('POST', beginning, { 'Mcp-Session-Id': other })).status, 400, 'it has begun already')
})

test('with the operator’s token nothing waits for the operator', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice } = net.node
  await net.connect()
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
  const client = new Client(clientInfo)
  const transport = new StreamableHTTPClientTransport(new URL(`${alice.daemon.api_url}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${alice.daemon.operator_token}` } },
  })
  await client.connect(transport as never)
  const { content } = await client.callTool({ name: 'agora_add_friend', arguments: { peer: 'bob', trust: 2 } })
  t.is((content as { text: string }[])[0]?.text, 'bob has trust 2.')
  await client.close()
})
