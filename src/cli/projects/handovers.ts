import type { Handover, LeftTask } from '../../capabilities/tasks/schema.ts'
import { type Command, pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { ago, duration, framed, plural, shownName } from '../text.ts'
import { chosenProject } from './choice.ts'
import { again, given, PROJECT, paging } from './fields.ts'
import { short, shortest } from './short-ids.ts'

export const handoverCommands: Command[] = [
  {
    usage: 'project handovers [project]',
    group: 'Projects',
    summary: 'List the tasks that somebody left before they were done.',
    details: `${PROJECT} What was left with one: \`agora project task\`; whoever claims it is told.`,
    options: [
      { name: 'from', value: '<agent>', meaning: 'only what this one left' },
      { name: 'open', meaning: 'only what nobody has taken up' },
      ...pageOptions,
    ],
    examples: ['agora project handovers my-feature', 'agora project handovers --from codex@bob --open'],
    run: list,
  },
]

const ends: Record<Exclude<Handover['because'], 'released' | 'taken'>, string> = {
  lapsed: 'claim lapsed',
  suspended: 'suspended',
  moved: 'task was changed',
  left: 'left the project',
  removed: 'removed',
  superseded: 'another keeper’s word',
}

function end({ because, by }: Pick<Handover, 'because' | 'by'>): string {
  if (because === 'released' || because === 'taken')
    return `${because === 'taken' ? 'taken away' : 'given back'}${by === undefined ? '' : ` by ${shownName(by.name)}`}`
  return ends[because]
}

async function list(context: Context): Promise<void> {
  const { inputs, io } = context
  const project_id = await chosenProject(context)
  const page = await context.call('tasks.handovers', {
    project_id,
    ...given({ from: inputs.text('from'), open: inputs.flag('open') || undefined }),
    ...paging(context),
  })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length === 0) return 'Nothing was left before it was done.\n'
    const id = shortest(items.map(({ task_id }) => task_id))
    const row = ({ task_id, title, from, until, because, by, claimed_by }: LeftTask) => [
      id(task_id),
      title,
      shownName(from.name),
      `${ago(until, io.clock.now())}, ${end({ because, by })}`,
      claimed_by === undefined ? '-' : shownName(claimed_by.name),
    ]
    const table = await context.table(['ID', 'TITLE', 'LEFT BY', 'WHEN', 'TAKEN UP BY'], items.map(row))
    return table + context.more(next_cursor, again(context, `project handovers ${short(project_id)}`))
  })
}

/** What was left with a task. `comments`: also what was said on it, where that is not shown anyway. */
export function handoverText(handover: Handover, context: Context, { comments }: { comments: boolean }): string {
  const { from, since, until, handed_over, focus, questions, mail, other_mail } = handover
  const { io, style } = context
  const now = io.clock.now()
  const said = (heading: string, items: Handover['mail']): string[] =>
    items.length === 0
      ? []
      : [
          heading,
          ...items.flatMap(({ from: who, at, text, room, unread }) => [
            `${style.cyan(shownName(who.name))}${style.dim(`${room === undefined ? '' : ` in #${shownName(room.name)}`} · ${ago(at, now)}${unread ? ' · unread' : ''}`)}`,
            ...framed(text, io.columns),
          ]),
        ]
  const others = (other_mail?.from ?? []).map((one) => `${shownName(one.name)} (${one.unread})`).join(', ')
  return [
    `Left by ${style.bold(shownName(from.name))} ${ago(until, now)} after ${duration(Date.parse(until) - Date.parse(since))}: ${handed_over ? 'handed over' : end(handover)}.`,
    ...(focus === undefined ? [] : ['It was clocked in for:', ...framed(focus, io.columns)]),
    ...(comments ? said('Said on it:', handover.comments) : []),
    ...said('Asked, and not answered:', questions),
    ...said('Said to it in rooms, after its last word there:', mail),
    ...(other_mail === undefined
      ? []
      : [
          `${plural(other_mail.unread, 'other message')} to it ${other_mail.unread === 1 ? 'is' : 'are'} unread, from ${others}.`,
        ]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
