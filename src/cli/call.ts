import type { Input, OperationName } from '../operations.ts'
import { routes } from '../routes.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { safeJson } from './text.ts'
import { suggestion, usageError } from './usage.ts'

export const callCommands: Command[] = [
  {
    usage: 'call [operation]',
    group: 'Programs',
    summary: 'Call any operation of the API; its answer is printed as JSON.',
    details:
      'The input is one object with path, query and body fields together. `--json -` reads it from standard input.',
    options: [
      { name: 'json', value: '<input>', meaning: 'the input, as a JSON object (default {})' },
      { name: 'list', meaning: 'list the operations' },
    ],
    examples: [
      'agora call --list',
      'agora call node.status',
      `agora call messages.send --json '{"to": "bob", "body": "Hello"}'`,
    ],
    async run(context) {
      const operation = context.inputs.maybe('operation')
      if (context.inputs.flag('list')) return list(context)
      if (operation === undefined) throw usageError('Which operation?', '`agora call --list` names them.')
      if (!Object.hasOwn(routes, operation)) {
        const hint = suggestion(operation, Object.keys(routes)) ?? '`agora call --list` names them.'
        throw usageError(`There is no operation ${JSON.stringify(operation)}.`, hint)
      }
      const answer = await context.call(operation as OperationName, (await input(context)) as Input<OperationName>)
      await context.io.out(`${safeJson(answer, 2)}\n`)
    },
  },
]

async function list(context: Context): Promise<void> {
  const items = Object.entries(routes).map(([name, [method, path]]) => ({ name, method, path }))
  await context.answer({ items }, () =>
    context.table(
      ['OPERATION', 'METHOD', 'PATH'],
      items.map(({ name, method, path }) => [name, method, path]),
    ),
  )
}

async function input({ inputs, io }: Context): Promise<object> {
  const typed = inputs.text('json') ?? '{}'
  try {
    const value: unknown = JSON.parse(typed === '-' ? await io.read() : typed)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    throw usageError(`--json is not valid JSON: ${(error as Error).message}.`, undefined, '--json')
  }
  throw usageError('--json must be a JSON object.', `For instance: --json '{"name": "bob"}'`, '--json')
}
