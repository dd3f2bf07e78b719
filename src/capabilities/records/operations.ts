import { z } from 'zod'
import { Cursor, Limit, page } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { IdOrPrefix, ProjectRef, Prose, Spoken, Title } from '../../contract/space.ts'
import { Decision, Report } from './schema.ts'

const InProject = z.object({ project_id: ProjectRef })
const Listing = InProject.extend({ limit: Limit, cursor: Cursor.optional() })

export const recordOperations = [
  operation({
    name: 'decisions.record',
    summary: 'Write down what was decided in a project, and why.',
    who: 'agent',
    needs: () => ['decision.record'],
    input: InProject.extend({ title: Title, text: Prose.optional(), reasons: Prose.optional() }),
    output: Decision,
    http: { method: 'POST', path: '/projects/:project_id/decisions', status: 201 },
  }),
  operation({
    name: 'decisions.list',
    summary: 'List a project’s decisions, newest first.',
    who: 'agent',
    needs: () => ['project.read'],
    input: Listing,
    output: page(Decision),
    http: { method: 'GET', path: '/projects/:project_id/decisions' },
  }),
  operation({
    name: 'reports.submit',
    summary: 'Put a report into a project’s record.',
    description:
      'With `thread_id` it is the outcome of a private thread the caller takes part in: what the report says is for all members, what was said in the thread stays there.',
    who: 'agent',
    needs: () => ['report.submit'],
    input: InProject.extend({ title: Title, text: Spoken, thread_id: IdOrPrefix.optional() }),
    output: Report,
    http: { method: 'POST', path: '/projects/:project_id/reports', status: 201 },
  }),
  operation({
    name: 'reports.list',
    summary: 'List a project’s reports, newest first.',
    who: 'agent',
    needs: () => ['project.read'],
    input: Listing,
    output: page(Report),
    http: { method: 'GET', path: '/projects/:project_id/reports' },
  }),
] as const
