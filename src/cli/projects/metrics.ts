import type { Output } from '../../operations.ts'
import type { Command } from '../command.ts'
import type { Context } from '../context.ts'
import { ago, duration, plural, shownName } from '../text.ts'
import { chosenProject } from './choice.ts'
import { given, PROJECT } from './fields.ts'

type Metrics = Output<'projects.metrics'>

export const metricCommands: Command[] = [
  {
    usage: 'project metrics [project]',
    group: 'Projects',
    summary: 'Show how the work goes: what is done, how long it takes, what waits longest.',
    details: PROJECT,
    options: [{ name: 'days', value: '<n>', meaning: 'count what was done in so many days, 1-366 (default 30)' }],
    examples: ['agora project metrics my-feature --days 7'],
    async run(context) {
      const days = context.inputs.number('days', 1, 366) ?? 30
      const found = await context.call('projects.metrics', {
        project_id: await chosenProject(context),
        days,
        ...given({ time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
      })
      await context.answer(found, (metrics) => shown(metrics, days, context))
    },
  },
]

async function shown(found: Metrics, days: number, context: Context): Promise<string> {
  const now = context.io.clock.now()
  const { by_status: status, cycle, stages, waiting, claimed, people } = found
  const done = found.per_day.reduce((sum, day) => sum + day.done, 0)
  const long = (seconds: number | undefined) => (seconds === undefined ? '-' : duration(seconds * 1000))
  const figures = context.pairs([
    ['Done', `${status.done} of ${found.tasks}, ${done} of them in ${plural(days, 'day')}`],
    ['Open', `${status.todo} to do, ${status.in_progress} in progress, ${status.blocked} blocked`],
    [
      'Claim to done',
      cycle.tasks === 0
        ? '-'
        : `${long(cycle.median_seconds)} for half of ${plural(cycle.tasks, 'task')}, ${long(cycle.p90_seconds)} for nine in ten`,
    ],
    [
      'Stages',
      stages
        .filter(({ entered }) => entered > 0)
        .map(({ stage, seconds }) => `${stage} ${long(seconds)}`)
        .join(', '),
    ],
  ])
  const lists = [
    ['WAITS', 'SINCE', waiting.map(({ title, since }) => [title, ago(since, now)])],
    [
      'CLAIMED',
      'SINCE',
      claimed.map(({ title, holder, since }) => [title, `${ago(since, now)} by ${shownName(holder.name)}`]),
    ],
    [
      'WHO',
      'DONE',
      people.map((one) => [shownName(one.name), `${one.done}${one.claimed > 0 ? `, ${one.claimed} claimed` : ''}`]),
    ],
  ] as const
  const tables = await Promise.all(
    lists.filter(([, , rows]) => rows.length > 0).map(([one, other, rows]) => context.table([one, other], rows)),
  )
  return [figures, ...tables].join('\n')
}
