/**
 * Boots three nodes on this machine, prints how to reach each, lets them exchange messages, and cleans up.
 *
 *   node examples/network.ts          runs once and ends
 *   node examples/network.ts --stay   leaves the nodes running until Ctrl-C
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../src/client/index.ts'

const agora = fileURLToPath(new URL('../bin/agora.js', import.meta.url))
const homes = mkdtempSync(join(tmpdir(), 'agora-example-'))
const env = { ...process.env, AGORA_HOME: homes }

interface Node {
  name: string
  process: ChildProcess
  client: Client
  address: string
}

/** Starts a daemon on free ports and resolves when it is healthy: it writes daemon.json then. */
async function start(name: string): Promise<Node> {
  const child = spawn(
    process.execPath,
    [agora, '--name', name, 'start', '--port', '0', '--api-port', '0', '--address', '127.0.0.1'],
    {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  for await (const chunk of child.stdout) if (String(chunk).includes('did:agora:')) break
  child.stdout.resume()
  const { api_url: url } = JSON.parse(readFileSync(join(homes, name, 'daemon.json'), 'utf8'))
  const tokenFile = join(homes, name, 'token')
  const client = createClient({ url, token: readFileSync(tokenFile, 'utf8').trim() })
  const [address = ''] = (await client.call('node.status', {})).addresses
  console.log(`${name}\n  API    ${url}\n  token  ${tokenFile}\n  peers  ${address}`)
  return { name, process: child, client, address }
}

/** Sends, lets the other operator accept the stranger where that is needed, and says how far the message came. */
async function say(from: Node, to: Node, body: string): Promise<void> {
  const sent = await from.client.call('messages.send', { to: to.name, body, wait_for: 'stored' })
  if (sent.note === 'request') {
    const { did } = await from.client.call('node.identity', {})
    const accepted = await to.client.call('requests.accept', { peer: did })
    console.log(`${to.name} accepted ${from.name}: trust ${accepted.trust_level}`)
  }
  const { items, cursor } = await to.client.call('messages.read', {})
  await to.client.call('messages.read', { cursor })
  for (const message of items) console.log(`${to.name} reads from ${message.from.name}: ${message.body}`)
}

const nodes: Node[] = []
try {
  for (const name of ['alice', 'bob', 'carol']) nodes.push(await start(name))
  const [alice, bob, carol] = nodes as [Node, Node, Node]
  await alice.client.call('node.connect', { address: bob.address })
  await bob.client.call('node.connect', { address: carol.address })
  await say(alice, bob, 'Hello Bob!')
  await say(bob, alice, 'Hello Alice!')
  await say(bob, carol, 'Carol, Alice and I are here.')
  if (process.argv.includes('--stay')) {
    console.log('Running until Ctrl-C.')
    await once(process, 'SIGINT')
  }
} finally {
  for (const { process: child } of nodes) child.kill('SIGTERM')
  await Promise.all(nodes.map(({ process: child }) => child.exitCode ?? once(child, 'exit')))
  rmSync(homes, { recursive: true, force: true })
}
