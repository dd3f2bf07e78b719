import type { Decision, Report } from '../../capabilities/records/schema.ts'
import { type Command, pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { ago, framed } from '../text.ts'
import { chosenProject, chosenProjectFor } from './choice.ts'
import { fitting, given, PROJECT, paging, spoken } from './fields.ts'
import { authorText } from './said-text.ts'
import { short } from './short-ids.ts'

export const recordCommands: Command[] = [
  {
    usage: 'project decisions [project]',
    group: 'Projects',
    summary: 'List what was decided, the latest first.',
    options: pageOptions,
    examples: ['agora project decisions my-feature'],
    async run(context) {
      const project_id = await chosenProject(context)
      const page = await context.call('decisions.list', { project_id, ...paging(context) })
      await context.answer(page, ({ items, next_cursor }) =>
        items.length === 0
          ? 'Nothing was decided yet.\n'
          : items.map((item) => recordText(item, context)).join('\n') +
            context.more(next_cursor, `project decisions ${short(project_id)}`),
      )
    },
  },
  {
    usage: 'project decision [project] <title>',
    group: 'Projects',
    summary: 'Write down what was decided, and why.',
    details: PROJECT,
    options: [
      { name: 'text', value: '<text>', meaning: 'what exactly; `-` reads it from standard input' },
      { name: 'reasons', value: '<text>', meaning: 'why' },
    ],
    examples: ['agora project decision my-feature "We use OAuth" --reasons "Nobody wants another password."'],
    async run(context) {
      const { inputs } = context
      const text = inputs.text('text')
      const decision = await context.call('decisions.record', {
        project_id: await chosenProjectFor(context, 'title'),
        title: inputs.arg('title'),
        ...given({ text: text === '-' ? await context.io.read() : text, reasons: inputs.text('reasons') }),
      })
      await context.answer(decision, () => recordText(decision, context))
    },
  },
  {
    usage: 'project reports [project]',
    group: 'Projects',
    summary: 'List reports, the latest first.',
    options: pageOptions,
    examples: ['agora project reports my-feature'],
    async run(context) {
      const project_id = await chosenProject(context)
      const page = await context.call('reports.list', { project_id, ...paging(context) })
      await context.answer(page, ({ items, next_cursor }) =>
        items.length === 0
          ? 'There is no report yet.\n'
          : items.map((item) => recordText(item, context)).join('\n') +
            context.more(next_cursor, `project reports ${short(project_id)}`),
      )
    },
  },
  {
    usage: 'project report [project] <title>',
    group: 'Projects',
    summary: 'Put a report into a project’s record.',
    details: `${PROJECT} With --thread it is the outcome of a private thread: the report is for all members, what was said in the thread stays there.`,
    options: [
      { name: 'text', value: '<text>', meaning: 'what it says; else it is read from standard input' },
      { name: 'thread', value: '<thread>', meaning: 'whose outcome it is' },
    ],
    examples: [
      'agora project report my-feature "Auth compared" --text "OAuth it is." --thread 7f3aBc9d',
      'cat results.md | agora project report "Load test"',
    ],
    async run(context) {
      const { inputs } = context
      const report = await context.call('reports.submit', {
        project_id: await chosenProjectFor(context, 'title'),
        title: inputs.arg('title'),
        text: await spoken(context, inputs.text('text') ?? '-', 'report'),
        ...given({ thread_id: inputs.text('thread') }),
      })
      await context.answer(report, () => recordText(report, context))
    },
  },
]

function recordText(record: Decision | Report, context: Context): string {
  const { io, style } = context
  const { title, text, by, at, entry } = record
  const thread =
    'thread_id' in record && record.thread_id !== undefined ? ` · of thread ${short(record.thread_id)}` : ''
  const reasons = 'reasons' in record ? record.reasons : undefined
  const lines = [
    style.bold(fitting(context, title, 0)),
    `${authorText(by, context)}${style.dim(` · ${ago(at, io.clock.now())} · id ${short(entry)}${thread}`)}`,
    ...(text ? framed(text, io.columns) : []),
    ...(reasons ? framed(`Why: ${reasons}`, io.columns) : []),
  ]
  return `${lines.join('\n')}\n`
}
