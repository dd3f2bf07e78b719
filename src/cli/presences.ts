import type { Presence } from '../capabilities/node/schema.ts'

/** Spelt out here because the schema brings zod along; the type holds the two together. */
export const presences = ['online', 'idle', 'busy', 'sleeping', 'offline'] as const satisfies readonly Presence[]
