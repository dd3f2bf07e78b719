import test, { type ExecutionContext } from 'ava'
import {
  defaultProfile,
  type Profile,
  type Role,
  roleAllows,
  roles,
  type Stage,
  stages,
} from '../../src/authority/roles.ts'
import { rfc3339 } from '../../src/base/clock.ts'
import { AgoraError } from '../../src/base/errors.ts'
import { type SpacePermission, spacePermissions } from '../../src/contract/permissions.ts'
import type { OperationName } from '../../src/operations.ts'
import { type TestNode, testNode } from '../helpers/node.ts'
import { begun, read } from './signed-project.ts'

type Project = ReturnType<typeof begun>

/** What is there to do something about. */
interface Scene {
  p: Project
  task: string
  doneTask: string
  /** An observer, new in every scene. */
  victim: string
  /** Somebody else's entry with words. */
  said: string
  stage: Stage
}

/** One thing to do, as it is asked of a node, and as the entry that a node without scruples signs. */
interface Deed {
  needs: SpacePermission[]
  operation: OperationName
  input(scene: Scene): Record<string, unknown>
  type: string
  facts(scene: Scene): Record<string, unknown>
}

const deed = (
  needs: SpacePermission[],
  operation: OperationName,
  input: Deed['input'],
  type: string,
  facts: Deed['facts'],
): Deed => ({ needs, operation, input, type, facts })

const newTask = ({ p }: Scene) => ({ id: p.thing(), title: 't', priority: 'low', labels: [], depends_on: [] })
const nothing = () => ({})

const deeds: Deed[] = [
  deed(['project.clock'], 'projects.clock_in', nothing, 'project.clock_in', nothing),
  deed(
    ['room.create'],
    'rooms.create',
    ({ p }) => ({ name: `a ${p.thing().slice(-4)}` }),
    'room.create',
    ({ p }) => ({
      ...{ id: p.thing(), name: `b ${p.thing().slice(-4)}` },
    }),
  ),
  deed(
    ['room.message'],
    'rooms.say',
    () => ({ room: 'main', body: 'hello' }),
    'room.message',
    ({ p }) => ({
      ...{ room: 'main', mentions: [], texts_hash: p.space },
    }),
  ),
  deed(
    ['report.submit'],
    'reports.submit',
    () => ({ title: 'r', text: 'r' }),
    'report.submit',
    ({ p }) => ({
      ...{ id: p.thing(), title: 'r' },
    }),
  ),
  deed(
    ['decision.record'],
    'decisions.record',
    () => ({ title: 'd' }),
    'decision.record',
    ({ p }) => ({
      ...{ id: p.thing(), title: 'd' },
    }),
  ),
  deed(
    ['audit.note'],
    'audit.add',
    () => ({ action: 'a' }),
    'project.audit',
    () => ({ action: 'a' }),
  ),
  deed(['task.create'], 'tasks.create', () => ({ title: 't' }), 'task.create', newTask),
  deed(
    ['task.create', 'task.assign'],
    'tasks.create',
    ({ victim }) => ({ title: 't', assignee: victim }),
    'task.create',
    (scene) => ({ ...newTask(scene), assignee: scene.victim }),
  ),
  deed(
    ['task.comment'],
    'tasks.comment',
    ({ task }) => ({ task_id: task, text: 'c' }),
    'task.comment',
    ({ task }) => ({
      task,
    }),
  ),
  deed(
    ['task.update'],
    'tasks.update',
    ({ task }) => ({ task_id: task, title: 'u' }),
    'task.update',
    ({ task }) => ({
      ...{ task, title: 'u' },
    }),
  ),
  deed(
    ['task.update', 'task.assign'],
    'tasks.assign',
    ({ task, victim }) => ({ task_id: task, assignee: victim }),
    'task.assign',
    ({ task, victim }) => ({ task, assignee: victim }),
  ),
  deed(
    ['work.approve'],
    'tasks.accept',
    ({ doneTask }) => ({ task_id: doneTask }),
    'task.update',
    ({ doneTask }) => ({
      ...{ task: doneTask, accepted: true },
    }),
  ),
  deed(
    ['project.redact'],
    'audit.redact',
    ({ said }) => ({ entry: said, reason: 'r' }),
    'project.redact',
    ({ p, said }) => ({
      ...{ entry: said, of: p.did('alice') },
    }),
  ),
  deed(
    ['task.delete'],
    'tasks.delete',
    ({ task }) => ({ task_id: task }),
    'task.delete',
    ({ task }) => ({ task }),
  ),
  deed(
    ['project.update'],
    'projects.update',
    () => ({ name: 'q' }),
    'project.update',
    () => ({ name: 'q' }),
  ),
  deed(
    ['project.stage'],
    'projects.set_stage',
    ({ stage }) => ({ stage }),
    'project.stage',
    ({ stage }) => ({ stage }),
  ),
  deed(
    ['project.invite'],
    'invitations.send',
    ({ p }) => ({ peer_name: p.did('guest'), role: 'tester' }),
    'project.invite',
    ({ p }) => ({ id: p.thing(), to: p.did('guest'), role: 'tester', expires_at: rfc3339(p.clock.now() + 1e9) }),
  ),
  deed(
    ['project.role'],
    'projects.role',
    ({ victim }) => ({ name: victim, role: 'consultant' }),
    'project.role',
    ({ victim: who }) => ({ who, role: 'consultant' }),
  ),
  deed(
    ['project.suspend'],
    'projects.suspend',
    ({ victim }) => ({ name: victim }),
    'project.suspend',
    ({ victim: who }) => ({
      who,
    }),
  ),
  deed(
    ['project.suspend'],
    'projects.unsuspend',
    ({ victim }) => ({ name: victim }),
    'project.unsuspend',
    ({ victim: who }) => ({ who }),
  ),
  deed(
    ['project.reinstate'],
    'projects.reinstate',
    ({ said }) => ({ entries: [said] }),
    'project.reinstate',
    ({ said }) => ({ entries: [said] }),
  ),
  deed(
    ['project.remove'],
    'projects.remove',
    ({ victim }) => ({ name: victim }),
    'project.remove',
    ({ victim: who }) => ({
      who,
    }),
  ),
  deed(
    ['project.settings'],
    'projects.settings',
    () => ({ limits: { max_agents: 1000 } }),
    'project.update',
    () => ({ limits: { max_agents: 1000 } }),
  ),
  deed(
    ['project.settings'],
    'projects.keeper',
    ({ p }) => ({ node: p.did('alice') }),
    'project.update',
    ({ p }) => ({
      keeper: p.did('alice'),
    }),
  ),
  deed(['project.archive'], 'projects.archive', nothing, 'project.archive', () => ({ archived: true })),
  deed(['project.archive'], 'projects.restore', nothing, 'project.archive', () => ({ archived: false })),
  deed(
    ['project.transfer'],
    'projects.transfer',
    ({ p }) => ({ to: p.did('mallory') }),
    'project.transfer',
    ({ p }) => ({ to: p.did('mallory') }),
  ),
]

/** Not a matter of who may. */
const sayNo = ['not_permitted', 'owner_only', 'not_member', 'suspended', 'operator_only', 'needs_approval']

/** alice's project; in it `node`, with a real daemon's parts, and mallory, who signs what he likes. */
async function playedBy(node: TestNode) {
  const p = begun({ mallory: 'developer' })
  const { spaces } = node.parts.inProjects
  const log = () => spaces.replica(p.space)
  const invitation = p.thing()
  const expires_at = rfc3339(p.clock.now() + 1e9)
  p.write('alice', 'project.invite', { id: invitation, to: node.did, role: 'developer', expires_at })
  const joining = { kind: 'project' as const, entries: p.all('alice'), members: [p.did('alice')] }
  await node.parts.database.write(() => spaces.joinWithin(p.space, joining))
  await spaces.write(p.space, (own) => own.append({ author: node.did, type: 'project.accept', facts: { invitation } }))

  /** Brings everything to everybody. */
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
  let scenes = 0
  return {
    p,
    exchange,
    async scene(stage: Stage): Promise<Scene> {
      const name = `victim${scenes++}`
      p.join('alice', name, 'observer')
      const [task, doneTask] = [p.thing(), p.thing()]
      for (const id of [task, doneTask])
        p.write('alice', 'task.create', { id, title: 't', priority: 'low', labels: [], depends_on: [] })
      p.write('alice', 'task.complete', { task: doneTask })
      const said = p.write('alice', 'room.message', { room: 'main', mentions: [] }, { text: 'hello' })
      p.write('alice', 'project.stage', { stage })
      await exchange()
      return { p, task, doneTask, victim: p.did(name), said: said.id, stage }
    },
    /** What a node that keeps the rules answers its operator. */
    async asked({ operation, input }: Deed, scene: Scene, caller = node.operator): Promise<string> {
      try {
        await caller.call(operation, { project_id: p.space, ...input(scene) } as never)
        return 'counts'
      } catch (error) {
        if (error instanceof AgoraError) return sayNo.includes(error.code) ? 'denied' : `${error.code} ${error.message}`
        throw error
      }
    },
    /** What becomes with honest nodes of an entry that its author signed without asking anybody. */
    signed({ type, facts }: Deed, scene: Scene, author = 'mallory'): string | undefined {
      const entry = p.lie(author, type, facts(scene))
      p.send(author.split('@').at(-1) ?? '', 'alice')
      return p.verdict('alice', entry)
    },
  }
}

async function compare(t: ExecutionContext, role: Role, profile: Profile) {
  await using node = await testNode('bob')
  // In reach, and trusted enough to be invited.
  const played = await playedBy(node)
  const { p } = played
  await node.parts.database.write(() => node.parts.book.setTrust(p.did('guest'), 2, 'guest'))
  const isOwner = role === 'owner'
  if (!isOwner) {
    for (const who of [node.did, p.did('mallory')]) p.write('alice', 'project.role', { who, role })
  }
  if (profile !== defaultProfile) p.write('alice', 'project.update', { profile })
  await played.exchange()
  let author = 'mallory'
  if (isOwner) {
    p.write('alice', 'project.transfer', { to: node.did })
    await played.exchange()
    author = ''
  }
  for (const stage of stages) {
    if (isOwner) {
      // It is the node's now: alice has nothing to say about stages any more, being an overseer.
      await node.operator.call('projects.set_stage', { project_id: p.space, stage })
    }
    const scene = await played.scene(stage)
    for (const one of deeds) {
      if (one.type === 'project.transfer' && isOwner && stage !== stages.at(-1)) continue
      const expected = one.needs.every((need) => roleAllows(role, need, stage, profile)) ? 'counts' : 'denied'
      const name = `${role} in ${stage}: ${one.operation}`
      t.is(await played.asked(one, scene), expected, name)
      if (author) t.is(played.signed(one, scene, author), expected, `${name}, signed`)
    }
    await played.exchange()
  }
}

for (const role of roles) {
  test(`what ${role} may is the same asked of a node and signed by a dishonest one, in every stage`, (t) =>
    compare(t, role, defaultProfile))
}

test('and so it is where a project takes away otherwise', async (t) => {
  const profile: Profile = {
    deployment: { overseer: ['project.invite', 'project.stage'], tester: ['room.message'] },
    investigation: { tester: ['task.create', 'report.submit'] },
  }
  await compare(t, 'tester', profile)
  await compare(t, 'overseer', profile)
})

test('an agent may what its own role and its node’s both allow, and by itself no more than a developer', async (t) => {
  await using node = await testNode('bob')
  const played = await playedBy(node)
  const { p } = played
  const claude = await node.agent('claude')
  const given = roles.filter((role) => role !== 'owner')
  const tried = deeds.filter(({ operation }) =>
    ['tasks.create', 'rooms.say', 'decisions.record', 'projects.update', 'projects.role'].includes(operation),
  )
  for (const own of [undefined, ...given]) {
    for (const nodes of given) {
      for (const who of [node.did, p.did('mallory')]) p.write('alice', 'project.role', { who, role: nodes })
      for (const who of own ? [claude.did, p.did('claude@mallory')] : [])
        p.write('alice', 'project.role', { who, role: own })
      const scene = await played.scene('implementation')
      for (const one of tried) {
        const unnamed: Role = nodes === 'overseer' ? 'developer' : nodes
        const allows = (role: Role) =>
          one.needs.every((need) => roleAllows(role, need, 'implementation', defaultProfile))
        const expected = allows(own ?? unnamed) && allows(nodes) ? 'counts' : 'denied'
        const name = `${own ?? 'an'} agent of ${nodes}: ${one.operation}`
        t.is(await played.asked(one, scene, claude), expected, name)
        t.is(played.signed(one, scene, 'claude@mallory'), expected, `${name}, signed`)
      }
      await played.exchange()
    }
  }
})

test('every permission there is was tried, but for what has no operation of its own', (t) => {
  const tried = new Set(deeds.flatMap(({ needs }) => needs))
  const others = spacePermissions.filter((permission) => !tried.has(permission))
  t.deepEqual(others, ['project.read', 'denial.tell', 'task.claim'])
})
