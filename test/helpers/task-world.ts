import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '../../src/authority/roles.ts'
import { rfc3339 } from '../../src/base/clock.ts'
import { agentDid, nodeOf } from '../../src/base/did.ts'
import { taskExclusive } from '../../src/capabilities/tasks/exclusive.ts'
import { createTasks } from '../../src/capabilities/tasks/handlers.ts'
import type { SignedEntry } from '../../src/contract/entry.ts'
import type { Directory } from '../../src/core/directory.ts'
import { createDispatch, type Handlers } from '../../src/core/dispatch.ts'
import { createEvents } from '../../src/core/events.ts'
import { createKeeper } from '../../src/core/keeper/index.ts'
import type { MessageLink, MessagePort } from '../../src/core/network.ts'
import { createProjects } from '../../src/core/projects.ts'
import { createSpaces } from '../../src/core/spaces.ts'
import { createSync } from '../../src/core/sync.ts'
import { checkEntry } from '../../src/log/entry.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import { entryTables } from '../../src/log/tables.ts'
import type { Input, OperationName, Output } from '../../src/operations.ts'
import { spaceRules } from '../../src/spaces/space-rules.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type FakeClock, fakeClock } from './fake-clock.ts'
import { newKey } from './remote.ts'
import { recordedTelemetry } from './telemetry.ts'

export const LEASE = 15 * 60_000

export interface TaskCaller {
  did: string
  call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>>
}

/** A node as far as tasks need it: real disk, logs, keeper, and no network but what the test makes. */
export function taskNode(name: string, clock: FakeClock = fakeClock()) {
  const folder = mkdtempSync(join(tmpdir(), 'agora-tasks-'))
  const key = newKey()
  const recorded = recordedTelemetry()
  const gone = new Set<string>()
  /** Until when each thing was last renewed, as this node was told. */
  const renewals = new Map<string, number>()
  const names = new Map<string, string>([[name, key.did]])
  const wires = new Set<() => void>()

  function assemble() {
    const database = openDatabase(join(folder, 'agora.db'))
    const tables = entryTables(database)
    const spaces = createSpaces({
      ...{ clock, key, database, rules: spaceRules },
      openLog: (space, kind) => openReplica({ space, rules: spaceRules[kind], store: tables.of(space), clock, key }),
    })
    const self = { did: key.did }
    const { telemetry } = recorded
    const directory: Directory = {
      resolve: (text: string) => (text.startsWith('did:') ? text : (names.get(text) ?? agentDid(key.did, text))),
      nameOf: (did: string) => {
        const node = [...names].find(([, other]) => other === nodeOf(did))?.[0] ?? '…'
        return did.includes('#') ? `${did.split('#')[1]}@${node}` : node
      },
    } as unknown as Directory
    const events = createEvents({ clock, database })
    const sync = createSync({ clock, self: key.did, spaces, telemetry })
    const projects = createProjects({ clock, self, spaces, directory, telemetry })
    const keeper = createKeeper({
      ...{ clock, key, database, spaces, telemetry, leaseMs: LEASE, kinds: [taskExclusive] },
      catchUp: (space) => sync.synchronise(space, 3000).then(() => undefined),
      isAlive: (did) => !gone.has(did),
      onRenewed: (_space, _kind, renewed) => {
        for (const { key: id, until } of renewed) renewals.set(id, until)
      },
    })
    const entryView = (entry: { id: string; type: string; verdict: unknown }) =>
      ({ id: entry.id, type: entry.type, verdict: entry.verdict }) as never
    const hasAgent = () => true
    const mail = { isUnread: () => undefined, unreadBeside: () => [] }
    const isBlocked = () => false
    const tasks = createTasks({
      ...{ clock, self, spaces, projects, directory, events, keeper, mail, hasAgent, isBlocked, entryView },
    })
    const dispatch = createDispatch(tasks.handlers as Handlers, undefined, projects.gate)
    return { database, spaces, sync, events, projects, keeper, dispatch }
  }
  let parts = assemble()

  const caller = (did: string): TaskCaller => ({
    did,
    call: (operation, input) =>
      parts.dispatch.call(
        operation,
        did === key.did ? { kind: 'operator', did } : { kind: 'agent', did, name: did.split('#')[1] ?? '' },
        input,
      ) as never,
  })

  const node = {
    ...recorded,
    ...{ name, clock, key, did: key.did, gone, renewals, names, wires },
    get parts() {
      return parts
    },
    operator: caller(key.did),
    agent: (agent: string) => caller(agentDid(key.did, agent)),
    async start() {
      await parts.database.write(() => parts.sync.start())
      await parts.keeper.start()
    },
    write: (space: string, type: string, facts: Record<string, unknown>) =>
      parts.spaces.write(space, (replica) => replica.append({ author: key.did, type, facts })),
    async stop() {
      for (const cut of [...wires]) cut()
      await parts.keeper.stop()
      parts.projects.stop()
      await parts.database.idle()
      parts.database.close()
    },
    /** Starts again on the same disk. */
    async resume() {
      parts = assemble()
      await node.start()
    },
    async project() {
      const { id } = await parts.spaces.create('project', { author: key.did, facts: { name: 'Work' } })
      return id
    },
    eventsOf: (type: string, inbox?: string) =>
      parts.events.after(0, 10_000).filter((event) => event.type === type && (!inbox || event.inbox === inbox)),
    async [Symbol.asyncDispose]() {
      await node.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return node
}
export type TaskNode = ReturnType<typeof taskNode>

/** Makes `other` a member, with the log as it is. */
export async function admitTo(space: string, owner: TaskNode, other: TaskNode, role: Role = 'developer') {
  const id = randomUUID()
  const expires_at = rfc3339(owner.clock.now() + 86_400_000)
  await owner.write(space, 'project.invite', { id, to: other.did, role, expires_at })
  const give = async (from: TaskNode) => {
    const { entries } = from.parts.spaces.replica(space).lacking([], { bytes: 1 << 30 })
    return (await Promise.all(entries.map((entry: SignedEntry) => checkEntry(entry)))).flatMap(
      ({ entry }) => entry ?? [],
    )
  }
  const entries = await give(owner)
  await other.parts.database.write(() =>
    other.parts.spaces.joinWithin(space, { kind: 'project', entries, members: [owner.did] }),
  )
  await other.write(space, 'project.accept', { invitation: id })
  await owner.parts.spaces.admit(space, await give(other), other.did)
  for (const [one, two] of [[owner, other] as const, [other, owner] as const]) one.names.set(two.name, two.did)
}

export interface Cable {
  cut(): void
  /** Nothing of the keeper's arrives any more, though the link stands. */
  mute(): void
}

/** Connects two nodes by the lanes of the log and the keeper. */
export function cable(one: TaskNode, other: TaskNode): Cable {
  let isCut = false
  let isMute = false
  const ends: (() => void)[] = []
  const half = (from: TaskNode, to: TaskNode, lane: 'sync' | 'keeper') => {
    const port = ({ parts }: TaskNode) => (lane === 'sync' ? parts.sync : parts.keeper.port) as MessagePort<never>
    let turn: Promise<void> = Promise.resolve()
    let kept = 0
    const link: MessageLink<never> = {
      async send(messages) {
        if (isCut) throw new Error('cut')
        const texts = JSON.stringify(messages)
        turn = turn.then(async () => {
          if (isCut || (isMute && lane === 'keeper')) return
          await port(to).receive(from.did, JSON.parse(texts))
          kept += messages.length
          if (!isCut) port(from).linkAcknowledged(to.did, link, kept)
        })
        turn = turn.catch((error) => {
          // A node that stops takes nothing in any more.
          if (!isCut) throw error
        })
      },
    }
    ends.push(() => port(from).linkDown(to.did, link))
    return () => port(from).linkUp(to.did, link)
  }
  const up = (['sync', 'keeper'] as const).flatMap((lane) => [half(one, other, lane), half(other, one, lane)])
  const cut = () => {
    if (isCut) return
    isCut = true
    for (const node of [one, other]) node.wires.delete(cut)
    for (const end of ends) end()
  }
  for (const node of [one, other]) node.wires.add(cut)
  for (const begin of up) begin()
  return {
    cut,
    mute() {
      isMute = true
    },
  }
}

export async function settle(...nodes: TaskNode[]): Promise<void> {
  for (let quiet = 0; quiet < 4; quiet++) {
    for (const { parts } of nodes) {
      await parts.keeper.idle()
      await parts.sync.idle()
      await parts.database.idle()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}
