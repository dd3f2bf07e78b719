import { z } from 'zod'
import { Address, Cursor, Limit, page, queryFlag, queryInt, TimeZone } from '../../contract/common.ts'
import { FencingToken } from '../../contract/keeper-message.ts'
import { operation } from '../../contract/operation.ts'
import { IdOrPrefix, ProjectRef, Prose, Title } from '../../contract/space.ts'
import { AuditEntry } from '../audit/schema.ts'
import {
  Assignee,
  ChangedTask,
  Claim,
  ClaimedTask,
  Label,
  Labels,
  LeftTask,
  ProjectMetrics,
  Task,
  TaskComment,
  TaskDetail,
  TaskPriority,
  TaskRefs,
  TaskStatus,
} from './schema.ts'

const InProject = z.object({ project_id: ProjectRef })
const OfTask = InProject.extend({ task_id: IdOrPrefix })
const Note = Prose.optional()
/** For whom is asked: labels as a list, or in a query with commas between them. */
const Wanted = z
  .union([z.string().transform((text) => text.split(',').filter((label) => label.trim() !== '')), z.array(z.string())])
  .pipe(Labels)

const offered =
  'It is what is assigned to the caller or, with any of `labels` if they are given, to nobody; the highest priority first, and of those what was made first.'

export const taskOperations = [
  operation({
    name: 'tasks.list',
    summary: 'List the tasks of a project, in the order in which they were made.',
    description:
      '`assignee` is a member’s name or DID, `me`, or `none`; `query` a part of the title. Descriptions are left out.',
    who: 'agent',
    needs: () => ['project.read'],
    input: InProject.extend({
      status: TaskStatus.optional(),
      priority: TaskPriority.optional(),
      assignee: Assignee.optional(),
      label: Label.optional(),
      claimed: queryFlag.optional(),
      ready: queryFlag.optional(),
      query: z.string().min(1).max(500).optional(),
      limit: Limit,
      cursor: Cursor.optional(),
    }),
    output: page(Task),
    http: { method: 'GET', path: '/projects/:project_id/tasks' },
  }),
  operation({
    name: 'tasks.next',
    summary: 'Show the task the caller would get by claiming the next one.',
    description: `${offered} There may be none.`,
    who: 'agent',
    needs: () => ['project.read'],
    input: InProject.extend({ labels: Wanted.optional() }),
    output: z.object({ task: TaskDetail.optional() }),
    http: { method: 'GET', path: '/projects/:project_id/tasks/next' },
  }),
  operation({
    name: 'tasks.create',
    summary: 'Make a task.',
    description: 'Giving it to somebody else needs the role overseer or owner.',
    who: 'agent',
    needs: () => ['task.create'],
    input: InProject.extend({
      title: Title,
      description: Prose.optional(),
      assignee: Assignee.optional(),
      priority: TaskPriority.default('medium'),
      depends_on: TaskRefs.default([]),
      labels: Labels.default([]),
    }),
    output: Task,
    http: { method: 'POST', path: '/projects/:project_id/tasks', status: 201 },
  }),
  operation({
    name: 'tasks.show',
    summary: 'Show a task, with what was left by whoever had it before.',
    who: 'agent',
    needs: () => ['project.read'],
    input: OfTask,
    output: TaskDetail,
    http: { method: 'GET', path: '/projects/:project_id/tasks/:task_id' },
  }),
  operation({
    name: 'tasks.update',
    summary: 'Change a task; says which others wait for nothing any more.',
    description:
      'null takes the assignee away. A task that is claimed is changed in its status only by whoever holds it, and by overseers and the owner. Dependencies that would go in a circle are refused (`circular`).',
    who: 'agent',
    needs: () => ['task.update'],
    input: OfTask.extend({
      title: Title.optional(),
      description: Prose.optional(),
      status: TaskStatus.optional(),
      priority: TaskPriority.optional(),
      assignee: Assignee.nullable().optional(),
      depends_on: TaskRefs.optional(),
      labels: Labels.optional(),
      note: Note,
    }),
    output: ChangedTask,
    http: { method: 'PATCH', path: '/projects/:project_id/tasks/:task_id' },
  }),
  operation({
    name: 'tasks.delete',
    summary: 'Delete a task; its history stays, and what waited for it waits no more.',
    who: 'agent',
    needs: () => ['task.delete'],
    input: OfTask,
    output: ChangedTask,
    http: { method: 'DELETE', path: '/projects/:project_id/tasks/:task_id' },
  }),
  operation({
    name: 'tasks.assign',
    summary: 'Give a task to a member; oneself, or, as overseer or owner, anybody.',
    who: 'agent',
    needs: () => ['task.update'],
    input: OfTask.extend({ assignee: Assignee }),
    output: ChangedTask,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/assign' },
  }),
  operation({
    name: 'tasks.handovers',
    summary: 'List the tasks that somebody left before they were done, the latest first.',
    description:
      'In one project or in all that the caller may read. `from` is who left them, `open`: nobody has taken them up. What was left: `tasks.show`.',
    who: 'agent',
    needs: () => ['project.read'],
    input: z.object({
      project_id: ProjectRef.optional(),
      from: Address.optional(),
      open: queryFlag.optional(),
      limit: Limit,
      cursor: Cursor.optional(),
    }),
    output: page(LeftTask),
    http: { method: 'GET', path: '/handovers' },
  }),
  operation({
    name: 'tasks.claim_next',
    summary: 'Claim the next task: given to exactly one caller, by the project’s keeper.',
    description: `${offered} \`nothing_ready\` when there is none, \`keeper_unreachable\` when the keeper cannot be asked. A claim lapses when its holder vanishes. \`handover\` is what was left by whoever had it before.`,
    who: 'agent',
    needs: () => ['task.claim'],
    input: InProject.extend({ labels: Wanted.optional() }),
    output: ClaimedTask,
    http: { method: 'POST', path: '/projects/:project_id/tasks/claim' },
  }),
  operation({
    name: 'tasks.claim',
    summary: 'Claim this task: given to exactly one caller, by the project’s keeper.',
    description:
      '`claimed` when somebody else has it, `not_ready` when it waits for others or is done. `handover` is what was left by whoever had it before.',
    who: 'agent',
    needs: () => ['task.claim'],
    input: OfTask,
    output: ClaimedTask,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/claim' },
  }),
  operation({
    name: 'tasks.renew',
    summary: 'Renew one’s claim on a task. While an agent is there this is done for it.',
    who: 'agent',
    needs: () => ['task.claim'],
    input: OfTask.extend({ token: FencingToken.optional() }),
    output: Claim,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/renew' },
  }),
  operation({
    name: 'tasks.release',
    summary: 'Give a claimed task back; one’s own, or, as overseer or owner, anybody’s.',
    who: 'agent',
    needs: () => ['project.read'],
    input: OfTask,
    output: ChangedTask,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/release' },
  }),
  operation({
    name: 'tasks.complete',
    summary: 'Complete a task; says which others wait for nothing any more.',
    description: 'With `token`, only if the claim is still that one (`stale_token`).',
    who: 'agent',
    needs: () => ['task.update'],
    input: OfTask.extend({ note: Note, token: FencingToken.optional() }),
    output: ChangedTask,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/complete' },
  }),
  operation({
    name: 'tasks.accept',
    summary: 'Accept a completed task; or, with `accepted: false`, send it back to be done.',
    who: 'agent',
    needs: () => ['work.approve'],
    input: OfTask.extend({ accepted: z.boolean().default(true), note: Note }),
    output: ChangedTask,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/accept' },
  }),
  operation({
    name: 'tasks.comment',
    summary: 'Comment on a task.',
    who: 'agent',
    needs: () => ['task.comment'],
    input: OfTask.extend({ text: Prose.refine((text) => text !== '', 'is empty') }),
    output: TaskComment,
    http: { method: 'POST', path: '/projects/:project_id/tasks/:task_id/comments', status: 201 },
  }),
  operation({
    name: 'tasks.comments',
    summary: 'List the comments on a task, oldest first.',
    who: 'agent',
    needs: () => ['project.read'],
    input: OfTask.extend({ limit: Limit, cursor: Cursor.optional() }),
    output: page(TaskComment),
    http: { method: 'GET', path: '/projects/:project_id/tasks/:task_id/comments' },
  }),
  operation({
    name: 'tasks.history',
    summary:
      'List what was done with a task, oldest first; also what is held or was denied, and of one that was deleted.',
    who: 'agent',
    needs: () => ['project.read'],
    input: OfTask.extend({ limit: Limit, cursor: Cursor.optional() }),
    output: page(AuditEntry),
    http: { method: 'GET', path: '/projects/:project_id/tasks/:task_id/history' },
  }),
  operation({
    name: 'projects.metrics',
    summary: 'Show how the work of a project goes: what is done each day, how long it takes, what waits longest.',
    description:
      'Of the tasks that are there now. `days` are those of `time_zone`, today the last; what is done, cycles and who did it are of these days. A cycle is from the first claim of a task to its end. Times are by the clocks of those who wrote them.',
    who: 'agent',
    needs: () => ['project.read'],
    input: InProject.extend({ days: queryInt(1, 366).default(30), time_zone: TimeZone.default('UTC') }),
    output: ProjectMetrics,
    http: { method: 'GET', path: '/projects/:project_id/metrics' },
  }),
] as const
