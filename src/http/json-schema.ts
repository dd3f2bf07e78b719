import { z } from 'zod'

export interface JsonSchema {
  type?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  anyOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
  $ref?: string
  [keyword: string]: unknown
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>
type Definition = { type: string; in?: z.ZodType; out?: z.ZodType; options?: z.ZodType[]; defaultValue?: unknown }

const definitionOf = (schema: unknown) => (schema as { _zod: { def: Definition } })._zod.def

/**
 * JSON Schema 2020-12 of what a caller writes or reads. Schemas with an `id` are put into `components` and referred to there.
 */
export function jsonSchema(schema: z.ZodType, components: Record<string, JsonSchema>): JsonSchema {
  const {
    $schema: _,
    $defs,
    ...made
  } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override,
  }) as JsonSchema & { $defs?: Record<string, JsonSchema> }
  for (const [id, definition] of Object.entries($defs ?? {})) components[id] = referred(definition)
  return referred(made)
}

const referred = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))

/** Says the value that is meant, where zod would also say all ways in which a query may write it. */
const override: Override = ({ zodSchema, jsonSchema }) => {
  const definition = definitionOf(zodSchema)
  const shown = jsonSchema as JsonSchema
  const become = (other: JsonSchema) => {
    delete shown.anyOf
    Object.assign(shown, other)
  }
  if (definition.type === 'pipe' && definition.in && definition.out && definitionOf(definition.in).type === 'union') {
    become(jsonSchemaOf(definition.out))
  }
  if (definition.type === 'union' && definition.options?.some((option) => definitionOf(option).type === 'pipe')) {
    const [meant] = definition.options
    if (meant) become(jsonSchemaOf(meant))
  }
  if (definition.type === 'default') shown.default = definition.defaultValue
  if (shown['format'] === 'date-time') delete shown['pattern']
  if (shown['minimum'] === Number.MIN_SAFE_INTEGER) delete shown['minimum']
  if (shown['maximum'] === Number.MAX_SAFE_INTEGER) delete shown['maximum']
}

const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override,
  }) as JsonSchema
  return made
}
