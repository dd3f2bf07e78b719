import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'

/** A client in a process of its own, to be killed: starts the server its arguments name, calls a tool that waits, and says which process the server is. */
const [command = '', ...args] = process.argv.slice(2)
const transport = new StdioClientTransport({ command, args, env: process.env as Record<string, string> })
const client = new Client({ name: 'holder', version: '1' })
await client.connect(transport)
await client.callTool({ name: 'agora_status', arguments: {} })
void client.callTool({ name: 'agora_read_messages', arguments: { wait: 290 } })
await client.ping()
console.log(transport.pid)
