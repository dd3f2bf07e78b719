import { z } from 'zod'
import { ofOperation } from '../../of-operation.ts'
import { cursor } from '../part.ts'
import { project } from '../projects.ts'

const limit = z.int().min(1).max(50).default(20)
const thread = z.string().describe('id')
const task = z.string().describe('id')

/** What is kept of the work: decisions, reports, who left what, and what was done. */
export const recordTools = [
  ofOperation('decisions.record', {
    name: 'agora_record_decision',
    title: 'Record a decision',
    description: 'Writes down what was decided in a project, and why.',
    fields: {
      project,
      title: z.string(),
      text: z.string().optional().describe('the decision at length'),
      reasons: z.string().optional().describe('why, and what else was thought of'),
    },
  }),
  ofOperation('decisions.list', {
    name: 'agora_list_decisions',
    title: 'Decisions',
    description: 'What was decided in a project and why, newest first. A small limit shows more of each text.',
    fields: { project, limit, cursor },
  }),
  ofOperation('reports.submit', {
    name: 'agora_submit_report',
    title: 'Submit a report',
    description: 'Puts a report into the record of a project, for all members; of a thread, what came out of it.',
    fields: {
      project,
      title: z.string(),
      text: z.string().describe('the report'),
      thread: thread.optional().describe('id, if it is the outcome of one'),
    },
  }),
  ofOperation('reports.list', {
    name: 'agora_list_reports',
    title: 'Reports',
    description: 'Reports of a project, newest first. A small limit shows more of each text.',
    fields: { project, limit, cursor },
  }),
  ofOperation('tasks.accept', {
    name: 'agora_accept_task',
    title: 'Accept a task',
    description: 'Reviewers: accepts a completed task, or sends it back to be done.',
    fields: { project, task, accepted: z.boolean().describe('false: send back'), note: z.string().optional() },
  }),
  ofOperation('tasks.history', {
    name: 'agora_task_history',
    title: 'History of a task',
    description: 'What was done with a task, also a deleted one, oldest first; also what was held or denied.',
    fields: { project, task, cursor },
  }),
  ofOperation('tasks.handovers', {
    name: 'agora_handovers',
    title: 'Tasks that were left',
    description:
      'Tasks somebody left before they were done, latest first. Getting or claiming one shows what was left.',
    inAll: true,
    fields: {
      project: z.string().optional().describe('none: all'),
      from: z.string().optional().describe('who left them'),
      open: z.boolean().optional().describe('only those nobody has taken up'),
      cursor,
    },
  }),
  ofOperation('activity.list', {
    name: 'agora_activity',
    title: 'Activity',
    description: 'What was done in all your projects, latest first.',
    inAll: true,
    fields: { project: z.string().optional().describe('only this one'), cursor },
  }),
  ofOperation('audit.redact', {
    name: 'agora_redact',
    title: 'Redact',
    description: 'Takes the texts of an entry of the audit trail away, everywhere; that it was written stays.',
    fields: { project, entry: z.string().describe('id, from agora_project_audit'), reason: z.string().optional() },
    hints: { destructive: true, idempotent: true },
    question: 'Take the texts of this entry away, everywhere and for good?',
  }),
  ofOperation('threads.show', {
    name: 'agora_show_thread',
    title: 'Thread',
    description: 'A thread and who takes part in it.',
    fields: { thread },
  }),
  ofOperation('threads.update', {
    name: 'agora_rename_thread',
    title: 'Rename a thread',
    description: 'Gives a thread that you began another title.',
    fields: { thread, title: z.string() },
    hints: { idempotent: true },
  }),
]
