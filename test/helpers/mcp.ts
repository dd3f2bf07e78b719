import { dirname, join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { ClientCapabilities } from '@modelcontextprotocol/sdk/types.js'
import type { Home } from '../../src/store/home.ts'
import type { TestNode } from './network.ts'

export interface McpClient extends AsyncDisposable {
  client: Client
  /** Calls a tool and answers its texts, joined. Throws when it is an error, with the text. */
  use(tool: string, input?: Record<string, unknown>): Promise<string>
  /** The same for one that is to fail. */
  fails(tool: string, input?: Record<string, unknown>): Promise<string>
}

/** The SDK's own client, over streamable HTTP, as an agent of the node that is registered when it is new. */
export async function mcpClient(
  node: TestNode,
  agent: string,
  { capabilities = {}, tools = 'default' }: { capabilities?: ClientCapabilities; tools?: string } = {},
): Promise<McpClient> {
  const known = (await node.call('agents.list', {})).items.some(({ name }) => name === agent)
  const { token } = known
    ? await node.call('agents.token', { name: agent })
    : await node.call('agents.register', { name: agent })
  const client = new Client({ name: 'test', version: '1' }, { capabilities })
  const transport = new StreamableHTTPClientTransport(new URL(`${node.daemon.api_url}/mcp?tools=${tools}`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  })
  await client.connect(transport as never)
  return mcpUser(client, async () => {
    await transport.terminateSession()
    await client.close()
  })
}

/** How the bridge of a home is started, as a client's configuration says it. */
export function bridgeCommand(home: Home, agent: string, ...flags: string[]) {
  return {
    command: process.execPath,
    args: [
      join(import.meta.dirname, '../../src/bin.ts'),
      ...['--name', home.name, 'mcp', '--agent-name', agent, ...flags],
    ],
    env: { ...getDefaultEnvironment(), AGORA_HOME: dirname(home.dir), ...FREE_PORTS },
  }
}

/** For a node that a bridge starts. */
const FREE_PORTS = { AGORA_PORT: '0', AGORA_API_PORT: '0', AGORA_ADDRESS: '127.0.0.1', AGORA_MDNS: 'false' }

export interface BridgeClient extends McpClient {
  /** Of the bridge's process. */
  pid: number
  /** What it said on standard error until now. */
  errors(): string
}

/** The SDK's own client, which runs the bridge as a process of its own. */
export const bridgeClient = (home: Home, agent: string, ...flags: string[]): Promise<BridgeClient> =>
  bridgeWith({}, home, agent, ...flags)

/** The same for a client that can do more than call. */
export async function bridgeWith(
  capabilities: ClientCapabilities,
  home: Home,
  agent: string,
  ...flags: string[]
): Promise<BridgeClient> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities })
  const transport = new StdioClientTransport({ ...bridgeCommand(home, agent, ...flags), stderr: 'pipe' })
  let said = ''
  transport.stderr?.on('data', (chunk) => {
    said += chunk
  })
  await client.connect(transport)
  return { ...mcpUser(client, () => client.close()), pid: transport.pid ?? 0, errors: () => said }
}

function mcpUser(client: Client, close: () => Promise<void>): McpClient {
  const call = async (name: string, input: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: input })
    const text = (result.content as { text: string }[]).map((part) => part.text).join('\n')
    return { text, isError: result.isError === true }
  }
  return {
    client,
    async use(tool, input) {
      const { text, isError } = await call(tool, input)
      if (isError) throw new Error(`${tool}: ${text}`)
      return text
    },
    async fails(tool, input) {
      const { text, isError } = await call(tool, input)
      if (!isError) throw new Error(`${tool} did not fail: ${text}`)
      return text
    },
    [Symbol.asyncDispose]: close,
  }
}
