import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { described } from '../src/mcp/server.ts'
import { type Profile, profiles, within } from '../src/mcp/tool.ts'
import { tools } from '../src/mcp/tools/index.ts'
import type { Bench } from './lib/bench.ts'
import { helper } from './lib/children.ts'
import { caller } from './lib/http.ts'
import { agora } from './lib/machine.ts'
import { median, timed } from './lib/stats.ts'
import { createWorld } from './lib/world.ts'

const MOST: Partial<Record<Profile, number>> = { core: 1500, default: 4000 }

/** What agents pay: the tools in their context, and the time of a call that only reads. */
export const mcp: Bench = {
  name: 'mcp',
  about: 'the tokens of the tools, and a call that reads, through the stdio bridge and through HTTP',
  async run({ quick, note }) {
    for (const profile of profiles) {
      const most = MOST[profile]
      const offered = within(profile, tools)
      note({
        what: `tools of the profile ${profile} (${offered.length})`,
        value: offered.reduce((sum, one) => sum + tokensOf(one), 0),
        unit: 'tokens',
        ...(most === undefined ? {} : { wanted: { of: 'value', most } as const }),
      })
    }

    const [blocks, count] = [quick ? 3 : 10, 50]
    await using world = createWorld()
    const alice = await world.start('alice')
    const { token } = await alice.call<{ token: string }>('POST', '/agents', { name: 'by-http' })
    const http = await connected(
      new StreamableHTTPClientTransport(new URL(`${alice.info.api_url}/mcp`), {
        requestInit: { headers: { Authorization: `Bearer ${token}` } },
      }) as unknown as Transport,
    )
    const bridge = await connected(
      new StdioClientTransport({
        command: process.execPath,
        args: [agora, '--name', 'alice', 'mcp', '--agent-name', 'by-bridge'],
        env: world.env as Record<string, string>,
      }),
    )
    await using bare = await helper('bare-http.ts')
    const echo = caller(String(bare.ready), '')

    const measured = { http: [] as number[], bridge: [] as number[], echo: [] as number[] }
    const ways = {
      http: () => http.callTool({ name: 'agora_status', arguments: {} }),
      bridge: () => bridge.callTool({ name: 'agora_status', arguments: {} }),
      echo: () => echo('POST', '/', { name: 'agora_status' }),
    }
    // The first block compiles what the others run.
    for (let block = -1; block < blocks; block++) {
      for (const way of ['echo', 'http', 'bridge'] as const) {
        for (let n = 0; n < count; n++) {
          const ms = await timed(ways[way])
          if (block >= 0) measured[way].push(ms)
        }
      }
    }
    await Promise.all([http.close(), bridge.close()])
    const limit = { what: 'echo by bare node:http', value: median(measured.echo) }
    const figure = (what: string, of: 'http' | 'bridge', most: number) =>
      note({ what, value: median(measured[of]), unit: 'ms', limit, wanted: { of: 'value', most } })
    figure('agora_status through the stdio bridge, p50', 'bridge', 6)
    figure('the same through HTTP, p50', 'http', 4)
  },
}

function tokensOf(one: (typeof tools)[number]): number {
  const { name, description, inputSchema } = described(one)
  return countTokens(JSON.stringify({ name, description, inputSchema }))
}

async function connected(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' })
  await client.connect(transport)
  return client
}
