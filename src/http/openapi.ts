import { errorCodes } from '../base/errors.ts'
import { type Endpoint, endpoints, type Field } from './endpoints.ts'
import type { JsonSchema } from './json-schema.ts'
import { PROBLEM_TYPE } from './problem.ts'

const problem: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem details. Programs compare `code`, which never changes its meaning.',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: errorCodes },
    detail: { type: 'string' },
    field: { type: 'string', description: 'The field that is wrong, e.g. `to` or `capabilities.domains.0`.' },
    hint: { type: 'string', description: 'What would be right, or what to do next.' },
    candidates: { type: 'array', items: { type: 'string' }, description: 'Possible answers to an ambiguous name.' },
  },
  required: ['type', 'title', 'status', 'code', 'detail'],
}

/** The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html) of everything this node serves. */
export function openApi(version: string) {
  const components: Record<string, JsonSchema> = { Problem: problem }
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints(components)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operationObject(endpoint) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Agora',
      version,
      summary: 'The local API of an Agora node: a peer-to-peer control plane for AI agents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token of the operator or of one agent.' },
      },
      responses: {
        ApprovalPending: {
          description: 'Asked by an agent: it waits for the operator.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { approval: { $ref: '#/components/schemas/Approval' } },
                required: ['approval'],
              },
            },
          },
        },
        Problem: {
          description: 'It did not work; `code` says why.',
          content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

function operationObject({ name, group, summary, description, who, approvable, status, fields, answer }: Endpoint) {
  const body = fields.filter((field) => field.in === 'body')
  return {
    operationId: name,
    tags: [group],
    summary,
    ...(description !== undefined && { description }),
    'x-agora-who': who,
    ...(who === 'anyone' && { security: [] }),
    parameters: fields.filter((field) => field.in !== 'body').map(parameter),
    ...(body.length > 0 && { requestBody: requestBody(body) }),
    responses: {
      [status]: { description: 'It worked.', content: { [answer.type]: { schema: answer.schema } } },
      ...(approvable && { 202: { $ref: '#/components/responses/ApprovalPending' } }),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const parameter = ({ name, in: place, required, schema, example }: Field) => ({
  name,
  in: place,
  required: required || place === 'path',
  schema,
  ...(required && { example }),
})

const requestBody = (fields: Field[]) => {
  const required = fields.filter((field) => field.required)
  return {
    required: required.length > 0,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
          required: required.map(({ name }) => name),
        },
        example: Object.fromEntries(fields.filter(({ shown }) => shown).map(({ name, example }) => [name, example])),
      },
    },
  }
}
