import { z } from 'zod'
import { BackupId } from '../capabilities/backups/schema.ts'
import { Empty } from '../contract/common.ts'
import type { Operation } from '../contract/operation.ts'
import { EventsInput } from './events.ts'

/** What is served beside the operations: streams and pages, which do not fit into one JSON answer. */
export type Page = Omit<Operation, 'needs' | 'output'> & { output: { type: string; schema: z.ZodType } }

const page = <const Name extends string>(definition: Page & { name: Name }) => definition

export const pages = [
  page({
    name: 'dashboard',
    summary: 'The dashboard, for a browser.',
    description:
      'What it shows it asks of this API, signed in by `sessions.open`; `agora dashboard` opens it. Its files are at `/assets/`.',
    who: 'anyone',
    input: Empty,
    output: { type: 'text/html', schema: z.string() },
    http: { method: 'GET', path: '/' },
  }),
  page({
    name: 'events',
    summary: 'Follow what happens, as server-sent events.',
    description:
      'Each event has its number as `id`, its type as `event`, and as `data` a JSON object with `seq`, `at`, `type`, `inbox` and what belongs to the type. After a break the header `Last-Event-ID` (or `after`) continues without gap or double. Agents are told what concerns their own inbox, the operator everything. `events.missed` says that older events were already thrown away. What is told in passing (`peer.updated`: a peer’s presence, agents, latency; `task.renewed`: until when claims hold now) has no number of its own and does not come again.',
    who: 'agent',
    input: EventsInput,
    output: { type: 'text/event-stream', schema: z.string() },
    http: { method: 'GET', path: '/events' },
  }),
  page({
    name: 'metrics',
    summary: 'Counters and gauges for Prometheus.',
    who: 'operator',
    input: Empty,
    output: { type: 'text/plain', schema: z.string() },
    http: { method: 'GET', path: '/metrics' },
  }),
  page({
    name: 'backup',
    summary: 'Give the encrypted file of a backup.',
    who: 'operator',
    input: z.object({ id: BackupId }),
    output: { type: 'application/octet-stream', schema: z.string() },
    http: { method: 'GET', path: '/backups/:id/file' },
  }),
  page({
    name: 'openapi',
    summary: 'This API as an OpenAPI 3.1 document.',
    who: 'anyone',
    input: Empty,
    output: { type: 'application/json', schema: z.looseObject({}) },
    http: { method: 'GET', path: '/openapi.json' },
  }),
  page({
    name: 'docs',
    summary: 'This API as a page for people.',
    who: 'anyone',
    input: Empty,
    output: { type: 'text/html', schema: z.string() },
    http: { method: 'GET', path: '/docs' },
  }),
] as const

export type PageName = (typeof pages)[number]['name']
