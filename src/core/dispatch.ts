import type { z } from 'zod'
import { type Actor, may } from '../authority/may.ts'
import type { Standing } from '../authority/roles.ts'
import type { TrustLevel } from '../authority/trust.ts'
import { nodeOf } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import type { Approval } from '../capabilities/approvals/schema.ts'
import type { Why } from '../contract/common.ts'
import type { Operation, ProjectNow } from '../contract/operation.ts'
import type { Permission } from '../contract/permissions.ts'
import { type ApprovableName, type OperationName, type Output, operations, type Parsed } from '../operations.ts'

export interface CallContext {
  actor: Actor
  /** Aborts when the caller has gone or the daemon stops. */
  signal: AbortSignal
}

export type Handler<Name extends OperationName> = (
  input: Parsed<Name>,
  context: CallContext,
) => Promise<Output<Name>> | Output<Name>

/** One handler for every operation of the table; a missing one does not compile. */
export type Handlers = { [Name in OperationName]: Handler<Name> }

/**
 * For what agents may ask for: what exactly would be done, with names replaced by the DIDs they stand for now (another may have the name when it is granted),
 * and a sentence of our own that says so. Throws what the operation would throw for an input it cannot take. A missing one does not compile.
 */
export type Askings = {
  [Name in ApprovableName]: (input: Omit<Parsed<Name>, 'why'>) => {
    input: Omit<Parsed<Name>, 'why'>
    summary: string
  }
}

/** What an agent called that only the operator may do. */
export interface Requested {
  operation: ApprovableName
  input: Record<string, unknown>
  why: string | undefined
  agent: string
}

/** The answer to such a call: it waits for the operator. */
export class ApprovalPending {
  readonly approval: Approval
  constructor(approval: Approval) {
    this.approval = approval
  }
}

/** What dispatch asks of the projects of this node. */
export interface ProjectGate {
  /** The whole id that a beginning of one means. @throws AgoraError `not_found` or `ambiguous_name`, naming `field`. */
  resolve(id: string, field: string): string
  /** How everybody stands in it, by all of its log that is here. */
  standing(project: string): Standing
  now(project: string): ProjectNow
  /** Somebody of this node tried what is not permitted. */
  denied(attempt: { project: string; actor: string; operation: string; reason: string }): void
}

export interface Dispatch {
  /**
   * Runs one operation: parses the input, asks `may`, runs the handler. Every local call passes here, once. What only the operator may decide, called by an
   * agent, is not run: the answer is an `ApprovalPending`.
   * @throws AgoraError `unknown_operation`, `invalid_input` naming the field, what `may` answered, or what the handler throws.
   */
  call(name: string, actor: Actor, input: unknown, signal?: AbortSignal): Promise<unknown>
}

const byName = new Map(operations.map((operation) => [operation.name as string, operation]))
const never = new AbortController().signal

export function createDispatch(
  handlers: Handlers,
  ask?: (requested: Requested) => Promise<Approval>,
  projects?: ProjectGate,
): Dispatch {
  const putBefore = async (operation: Operation, actor: Actor & { kind: 'agent' }, input: Record<string, unknown>) => {
    const { why, ...wanted } = input as { why?: z.output<typeof Why> }
    if (!ask) throw new AgoraError('needs_approval', `${operation.name} is for the operator to decide.`)
    return new ApprovalPending(
      await ask({ operation: operation.name as ApprovableName, input: wanted, why, agent: actor.name }),
    )
  }

  return {
    async call(name, actor, input, signal = never) {
      const operation: Operation | undefined = byName.get(name)
      if (!operation) {
        throw new AgoraError('unknown_operation', `There is no operation ${JSON.stringify(name)}.`, {
          hint: 'GET /openapi.json and `agora call --list` name them all.',
        })
      }
      // Asked before parsing, so that whoever may not call learns nothing about the input.
      const verdict = may(actor, operation)
      if (!verdict.allow && (verdict.code !== 'needs_approval' || !ask))
        throw new AgoraError(verdict.code, verdict.reason)
      const parsed = withProject(parse(operation.input, input))
      const confirms = within(operation, actor, parsed)
      const mustAsk = !verdict.allow || confirms
      if (mustAsk && actor.kind === 'agent') return putBefore(operation, actor, parsed)
      const handler = handlers[operation.name as OperationName] as (input: unknown, context: CallContext) => unknown
      try {
        return await handler(parsed, { actor, signal })
      } catch (error) {
        // Only the handler could tell whether it is the agent's own to decide.
        const isForOperator = operation.approvable && error instanceof AgoraError && error.code === 'needs_approval'
        if (isForOperator && actor.kind === 'agent') return putBefore(operation, actor, parsed)
        throw error
      }
    },
  }

  function withProject(input: Record<string, unknown>): Record<string, unknown> {
    const { project_id: id } = input
    return projects && typeof id === 'string' ? { ...input, project_id: projects.resolve(id, 'project_id') } : input
  }

  /** Whether it is for the operator to confirm. @throws AgoraError when the caller may not do it in the project at all. */
  function within(operation: Operation, actor: Actor, input: Record<string, unknown>): boolean {
    const { project_id: project } = input
    if (!projects || typeof project !== 'string') return false
    const standing = projects.standing(project)
    const needs = (operation.needs?.(input) ?? []).map((permission) => ({ who: actor, permission }))
    if (actor.kind === 'agent' && operation.who === 'operator') {
      // An agent only asks for it, as a member that is not suspended; it is the operator who then does it, or could not either.
      for (const need of needs) need.who = { kind: 'operator', did: nodeOf(actor.did) }
      needs.unshift({ who: actor, permission: 'project.read' })
    }
    for (const { who, permission } of needs) {
      const verdict = may(who, permission, standing)
      if (verdict.allow) continue
      const { did } = actor as { did?: string }
      if (did !== undefined) projects.denied({ project, actor: did, operation: operation.name, reason: verdict.reason })
      throw new AgoraError(verdict.code, verdict.reason)
    }
    return actor.kind === 'agent' && operation.confirm?.(input, projects.now(project)) === true
  }
}

/**
 * Asks `may` for what is served beside the operations, such as a stream or a page.
 * @throws AgoraError what `may` answered.
 */
export function admit(actor: Actor, page: Pick<Operation, 'name' | 'who'>): void {
  const verdict = may(actor, page)
  if (!verdict.allow) throw new AgoraError(verdict.code, verdict.reason)
}

/** What a peer is granted for an envelope of a type that needs one of `permissions`, best first; undefined when none. */
export function grantPeer(did: string, trust: TrustLevel, permissions: readonly Permission[]): Permission | undefined {
  return permissions.find((permission) => may({ kind: 'peer', did, trust }, permission).allow)
}

/** Parses with zod; the error names the first wrong field, what was wrong, and what would be right. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue?.path.join('.') ?? ''
  throw new AgoraError('invalid_input', field ? `${field}: ${issue?.message}` : (issue?.message ?? 'is not valid'), {
    ...(field ? { field } : {}),
  })
}
