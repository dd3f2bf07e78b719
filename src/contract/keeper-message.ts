import { z } from 'zod'
import { readMessage } from './read-message.ts'

/** Of a grant: the keeper's epoch, and a number that grows with every grant in it. Of two for one thing the higher is the later. */
export const FencingToken = z.tuple([z.int().min(0), z.int().min(0)]).meta({ id: 'FencingToken' })
export type FencingToken = z.output<typeof FencingToken>

/** A request to the keeper of a project, and its answer, which bears the same id. What is asked, the keeper's rules say: both are loose. */
export const KeeperAsk = z.looseObject({ type: z.literal('keeper.ask'), id: z.uuid(), op: z.string().max(64) })
export type KeeperAsk = z.output<typeof KeeperAsk>

export const KeeperAnswer = z.looseObject({ type: z.literal('keeper.answer'), id: z.uuid() })
export type KeeperAnswer = z.output<typeof KeeperAnswer>

export type KeeperMessage = KeeperAsk | KeeperAnswer

const messages = { 'keeper.ask': KeeperAsk, 'keeper.answer': KeeperAnswer } as const

/** See `readMessage`. */
export const readKeeperMessage = (value: unknown): KeeperMessage | { fault: string } | undefined =>
  readMessage(messages, value)
