import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { type LoggingMessageNotification, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { KEPT_MAX, recentEvents } from '../../src/mcp/recent-events.ts'
import { network } from '../helpers/network.ts'

const message = (n: number) => ({ jsonrpc: '2.0' as const, method: 'notifications/message', params: { n } })

test('what is kept of a session is the latest, and only what it did not ask for', async (t) => {
  const events = recentEvents()
  t.is(await events.storeEvent('of a request', message(0)), '')
  for (let n = 1; n <= KEPT_MAX + 10; n++) t.is(await events.storeEvent('_GET_stream', message(n)), String(n))
  const after = async (id: string) => {
    const sent: unknown[] = []
    await events.replayEventsAfter(id, {
      send: async (_, told) => void sent.push('params' in told && told.params?.['n']),
    })
    return sent
  }
  t.deepEqual(await after(String(KEPT_MAX + 8)), [KEPT_MAX + 9, KEPT_MAX + 10])
  t.deepEqual(
    await after('1'),
    Array.from({ length: KEPT_MAX }, (_, n) => n + 11),
  )
  for (const id of [String(KEPT_MAX + 10), 'forged', '-1', '1e3', '']) t.deepEqual(await after(id), [])
})

test('a client whose stream breaks is told once of each mail that came meanwhile', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { token } = await alice.call('agents.register', { name: 'claude-1' })
  const streams = breakable()
  const transport = new StreamableHTTPClientTransport(new URL(`${alice.daemon.api_url}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
    fetch: streams.fetch,
    reconnectionOptions: {
      ...{ initialReconnectionDelay: 1, maxReconnectionDelay: 1, reconnectionDelayGrowFactor: 1, maxRetries: 10 },
    },
  })
  const client = new Client({ name: 'test', version: '1' })
  const told: unknown[] = []
  let heard: () => void = () => undefined
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }: LoggingMessageNotification) => {
    told.push(params.data)
    heard()
  })
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (told.length >= count) resolve()
      }
      heard()
    })
  await client.connect(transport as never)
  await streams.opened()
  for (const name of ['codex', 'gemini', 'cursor', 'aider']) await alice.call('agents.register', { name })
  const mailFrom = (name: string) => alice.call('messages.send', { to: 'claude-1', body: 'hello' }, name)

  await mailFrom('codex')
  await until(1)
  const goOn = streams.breakAll()
  await mailFrom('gemini')
  await mailFrom('cursor')
  goOn()
  await until(3)
  await mailFrom('aider')
  await until(4)
  t.deepEqual(
    told,
    ['codex', 'gemini', 'cursor', 'aider'].map((name) => `New message from ${name}: agora_read_messages`),
  )
  await transport.terminateSession()
  await client.close()
})

/** `fetch` whose streams can be broken: none opens again until that is allowed. */
function breakable() {
  const open = new Set<AbortController>()
  const opened = Promise.withResolvers<void>()
  let allowed = Promise.resolve()
  return {
    opened: () => opened.promise,
    async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
      if (init.method !== 'GET') return fetch(url, init)
      await allowed
      const broken = new AbortController()
      const signals = [broken.signal, ...(init.signal ? [init.signal] : [])]
      const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) })
      open.add(broken)
      opened.resolve()
      return response
    },
    breakAll(): () => void {
      const gate = Promise.withResolvers<void>()
      allowed = gate.promise
      for (const one of open) one.abort()
      open.clear()
      return gate.resolve
    },
  }
}
