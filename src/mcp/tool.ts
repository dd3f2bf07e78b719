import type { z } from 'zod'
import type { Input, OperationName, Output } from '../operations.ts'

/** Which tools a client is given: every tool costs its model tokens, in every session. */
export const profiles = ['core', 'default', 'full'] as const
export type Profile = (typeof profiles)[number]

/** The tools that a client with that profile is given. */
export const within = (profile: Profile, tools: readonly Tool[]): Tool[] =>
  tools.filter((one) => profiles.indexOf(one.profile) <= profiles.indexOf(profile))

/** Who is at the other end: the agent whose token is used, or the operator. */
export interface Me {
  did: string
  name: string
  node: string
  isOperator: boolean
}

/** Something that happened, with the fields of its type. */
export interface InboxEvent {
  type: string
  data: Record<string, unknown>
}

export interface ToolContext {
  /**
   * Runs an operation as this caller.
   * @throws AgoraError; ApprovalAsked when it is for the operator to decide, and now waits for that.
   */
  call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>>
  me(): Promise<Me>
  /** Ms since the epoch. */
  now(): number
  signal: AbortSignal
  /** Tells a client, now and then, that `work` still waits; of no effect for one that did not ask. */
  waiting<Result>(message: string, work: Promise<Result>): Promise<Result>
  /** Asks the person at the client, where it can; true where it cannot, for the agent has decided then. */
  confirmed(question: string): Promise<boolean>
}

export interface Answer {
  /** For a model to read: short, ids first, times relative and absolute. */
  text: string
  /** The same for programs. */
  data?: object
}

/** One piece of work that an agent wants done. */
export interface Tool<Fields extends z.ZodObject = z.ZodObject> {
  name: string
  title: string
  /** When to use it and what comes back, in a sentence or two. */
  description: string
  profile: Profile
  input: Fields
  /** What clients may let a model do without asking anybody. */
  hints: { readOnly?: true; destructive?: true; idempotent?: true }
  run(input: z.output<Fields>, context: ToolContext): Promise<Answer>
}

export const tool = <Fields extends z.ZodObject>(definition: Tool<Fields>): Tool => definition as unknown as Tool

/** What an agent asked for waits for the operator. */
export class ApprovalAsked extends Error {
  readonly approval: { id: string; summary: string }
  constructor(approval: { id: string; summary: string }) {
    super(approval.summary)
    this.approval = approval
  }
}
