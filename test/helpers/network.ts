import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '../../src/authority/may.ts'
import { agentDid } from '../../src/base/did.ts'
import { type Client, createClient } from '../../src/client/index.ts'
import { loadSettings, type Settings } from '../../src/config.ts'
import { type Daemon, startDaemon } from '../../src/daemon.ts'
import type { Input, OperationName, Output } from '../../src/operations.ts'
import { type Home, homeAt } from '../../src/store/home.ts'
import { fakeClock } from './fake-clock.ts'

// Every daemon listens for the end of the process, and here there are many.
process.setMaxListeners(100)

/** One whole daemon in this process: real ports, real database, a fake clock. */
export interface TestNode {
  name: string
  home: Home
  running: boolean
  daemon: Daemon
  did: string
  operator: Actor
  /** The REST client with the operator's token. */
  client: Client
  /** Calls an operation as the operator, or as the agent `as`. */
  call<Name extends OperationName>(name: Name, input: Input<Name>, as?: string): Promise<Output<Name>>
  stop(): Promise<void>
  restart(settings?: Partial<Settings>): Promise<void>
}

export interface TestNetwork<Names extends string> extends AsyncDisposable {
  node: Record<Names, TestNode>
  clock: ReturnType<typeof fakeClock>
  /** Connects every node with every other, and waits until both sides know. */
  connect(): Promise<void>
  /** Gives each other trust by accepting a first message, as operators do. */
  befriend(one: Names, other: Names): Promise<void>
  /** Resolves when nothing that was sent is still under way between connected nodes. */
  settle(): Promise<void>
}

/** Several nodes in one process: `await using net = await network(['alice', 'bob'])`. */
export async function network<const Names extends string>(
  names: readonly Names[],
  overrides: Partial<Settings> = {},
  /** How far a node's clock is off, in ms. */
  clockErrors: Partial<Record<string, number>> = {},
): Promise<TestNetwork<Names>> {
  const folder = mkdtempSync(join(tmpdir(), 'agora-net-'))
  const clock = fakeClock()
  const start = (name: string, more: Partial<Settings> = {}) =>
    startDaemon({
      home: homeAt(folder, name),
      settings: {
        ...loadSettings().settings,
        port: 0,
        api_port: 0,
        mdns: false,
        address: ['127.0.0.1'],
        log_level: 'error',
        requests_per_second: 100_000,
        ...overrides,
        ...more,
      },
      clock: { after: clock.after, now: () => clock.now() + (clockErrors[name] ?? 0) },
    })
  const nodes = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await testNode(name, homeAt(folder, name), start)] as const)),
  ) as Record<Names, TestNode>
  const all = Object.values<TestNode>(nodes)

  async function settle() {
    // What one node finishes can give another new work: quiet is when a whole round finds nothing to do.
    for (let quiet = 0; quiet < 3; quiet++) {
      const running = all.filter((node) => node.running)
      const before = running.map(({ daemon }) => daemon.events.latest()).join()
      await Promise.all(running.map(({ daemon }) => daemon.idle()))
      await new Promise((resolve) => setImmediate(resolve))
      if (running.map(({ daemon }) => daemon.events.latest()).join() !== before) quiet = -1
    }
  }

  return {
    node: nodes,
    clock,
    settle,
    async connect() {
      for (const [index, from] of all.entries()) {
        for (const to of all.slice(index + 1)) {
          const known = connected(to.daemon, from.did)
          await from.daemon.network.connect(to.daemon.addresses[0] ?? '')
          await known
        }
      }
    },
    async befriend(one, other) {
      for (const [from, to] of [
        [nodes[one], nodes[other]],
        [nodes[other], nodes[one]],
      ] as const) {
        await from.call('messages.send', { to: to.did, body: 'hello', wait_for: 'stored', timeout: 30 })
        if ((await to.call('requests.list', {})).items.some((request) => request.did === from.did)) {
          await to.call('requests.accept', { peer: from.did })
        }
      }
      for (const name of [one, other]) {
        const { cursor } = await nodes[name].call('messages.read', {})
        await nodes[name].call('messages.read', { cursor })
      }
      await settle()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(({ daemon }) => daemon.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function testNode(
  name: string,
  home: Home,
  start: (name: string, more?: Partial<Settings>) => Promise<Daemon>,
): Promise<TestNode> {
  const node = {
    name,
    home,
    async call(operation: OperationName, input: unknown, as?: string) {
      const actor: Actor = as === undefined ? node.operator : { kind: 'agent', did: agentDid(node.did, as), name: as }
      return node.daemon.dispatch.call(operation, actor, input)
    },
    async stop() {
      node.running = false
      await node.daemon?.stop()
    },
    async restart(settings: Partial<Settings> = {}) {
      await node.stop()
      node.daemon = await start(name, settings)
      node.running = true
      node.did = node.daemon.did
      node.operator = { kind: 'operator', did: node.did }
      node.client = createClient({ url: node.daemon.api_url, token: node.daemon.operator_token })
    },
  } as TestNode
  await node.restart()
  return node
}

/** Resolves when `daemon` counts the node as connected. */
function connected(daemon: Daemon, did: string): Promise<void> {
  return new Promise((resolve) => {
    if (daemon.network.peer(did)) return resolve()
    const leave = daemon.events.subscribe((event) => {
      if (event.type !== 'peer.connected' || event.data['did'] !== did) return
      leave()
      resolve()
    })
  })
}
