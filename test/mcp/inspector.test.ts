import test, { type ExecutionContext } from 'ava'
import { within } from '../../src/mcp/tool.ts'
import { tools } from '../../src/mcp/tools/index.ts'
import { inspector, type McpEntry } from '../helpers/inspector.ts'
import { bridgeCommand } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

/** What a person does who looks into a server with it. */
async function inspected(t: ExecutionContext, server: McpEntry, agent: string, ...flags: string[]): Promise<void> {
  const ask = (method: string, ...more: string[]) => inspector(server, ...flags, '--method', method, ...more)
  const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name)
  const textOf = ({ content }: Record<string, unknown>) => (content as { text: string }[])[0]?.text

  t.deepEqual(names((await ask('tools/list'))['tools']), names(within('default', tools)))
  t.regex(
    textOf(await ask('tools/call', '--tool-name', 'agora_next')) ?? '',
    new RegExp(`^You are ${agent} on alice\\.`),
  )
  t.like(await ask('tools/call', '--tool-name', 'agora_send_message'), { isError: true })
  t.deepEqual(names((await ask('resources/list'))['resources']), ['inbox'])
  t.like((await ask('resources/read', '--uri', 'agora://inbox'))['contents'], [{ uri: 'agora://inbox' }])
  t.deepEqual(names((await ask('prompts/list'))['prompts']), ['join-project', 'stand-up', 'hand-over'])
}

test('the Inspector finds what there is through the bridge', async (t) => {
  await using net = await network(['alice'])
  await inspected(t, { type: 'stdio', ...bridgeCommand(net.node.alice.home, 'claude-1') }, 'claude-1')
})

test('the Inspector finds the same over HTTP with a token, and nothing without', async (t) => {
  await using net = await network(['alice'])
  const { alice } = net.node
  const { token } = await alice.call('agents.register', { name: 'claude-1' })
  const server: McpEntry = { type: 'streamable-http', url: `${alice.daemon.api_url}/mcp` }
  await inspected(t, server, 'claude-1', '--header', `Authorization: Bearer ${token}`)
  await t.throwsAsync(inspector(server, '--method', 'tools/list'), { message: /needs a token|401/ })
})
