import type { z } from 'zod'

/** Reads a message of one of these types: undefined when its type is not among them, else what is wrong with it, in words. */
export function readMessage<Schemas extends Record<string, z.ZodType>>(
  schemas: Schemas,
  value: unknown,
): z.output<Schemas[keyof Schemas]> | { fault: string } | undefined {
  if (typeof value !== 'object' || value === null) return { fault: 'no object' }
  const { type } = value as { type?: unknown }
  if (typeof type !== 'string') return { fault: 'no type' }
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data as z.output<Schemas[keyof Schemas]>
  const [issue] = parsed.error.issues
  return { fault: `${type}: ${issue?.path.join('.')} ${issue?.message}` }
}
