import type { z } from 'zod'
import type { SpacePermission } from './permissions.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** Of the project a call is about: the stage it is in, and the one that follows. */
export interface ProjectNow {
  stage: string
  next: string | undefined
}

/**
 * One thing Agora can do, written once: the REST route, the OpenAPI page, the typed client call, the CLI's `call` and the dispatch
 * key are made from it. It is data; what it does is in the capability's handlers.
 */
export interface Operation<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  /** `<capability>.<verb>`; never changes its meaning once released. */
  name: string
  summary: string
  /** What a caller needs to know beyond the summary; plain sentences. */
  description?: string
  /** `anyone` needs no token, `agent` any token, `operator` the operator's. */
  who: 'anyone' | 'agent' | 'operator'
  /** An operator's, that an agent may ask for: it becomes an approval, with the input's `why`, and waits for the operator. */
  approvable?: true
  /** What the caller must be allowed to do in the project that the input names as `project_id`, which may be the beginning of the id. */
  needs?(input: z.output<Input>): readonly SpacePermission[]
  /** Of an agent's operation: whether this call of it is for the operator to confirm, so that it becomes an approval. */
  confirm?(input: z.output<Input>, project: ProjectNow): boolean
  /** Path and query parameters and body fields together, by their names. Query values arrive as text: use the `query*` schemas. */
  input: Input
  output: Output
  http: { method: Method; path: string; status?: 200 | 201 | 202 }
}

export const operation = <
  const Name extends string,
  Input extends z.ZodObject,
  Output extends z.ZodType,
  const Asked extends true | undefined = undefined,
>(
  definition: Operation<Input, Output> & { name: Name; approvable?: Asked },
) => definition as typeof definition & (Asked extends true ? { approvable: true } : { approvable?: never })
