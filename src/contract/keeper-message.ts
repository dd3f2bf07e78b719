import { z } from 'zod'

/** Of a grant: the keeper's epoch, and a number that grows with every grant in it. Of two for one thing the higher is the later. */
export const FencingToken = z.tuple([z.int().min(0), z.int().min(0)]).meta({ id: 'FencingToken' })
export type FencingToken = z.output<typeof FencingToken>

/** A request to the keeper of a project, and its answer, which bears the same id. What is asked, the keeper's rules say: both are loose. */
export const KeeperAsk = z.looseObject({ type: z.literal('keeper.ask'), id: z.uuid(), op: z.string().max(64) })
export type KeeperAsk = z.output<typeof KeeperAsk>

export const KeeperAnswer = z.looseObject({ type: z.literal('keeper.answer'), id: z.uuid() })
export type KeeperAnswer = z.output<typeof KeeperAnswer>

export type KeeperMessage = KeeperAsk | KeeperAnswer

/** Reads a message: undefined when its type is not known, else what is wrong with it, in words. */
export function readKeeperMessage(value: unknown): KeeperMessage | { fault: string } | undefined {
  if (typeof value !== 'object' || value === null) return { fault: 'no object' }
  const { type } = value as { type?: unknown }
  if (typeof type !== 'string') return { fault: 'no type' }
  if (type !== 'keeper.ask' && type !== 'keeper.answer') return undefined
  const parsed = (type === 'keeper.ask' ? KeeperAsk : KeeperAnswer).safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return { fault: `${type}: ${issue?.path.join('.')} ${issue?.message}` }
}
