import type { z } from 'zod'
import type { Method, Operation } from '../contract/operation.ts'
import { operations } from '../operations.ts'
import { type JsonSchema, jsonSchema } from './json-schema.ts'
import { type Page, pages } from './pages.ts'

/** One route, as the OpenAPI document and the page for people both describe it. */
export interface Endpoint {
  name: string
  /** What stands before the dot of an operation's name; `pages` for all others. */
  group: string
  summary: string
  description: string | undefined
  who: Operation['who']
  /** Whether an agent may ask for it; the answer is then a 202 with the approval. */
  approvable: boolean
  method: Method
  /** As in the table: `/agents/:name`. */
  path: string
  status: number
  fields: Field[]
  answer: { type: string; schema: JsonSchema }
}

export interface Field {
  name: string
  in: 'path' | 'query' | 'body'
  required: boolean
  schema: JsonSchema
  example: unknown
  /** Whether a typical call says it. */
  shown: boolean
}

/** Every route there is, operations first; named schemas are put into `components`. */
export function endpoints(components: Record<string, JsonSchema>): Endpoint[] {
  const describe = (operation: Omit<Operation, 'needs' | 'output'>, type: string, output: z.ZodType): Endpoint => {
    const { name, summary, description, who, approvable = false, input, http } = operation
    return {
      name,
      group: name.includes('.') ? (name.split('.')[0] ?? '') : 'pages',
      summary,
      description,
      who,
      approvable,
      method: http.method,
      path: http.path,
      status: http.status ?? 200,
      fields: fieldsOf(jsonSchema(input, components), http),
      answer: { type, schema: jsonSchema(output, components) },
    }
  }
  return [
    ...operations.map((operation) => describe(operation, 'application/json', operation.output)),
    ...pages.map(({ output, ...page }: Page) => describe(page, output.type, output.schema)),
  ]
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, { method, path }: Operation['http']): Field[] {
  const inPath = new Set([...path.matchAll(/:(\w+)/g)].map(([, name]) => name))
  const elsewhere = method === 'GET' || method === 'DELETE' ? 'query' : 'body'
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: inPath.has(name) ? 'path' : elsewhere,
    required: required.includes(name),
    schema,
    example: exampleOf(name, schema),
    shown: required.includes(name) || (elsewhere === 'body' && telling.has(name)),
  }))
}

/** Optional, but without them an example would show something else: a message to everybody, a change of nothing. */
const telling = new Set(['to', 'kind'])

const ID = '01937d6c-53a4-7c1e-b0f4-5f4f8f6c1a2b'
const samples: Record<string, unknown> = {
  name: 'claude-1',
  to: 'claude-1@bob',
  peer: 'bob',
  body: 'The tests pass again.',
  address: '192.168.1.20:7312',
  label: 'dashboard',
  id: ID,
  reply_to: ID,
  conversation_id: ID,
  kind: 'claude-code',
  query: 'tests',
  types: 'message.',
}

/** A value that fits a field, to show how a call looks. */
function exampleOf(name: string, schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number') return schema['minimum'] ?? 0
  if (schema.type === 'array') return []
  if (schema.type === 'object') return {}
  return samples[name] ?? '…'
}
