import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LogMessage, readLogMessage } from '../../../src/contract/log-message.ts'
import type { MessageLink } from '../../../src/core/network.ts'
import { createSpaces } from '../../../src/core/spaces.ts'
import { createSync, type SyncParts } from '../../../src/core/sync.ts'
import type { NodeKey } from '../../../src/identity/signing.ts'
import { openReplica } from '../../../src/log/open-replica.ts'
import { entryTables } from '../../../src/log/tables.ts'
import type { SpaceRules } from '../../../src/log/types.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'
import { newKey } from '../../helpers/remote.ts'
import { recordedTelemetry } from '../../helpers/telemetry.ts'
import { type ToyJudgement, type ToyTables, toyRules } from '../../log/toy.ts'

/** The toy's rules, with a hold as what removes a member, and a lift as what brings it back. */
function rules(): SpaceRules<ToyJudgement, ToyTables> {
  const removal = ({ authority, creator }: ToyJudgement, node: string) => {
    const last = authority.findLast(({ body, author }) => body['who'] === node && author === creator)
    return last?.type === 'toy.hold' ? last.id : undefined
  }
  const toy = toyRules()
  return {
    ...toy,
    isAuthority: (type) => type === 'project.create' || toy.isAuthority(type),
    isKnown: (type) => type === 'project.create' || toy.isKnown(type),
    mayBegin: (entry, log) => (entry.type === 'project.create' ? entry.heads.length === 0 : toy.mayBegin(entry, log)),
    members(judgement) {
      const admitted = judgement.authority.flatMap(({ type, body }) =>
        type === 'toy.admit' ? [String(body['who'])] : [],
      )
      return new Set([judgement.creator, ...admitted].filter((did) => removal(judgement, did) === undefined))
    },
    removal,
  }
}

/** Somebody who can be told of a space. */
interface Joiner {
  did: string
  begin(space: string, signed: unknown[], members: string[]): Promise<void>
}

export type Node = ReturnType<typeof syncNode>

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agora-sync-'))
  folders.push(folder)
  return join(folder, 'agora.db')
}

/** A node's logs and what keeps them in step; its network is what the test says. With key and path of another it is that one, started again. */
export function syncNode(
  name: string,
  { key = newKey(), path = place(), ...more }: Partial<SyncParts> & { key?: NodeKey; path?: string } = {},
) {
  const clock = fakeClock()
  const recorded = recordedTelemetry()
  const database = openDatabase(path)
  const tables = entryTables(database)
  const spaces = createSpaces({
    clock,
    key,
    database,
    rules: { project: rules(), thread: rules() },
    openLog: (space) => openReplica({ space, rules: rules(), store: tables.of(space), clock, key }) as never,
  })
  const sought: string[] = []
  const sync = createSync({
    clock,
    self: key.did,
    spaces,
    telemetry: recorded.telemetry,
    seek: (did) => sought.push(did),
    ...more,
  })
  const write = (space: string, type: string, facts: Record<string, unknown>, texts?: Record<string, string>) =>
    spaces.write(space, (replica) => replica.append({ author: key.did, type, facts, texts }))
  return {
    ...recorded,
    name,
    path,
    clock,
    key,
    did: key.did,
    database,
    spaces,
    sync,
    sought,
    write,
    /** A space with a list `l` in it. */
    async create() {
      const { id } = await spaces.create('project', { author: key.did, facts: {} })
      await write(id, 'toy.list', { id: 'l' })
      return id
    },
    /** Makes the other a member, and has it know the space by its first entry. */
    async admit(space: string, other: Joiner) {
      await write(space, 'toy.admit', { who: other.did })
      const first = spaces.replica(space).query({ order: 'oldest', limit: 1 })[0]?.id ?? ''
      await other.begin(
        space,
        [first].map((id) => spaces.replica(space).signed(id)),
        [key.did],
      )
    },
    async begin(space: string, signed: unknown[], members: string[]) {
      const { checkEntry } = await import('../../../src/log/entry.ts')
      const checked = (await Promise.all(signed.map(checkEntry))).flatMap(({ entry }) => entry ?? [])
      await database.write(() => spaces.joinWithin(space, { kind: 'project', entries: checked, members }))
    },
    push: (space: string, item: string) => write(space, 'toy.push', { list: 'l', item }),
    items: (space: string) =>
      (spaces.replica(space).state().get('lists', 'l') as { items: string[] } | undefined)?.items ?? [],
    hash: (space: string) => spaces.replica(space).stateHash(),
    count: (space: string) => spaces.replica(space).count(),
  }
}

export interface Wire {
  /** Both ends lose it. */
  cut(): void
  /** What went over it, by who sent it. */
  sent: { from: string; message: LogMessage }[]
  entries(from: Node): number
}

/** A link each way: what is sent arrives in order, in one turn or more, and is acknowledged when it is kept. `gate`: what the second waits for first. */
export function connect(
  one: Node,
  other: Node,
  { gate }: { gate?: (message: LogMessage) => Promise<void> } = {},
): Wire {
  let isCut = false
  const sent: Wire['sent'] = []
  const half = (from: Node, to: Node, wait: (message: LogMessage) => Promise<void>) => {
    let turn: Promise<void> = Promise.resolve()
    let kept = 0
    const link: MessageLink<LogMessage> = {
      async send(messages) {
        if (isCut) throw new Error('cut')
        const texts = messages.map((message) => JSON.stringify(message))
        for (const message of messages) sent.push({ from: from.name, message })
        turn = turn.then(async () => {
          const read = texts.map((text) => readLogMessage(JSON.parse(text)) as LogMessage)
          for (const message of read) await wait(message)
          if (isCut) return
          const { close } = await to.sync.receive(from.did, read)
          kept += read.length
          if (isCut) return
          from.sync.linkAcknowledged(to.did, link, kept)
          if (close) cut()
        })
      },
    }
    return { link, up: () => from.sync.linkUp(to.did, link), down: () => from.sync.linkDown(to.did, link) }
  }
  const halves = [half(one, other, gate ?? (async () => undefined)), half(other, one, async () => undefined)]
  const cut = () => {
    if (isCut) return
    isCut = true
    for (const { down } of halves) down()
  }
  for (const { up } of halves) up()
  return {
    cut,
    sent,
    entries: (from) =>
      sent.reduce(
        (sum, { from: name, message }) =>
          sum + (name === from.name && message.type === 'log.entries' ? message.entries.length : 0),
        0,
      ),
  }
}

export async function settle(...nodes: Node[]): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet++) {
    for (const { sync, database } of nodes) {
      await sync.idle()
      await database.idle()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Alice's space, with the others as members who have joined; nobody is connected any more. */
export async function joined(...names: string[]): Promise<{ space: string; nodes: Node[] }> {
  const [alice, ...others] = ['alice', ...names].map((name) => syncNode(name)) as [Node, ...Node[]]
  const space = await alice.create()
  for (const other of others) await alice.admit(space, other)
  const wires = others.map((other) => connect(alice, other))
  await settle(alice, ...others)
  for (const wire of wires) wire.cut()
  return { space, nodes: [alice, ...others] }
}
