import { z } from 'zod'
import type { Input, OperationName, Output } from '../operations.ts'
import { routes } from '../routes.ts'
import { idsIn, shown } from './shown.ts'
import { type Tool, tool } from './tool.ts'
import { projectOf } from './tools/which.ts'

/** A field of an operation as tools call it: `task` for `task_id`. */
type Field<Key> = Key extends `${infer Thing}_id` ? Thing : Key

interface Prose<Name extends OperationName> extends Pick<Tool, 'name' | 'title' | 'description'> {
  /** Those a model is told of, in its words. */
  fields?: { [Key in keyof Input<Name> as Field<Key>]?: z.ZodType }
  /** Left out: as the method of its route has it. */
  hints?: Tool['hints']
  /** Whether no project means all of them, and not the only one. */
  inAll?: true
  /** Asked of the person at the client first, where there is one. */
  question?: string
}

/** An operation that is one tool as it stands: called by its own fields, answered with what it answers. */
export function ofOperation<const Name extends OperationName>(
  operation: Name,
  { fields = {}, hints, inAll, question, ...told }: Prose<Name>,
): Tool {
  const isReading = routes[operation][0] === 'GET'
  return tool({
    ...told,
    profile: 'full',
    input: z.object(fields as Record<string, z.ZodType>),
    hints: hints ?? (isReading ? { readOnly: true } : {}),
    async run({ project, task, thread, ...others }, { call, now, confirmed }) {
      const isOfProject = 'project' in fields && (project !== undefined || !inAll)
      const input = {
        ...others,
        ...(task === undefined ? {} : { task_id: task }),
        ...(thread === undefined ? {} : { thread_id: thread }),
        ...(isOfProject ? { project_id: await projectOf(call, project as string | undefined) } : {}),
      } as Input<Name>
      if (question !== undefined && !(await confirmed(question)))
        return { text: 'The person said no; nothing was done.' }
      const answer = (await call(operation, input)) as Output<Name> & object
      const text = shown(answer, now())
      return { text: isReading ? text : `Done.\n${text}`, data: idsIn(answer) }
    },
  })
}
