import type { Stage } from '../../src/authority/roles.ts'
import { rfc3339 } from '../../src/base/clock.ts'
import type { SpacePermission } from '../../src/contract/permissions.ts'
import type { OperationName } from '../../src/operations.ts'
import type { begun } from './signed-project.ts'

/** What is there to do something about. */
export interface Scene {
  p: ReturnType<typeof begun>
  stage: Stage
  task: string
  doneTask: string
  /** Nobody's yet. */
  freeTask: string
  /** Of the only task to be claimed as the next one. */
  label: string
  /** An observer, new in every scene. */
  victim: string
  /** No member, and trusted enough to be invited; new in every scene. */
  guest: string
  /** To whom a project is handed over. */
  heir: string
  /** Somebody else's entry with words. */
  said: string
}

/** One thing to do, as it is asked of a node, and as the entry that a node without scruples signs. */
export interface Deed {
  needs: SpacePermission[]
  operation: OperationName
  input(scene: Scene): Record<string, unknown>
  /** The entry that comes of it; without `facts` nobody signs one of its own, since only a keeper does. */
  type?: string
  facts?(scene: Scene): Record<string, unknown>
  /** Of the call comes no entry: it is so already. */
  isIdle?: true
  /** The code of its refusal whoever signs it; by itself that of the call. */
  refusedWith?: string
}

const newTask = ({ p }: Scene) => ({ id: p.thing(), title: 't', priority: 'low', labels: [], depends_on: [] })
const room = ({ p }: Scene, letter: string) => ({ name: `${letter} ${p.thing().slice(-4)}` })
const nothing = () => ({})
const who = ({ victim }: Scene) => ({ who: victim })
const name = ({ victim }: Scene) => ({ name: victim })
const note = () => ({ action: 'a' })
const limits = () => ({ limits: { max_agents: 1000 } })

/** All that needs anything of a role, in an order in which one does not take from another what it is done with. */
export const deeds: Deed[] = [
  {
    ...{ needs: ['project.clock'], operation: 'projects.clock_in', input: nothing },
    ...{ type: 'project.clock_in', facts: nothing },
  },
  {
    ...{ needs: ['project.clock'], operation: 'projects.clock_out', input: nothing },
    ...{ type: 'project.clock_out', facts: nothing },
  },
  {
    ...{ needs: ['room.create'], operation: 'rooms.create', input: (scene) => room(scene, 'a') },
    ...{ type: 'room.create', facts: (scene) => ({ id: scene.p.thing(), ...room(scene, 'b') }) },
  },
  {
    ...{ needs: ['room.message'], operation: 'rooms.say', input: () => ({ room: 'main', body: 'hello' }) },
    ...{ type: 'room.message', facts: ({ p }) => ({ room: 'main', mentions: [], texts_hash: p.space }) },
  },
  {
    ...{ needs: ['report.submit'], operation: 'reports.submit', input: () => ({ title: 'r', text: 'r' }) },
    ...{ type: 'report.submit', facts: ({ p }) => ({ id: p.thing(), title: 'r' }) },
  },
  {
    ...{ needs: ['decision.record'], operation: 'decisions.record', input: () => ({ title: 'd' }) },
    ...{ type: 'decision.record', facts: ({ p }) => ({ id: p.thing(), title: 'd' }) },
  },
  {
    ...{ needs: ['audit.note'], operation: 'audit.add', input: note },
    ...{ type: 'project.audit', facts: note },
  },
  {
    ...{ needs: ['task.create'], operation: 'tasks.create', input: () => ({ title: 't' }) },
    ...{ type: 'task.create', facts: newTask },
  },
  {
    needs: ['task.create', 'task.assign'],
    ...{ operation: 'tasks.create', input: ({ victim }) => ({ title: 't', assignee: victim }) },
    ...{ type: 'task.create', facts: (scene) => ({ ...newTask(scene), assignee: scene.victim }) },
  },
  {
    ...{ needs: ['task.claim'], operation: 'tasks.claim', input: ({ freeTask }) => ({ task_id: freeTask }) },
    type: 'task.claim',
  },
  { needs: ['task.claim'], operation: 'tasks.renew', input: ({ freeTask }) => ({ task_id: freeTask }) },
  {
    ...{ needs: ['task.claim'], operation: 'tasks.claim_next', input: ({ label }) => ({ labels: [label] }) },
    type: 'task.claim',
  },
  {
    ...{ needs: ['task.update'], operation: 'tasks.complete', input: ({ freeTask }) => ({ task_id: freeTask }) },
    ...{ type: 'task.complete', facts: ({ freeTask }) => ({ task: freeTask }) },
  },
  {
    ...{ needs: ['task.comment'], operation: 'tasks.comment', input: ({ task }) => ({ task_id: task, text: 'c' }) },
    ...{ type: 'task.comment', facts: ({ task }) => ({ task }) },
  },
  {
    ...{ needs: ['task.update'], operation: 'tasks.update', input: ({ task }) => ({ task_id: task, title: 'u' }) },
    ...{ type: 'task.update', facts: ({ task }) => ({ task, title: 'u' }) },
  },
  {
    needs: ['task.update', 'task.assign'],
    ...{ operation: 'tasks.assign', input: ({ task, victim }) => ({ task_id: task, assignee: victim }) },
    ...{ type: 'task.assign', facts: ({ task, victim }) => ({ task, assignee: victim }) },
  },
  {
    ...{ needs: ['work.approve'], operation: 'tasks.accept', input: ({ doneTask }) => ({ task_id: doneTask }) },
    ...{ type: 'task.update', facts: ({ doneTask }) => ({ task: doneTask, accepted: true }) },
  },
  {
    ...{ needs: ['project.redact'], operation: 'audit.redact', input: ({ said }) => ({ entry: said, reason: 'r' }) },
    ...{ type: 'project.redact', facts: ({ p, said }) => ({ entry: said, of: p.did('alice') }) },
  },
  {
    ...{ needs: ['task.delete'], operation: 'tasks.delete', input: ({ task }) => ({ task_id: task }) },
    ...{ type: 'task.delete', facts: ({ task }) => ({ task }) },
  },
  {
    ...{ needs: ['project.update'], operation: 'projects.update', input: () => ({ name: 'q' }) },
    ...{ type: 'project.update', facts: () => ({ name: 'q' }) },
  },
  {
    ...{ needs: ['project.stage'], operation: 'projects.set_stage', input: ({ stage }) => ({ stage }) },
    ...{ type: 'project.stage', facts: ({ stage }) => ({ stage }), isIdle: true },
  },
  {
    needs: ['project.invite'],
    ...{ operation: 'invitations.send', input: ({ guest }) => ({ peer_name: guest, role: 'tester' }) },
    type: 'project.invite',
    facts: ({ p, guest }) => ({
      ...{ id: p.thing(), to: guest, role: 'tester', expires_at: rfc3339(p.clock.now() + 1e9) },
    }),
  },
  {
    needs: ['project.role'],
    ...{ operation: 'projects.role', input: (scene) => ({ ...name(scene), role: 'consultant' }) },
    ...{ type: 'project.role', facts: (scene) => ({ ...who(scene), role: 'consultant' }) },
  },
  {
    ...{ needs: ['project.suspend'], operation: 'projects.suspend', input: name },
    ...{ type: 'project.suspend', facts: who },
  },
  {
    ...{ needs: ['project.suspend'], operation: 'projects.unsuspend', input: name },
    ...{ type: 'project.unsuspend', facts: who },
  },
  {
    ...{ needs: ['project.reinstate'], operation: 'projects.reinstate', input: ({ said }) => ({ entries: [said] }) },
    ...{ type: 'project.reinstate', facts: ({ said }) => ({ entries: [said] }) },
  },
  {
    ...{ needs: ['project.remove'], operation: 'projects.remove', input: name },
    ...{ type: 'project.remove', facts: who },
  },
  {
    ...{ needs: ['project.settings'], operation: 'projects.settings', input: limits },
    ...{ type: 'project.update', facts: limits },
  },
  {
    ...{ needs: ['project.settings'], operation: 'projects.keeper', input: ({ p }) => ({ node: p.did('alice') }) },
    ...{ type: 'project.update', facts: ({ p }) => ({ keeper: p.did('alice') }) },
  },
  {
    ...{ needs: ['project.archive'], operation: 'projects.archive', input: nothing },
    ...{ type: 'project.archive', facts: () => ({ archived: true }) },
  },
  {
    ...{ needs: ['project.archive'], operation: 'projects.restore', input: nothing },
    ...{ type: 'project.archive', facts: () => ({ archived: false }) },
  },
  {
    ...{ needs: ['project.transfer'], operation: 'projects.transfer', input: ({ heir }) => ({ to: heir }) },
    ...{ type: 'project.transfer', facts: ({ heir }) => ({ to: heir }) },
    // Who owns a project is settled before it is known who stands how in it.
    refusedWith: 'owner_only',
  },
]
