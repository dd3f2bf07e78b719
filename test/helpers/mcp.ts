import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { TestNode } from './network.ts'

export interface McpClient extends AsyncDisposable {
  client: Client
  /** Calls a tool and answers its texts, joined. Throws when it is an error, with the text. */
  use(tool: string, input?: Record<string, unknown>): Promise<string>
  /** The same for one that is to fail. */
  fails(tool: string, input?: Record<string, unknown>): Promise<string>
}

/** The SDK's own client, over streamable HTTP, as an agent of the node that is registered when it is new. */
export async function mcpClient(node: TestNode, agent: string): Promise<McpClient> {
  const known = (await node.call('agents.list', {})).items.some(({ name }) => name === agent)
  const { token } = known
    ? await node.call('agents.token', { name: agent })
    : await node.call('agents.register', { name: agent })
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL(`${node.daemon.api_url}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  })
  await client.connect(transport as never)
  return mcpUser(client, async () => {
    await transport.terminateSession()
    await client.close()
  })
}

export function mcpUser(client: Client, close: () => Promise<void>): McpClient {
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
