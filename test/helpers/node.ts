import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '../../src/authority/may.ts'
import type { TrustLevel } from '../../src/authority/trust.ts'
import { agentDid } from '../../src/base/did.ts'
import { loadSettings, type Settings } from '../../src/config.ts'
import { createAlerts } from '../../src/core/alerts.ts'
import { createEvents } from '../../src/core/events.ts'
import { openKey } from '../../src/identity/key-file.ts'
import { createNodeParts } from '../../src/node-parts.ts'
import type { Input, OperationName, Output } from '../../src/operations.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type Home, homeAt, isNewHome, prepareHome } from '../../src/store/home.ts'
import { openToken } from '../../src/store/private-file.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { fakeNetwork, type Remote, remoteNode } from './remote.ts'
import { recordedTelemetry } from './telemetry.ts'

export interface TestNodeOptions {
  settings?: Partial<Settings>
  clock?: FakeClock
}

/** Somebody who may call operations: the operator, or an agent with its token. */
export interface TestCaller {
  did: string
  inbox: string
  call<Name extends OperationName>(name: Name, input?: Input<Name>, signal?: AbortSignal): Promise<Output<Name>>
  /** Sends and answers the delivery. */
  send(to: string | undefined, body: string, more?: Partial<Input<'messages.send'>>): Promise<Output<'messages.send'>>
  /** What one read of the inbox shows, as texts. */
  texts(input?: Partial<Input<'messages.read'>>): Promise<string[]>
}

/** One whole node in a temporary home but for sockets: real disk, real keys, a clock that stands still, peers played by the test. */
export async function testNode(name: string, { settings = {}, clock = fakeClock() }: TestNodeOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'agora-node-'))
  const home = homeAt(folder, name)
  const recorded = recordedTelemetry()
  const network = fakeNetwork()
  const all = { ...loadSettings().settings, ...settings }
  const remotes: Remote[] = []
  let parts = assemble({ home, clock, settings: all, network, telemetry: recorded.telemetry })

  const caller = (actor: Actor & { did: string }): TestCaller => ({
    did: actor.did,
    inbox: actor.kind === 'agent' ? `agent:${actor.name}` : 'operator',
    call: <Name extends OperationName>(operation: Name, input?: Input<Name>, signal?: AbortSignal) =>
      parts.dispatch.call(operation, actor, input, signal) as Promise<Output<Name>>,
    send(to, body, more = {}) {
      return this.call('messages.send', { body, ...(to === undefined ? {} : { to }), ...more })
    },
    async texts(input = {}) {
      return (await this.call('messages.read', input)).items.map((item) => item.body)
    },
  })

  const node = {
    ...recorded,
    clock,
    home,
    network,
    did: parts.key.did,
    name,
    operator: caller({ kind: 'operator', did: parts.key.did }),
    /** Someone without a token. */
    nobody: (operation: string, input?: unknown) => parts.dispatch.call(operation, { kind: 'nobody' }, input),
    get parts() {
      return parts
    },
    /** An agent of this node by its name, registered or not. */
    as: (agent: string) => caller({ kind: 'agent', did: agentDid(parts.key.did, agent), name: agent }),
    /** Registers an agent. */
    async agent(agent: string, more: Partial<Input<'agents.register'>> = {}) {
      await node.operator.call('agents.register', { name: agent, ...more })
      return node.as(agent)
    },
    /** A peer, connected, and known with that trust when it is more than 0. */
    async peer(peer: string, trust: TrustLevel = 0): Promise<Remote> {
      const remote = remoteNode(peer, { clock, did: parts.key.did, parts: () => parts, network })
      if (trust > 0) await parts.database.write(() => parts.book.setTrust(remote.did, trust, peer))
      remote.connect()
      remotes.push(remote)
      return remote
    },
    /** Stops and starts again on the same disk, peers gone. */
    async restart() {
      for (const remote of remotes.splice(0)) remote.disconnect()
      await parts.close()
      parts = assemble({ home, clock, settings: all, network, telemetry: recorded.telemetry })
    },
    settle: () => parts.settle(),
    async [Symbol.asyncDispose]() {
      await parts.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return node
}
export type TestNode = Awaited<ReturnType<typeof testNode>>

interface AssembleParts {
  home: Home
  clock: FakeClock
  settings: Settings
  network: ReturnType<typeof fakeNetwork>
  telemetry: ReturnType<typeof recordedTelemetry>['telemetry']
}

/** The parts as the daemon puts them together, with a network that the test plays. */
function assemble({ home, clock, settings, network, telemetry }: AssembleParts) {
  prepareHome(home)
  const key = openKey(home.key, isNewHome(home))
  const database = openDatabase(home.database)
  const operatorToken = openToken(home.token)
  const events = createEvents({ clock, database })
  const parts = createNodeParts({
    ...{ clock, home, key, operatorToken, settings, database, telemetry, network },
    version: '0',
    startedAt: clock.now(),
    events,
    alerts: createAlerts({ clock, database, events }),
    apiUrl: () => 'http://127.0.0.1:0',
    env: { ...process.env, LD_PRELOAD: '/tmp/evil.so', AWS_SECRET_ACCESS_KEY: 'secret' },
    requestStop: () => undefined,
  })
  return {
    ...parts,
    settle: parts.idle,
    async close() {
      await parts.wake.stop()
      await parts.inProjects.stop()
      await database.idle()
      await parts.registry.stop()
      database.close()
    },
  }
}
export type NodeParts = ReturnType<typeof assemble>
