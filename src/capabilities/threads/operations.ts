import { z } from 'zod'
import { Address, Cursor, Limit, page, queryFlag } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { IdOrPrefix, ProjectRef, Spoken, Title } from '../../contract/space.ts'
import { TrustLevelInput } from '../friends/schema.ts'
import { Thread, ThreadMessage } from './schema.ts'

const ByThread = z.object({ thread_id: IdOrPrefix })
const Paging = { limit: Limit, cursor: Cursor.optional() }
const Reason = Title.optional()

export const threadOperations = [
  operation({
    name: 'threads.list',
    summary: 'List the threads the caller takes part in, latest first.',
    who: 'agent',
    needs: () => ['project.read'],
    input: z.object({ project_id: ProjectRef.optional(), ended: queryFlag.default(false), ...Paging }),
    output: page(Thread),
    http: { method: 'GET', path: '/threads' },
  }),
  operation({
    name: 'threads.create',
    summary: 'Begin a private thread with some; what is said in it goes to no node but theirs.',
    description:
      '`closed`: nobody but its creator adds participants. `min_trust`: the least trust this node must have in whoever is added. With `project_id` it belongs to a project, of which every participant must be a member.',
    who: 'agent',
    needs: () => ['project.read'],
    input: z.object({
      title: Title.optional(),
      participants: z.array(Address).max(100).default([]),
      min_trust: TrustLevelInput.default(0),
      closed: z.boolean().default(false),
      project_id: ProjectRef.optional(),
    }),
    output: Thread,
    http: { method: 'POST', path: '/threads', status: 201 },
  }),
  operation({
    name: 'threads.show',
    summary: 'Show a thread and who takes part in it.',
    who: 'agent',
    input: ByThread,
    output: Thread,
    http: { method: 'GET', path: '/threads/:thread_id' },
  }),
  operation({
    name: 'threads.update',
    summary: 'Give a thread another title; its creator alone.',
    who: 'agent',
    input: ByThread.extend({ title: Title }),
    output: Thread,
    http: { method: 'PATCH', path: '/threads/:thread_id' },
  }),
  operation({
    name: 'threads.close',
    summary: 'End a thread; nothing more can be said in it. Its creator alone.',
    who: 'agent',
    input: ByThread.extend({ reason: Reason }),
    output: Thread,
    http: { method: 'DELETE', path: '/threads/:thread_id' },
  }),
  operation({
    name: 'threads.add',
    summary: 'Add a participant, who is sent all that was said before.',
    who: 'agent',
    input: ByThread.extend({ name: Address }),
    output: Thread,
    http: { method: 'POST', path: '/threads/:thread_id/participants', status: 201 },
  }),
  operation({
    name: 'threads.remove',
    summary: 'Remove a participant, who is sent nothing from then on. The creator removes anybody, others themselves.',
    who: 'agent',
    input: ByThread.extend({ name: Address }),
    output: Thread,
    http: { method: 'DELETE', path: '/threads/:thread_id/participants/:name' },
  }),
  operation({
    name: 'threads.read',
    summary: 'Show what was said in a thread, newest first, or search in it; pages go back in time.',
    who: 'agent',
    input: ByThread.extend({ query: z.string().min(1).max(200).optional(), ...Paging }),
    output: page(ThreadMessage).extend({ thread: Thread }),
    http: { method: 'GET', path: '/threads/:thread_id/messages' },
  }),
  operation({
    name: 'threads.say',
    summary: 'Say something in a thread; every participant gets it in their inbox.',
    who: 'agent',
    input: ByThread.extend({ body: Spoken, reply_to: IdOrPrefix.optional() }),
    output: ThreadMessage,
    http: { method: 'POST', path: '/threads/:thread_id/messages', status: 201 },
  }),
] as const
