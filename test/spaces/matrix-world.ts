import type { Stage } from '../../src/authority/roles.ts'
import { rfc3339 } from '../../src/base/clock.ts'
import { requestOf } from '../../src/client/request.ts'
import { authenticator } from '../../src/core/tokens.ts'
import type { OperationName, Output } from '../../src/operations.ts'
import { openToken } from '../../src/store/private-file.ts'
import { api, ask } from '../helpers/http.ts'
import { testNode } from '../helpers/node.ts'
import type { Deed, Scene } from './matrix-deeds.ts'
import { begun, read } from './signed-project.ts'

type AuditPage = Output<'audit.list'>

interface Setting<Names extends string> {
  heir: string
  /** Owner or overseer. */
  leader?: string
  at: readonly Names[]
}

/**
 * alice's project. In it bob's node, a real one whose API is asked over HTTP, and mallory, who signs what he likes; alice and mallory have the log by
 * itself. What any of them wrote goes to the others when it is exchanged.
 */
export async function matrixWorld() {
  await using parts = new AsyncDisposableStack()
  const node = parts.use(await testNode('bob'))
  const { registry, sessions, dispatch, events, inProjects, database, book } = node.parts
  const operator = openToken(node.home.token)
  const { token: agent } = await node.operator.call('agents.register', { name: 'claude' })
  const tokens = {
    operator,
    agent,
    forger: `${operator.slice(0, -1)}${operator.endsWith('A') ? 'B' : 'A'}`,
    nobody: '',
  }
  const server = parts.use(
    await api({
      clock: node.clock,
      parts: {
        ...{ dispatch, events, requestsPerSecond: 100_000 },
        authenticate: authenticator({
          ...{ did: node.did, operatorToken: operator, touch: registry.touch },
          ...{ agentByToken: registry.byToken, sessionByToken: sessions.byToken },
        }),
      },
    }),
  )
  const p = begun({ mallory: 'developer' })
  const { spaces } = inProjects
  const log = () => spaces.replica(p.space)
  const invitation = p.thing()
  const expires_at = rfc3339(p.clock.now() + 1e9)
  p.write('alice', 'project.invite', { id: invitation, to: node.did, role: 'developer', expires_at })
  await database.write(() =>
    spaces.joinWithin(p.space, { kind: 'project', entries: p.all('alice'), members: [p.did('alice')] }),
  )
  await spaces.write(p.space, (own) => own.append({ author: node.did, type: 'project.accept', facts: { invitation } }))

  p.write('alice', 'project.update', { keeper: node.did })

  const http = (operation: OperationName, input: object, who: keyof typeof tokens) => {
    const token = tokens[who] || undefined
    const { method, path, body } = requestOf(operation, { project_id: p.space, ...input })
    return ask(server.port, { method, path, token, ...(body === undefined ? {} : { raw: body }) })
  }

  async function exchange() {
    const { replica } = p.node('alice')
    replica.admit(
      log()
        .lacking(replica.branches(), { bytes: 1 << 30 })
        .entries.map(read),
    )
    p.heal('alice', 'mallory')
    const lacking = replica.lacking(log().branches(), { bytes: 1 << 30 }).entries.map(read)
    await spaces.admit(p.space, lacking, p.did('alice'))
    await node.settle()
  }
  await exchange()

  let made = 0
  async function newScene(stage: Stage, heir: string): Promise<Scene> {
    const label = `scene ${made++}`
    const [victim, guest] = [p.did(`victim of ${label}`), p.did(`guest of ${label}`)]
    p.accept(`victim of ${label}`, p.invite('alice', `victim of ${label}`, 'observer'), 'alice')
    await database.write(() => book.setTrust(guest, 2, 'guest'))
    const newTask = (...labels: string[]): string => {
      const id = p.thing()
      p.write('alice', 'task.create', { id, title: 't', priority: 'low', labels, depends_on: [] })
      return id
    }
    const [task, doneTask, freeTask] = [newTask(), newTask(), newTask()]
    newTask(label)
    p.write('alice', 'task.complete', { task: doneTask })
    const said = p.write('alice', 'room.message', { room: 'main', mentions: [] }, { text: 'hello' }).id
    return { p, stage, task, doneTask, freeTask, label, victim, guest, heir, said }
  }

  const owned = parts.move()
  return {
    p,
    did: node.did,
    http,
    exchange,
    /** Something to do for each of those who are `at` it, in a stage that `leader` sets. */
    async scenes<const Names extends string>(stage: Stage, { heir, leader = 'alice', at }: Setting<Names>) {
      const scenes = {} as Record<Names, Scene>
      for (const name of at) scenes[name] = await newScene(stage, p.did(heir))
      await exchange()
      p.write(leader, 'project.stage', { stage })
      await exchange()
      return scenes
    },
    /** What the node answers over HTTP, status and code. */
    async asked({ operation, input }: Deed, scene: Scene, who: keyof typeof tokens): Promise<string> {
      const { status, json } = await http(operation, input(scene), who)
      return status < 300 ? `${status}` : `${status} ${json.code}`
    },
    /** Has somebody sign an entry without asking anybody; what becomes of it is seen when it has been exchanged. */
    signs({ type, facts }: Deed, scene: Scene, author: string): string | undefined {
      return type && facts && p.lie(author, type, facts(scene)).id
    },
    /** What its own log and another node's made of an entry. */
    verdicts(id: string): string[] {
      return [p.node('alice').replica.verdict(id), log().verdict(id)].map((verdict) =>
        !verdict ? 'unknown' : 'code' in verdict ? verdict.code : verdict.state,
      )
    },
    /** What was written since, as the node's API tells it: newest first. */
    async audit(since = new Set<string>()): Promise<AuditPage['items']> {
      const { json } = await http('audit.list', { limit: 500 }, 'operator')
      const { items }: AuditPage = json
      return items.filter(({ id }) => !since.has(id))
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
