import { type Stage, stages } from '../../authority/roles.ts'
import type { Command } from '../command.ts'
import type { Context } from '../context.ts'
import { ago, duration, shownName } from '../text.ts'
import { usageError } from '../usage.ts'
import { chosenProject } from './choice.ts'
import { given, PROJECT, quoted } from './fields.ts'
import { stageLine } from './project-text.ts'

export const stageCommands: Command[] = [
  {
    usage: 'project stage [project]',
    group: 'Projects',
    summary: 'Show, set or advance the stage of a project.',
    details: `${PROJECT} Deployment is for a person to confirm: asked for by an agent it waits for the operator.`,
    options: [
      { name: 'stage', value: '<stage>', meaning: 'set it', choices: stages },
      { name: 'advance', meaning: 'go on to the next one' },
    ],
    examples: ['agora project stage my-feature', 'agora project stage --advance', 'agora project stage --stage review'],
    run: stage,
  },
  {
    usage: 'project clock-in [project]',
    group: 'Projects',
    summary: 'Say that you work in a project now, and at what.',
    details: `${PROJECT} Clocking in again changes the focus.`,
    options: [{ name: 'focus', value: '<text>', meaning: 'what you work at' }],
    examples: ['agora project clock-in my-feature --focus "the login page"', 'agora project clock-in --as claude-1'],
    async run(context) {
      const project_id = await chosenProject(context)
      const answer = await context.call('projects.clock_in', {
        project_id,
        ...given({ focus: context.inputs.text('focus') }),
      })
      await context.answer(answer, ({ name, clocked_in }) => {
        const focus = clocked_in?.focus === undefined ? '' : `, on ${quoted(clocked_in.focus)}`
        return `${shownName(name)} is at work${focus}.\n`
      })
    },
  },
  {
    usage: 'project clock-out [project]',
    group: 'Projects',
    summary: 'Say that you work in a project no more.',
    examples: ['agora project clock-out my-feature'],
    async run(context) {
      const answer = await context.call('projects.clock_out', { project_id: await chosenProject(context) })
      await context.answer(answer, ({ name }) => `${shownName(name)} is not at work any more.\n`)
    },
  },
  {
    usage: 'project time [project]',
    group: 'Projects',
    summary: 'Tell how long everybody was at work, and on what.',
    details: `${PROJECT} By the clocks of those who clocked in.`,
    options: [{ name: 'since', value: '<time>', meaning: 'from then on, e.g. 2026-11-01' }],
    examples: ['agora project time my-feature --since 2026-11-01'],
    run: time,
  },
]

async function stage(context: Context): Promise<void> {
  const { inputs, io } = context
  const to = inputs.text('stage') as Stage | undefined
  const advance = inputs.flag('advance')
  if (to !== undefined && advance) throw usageError('Either --stage or --advance, not both.')
  const project_id = await chosenProject(context)
  const change = { project_id, ...given({ stage: to, advance: advance || undefined }) }
  const answer =
    to === undefined && !advance
      ? await context.call('projects.stage', { project_id })
      : await context.call('projects.set_stage', change)
  await context.answer(answer, ({ stage: now, since, by, next }) => {
    const then = next === undefined ? '' : ` Next: ${next}.`
    return `${stageLine(now)}\nSince ${ago(since, io.clock.now())}, by ${shownName(by.name)}.${then}\n`
  })
}

async function time(context: Context): Promise<void> {
  const answer = await context.call('projects.time', {
    project_id: await chosenProject(context),
    ...given({ since: instant(context, 'since') }),
  })
  await context.answer(answer, ({ items }) =>
    items.length === 0
      ? 'Nobody was at work.\n'
      : context.table(
          ['WHO', 'TIME', 'SESSIONS', 'NOW', 'TASKS'],
          items.map(({ name, seconds, sessions, clocked_in_since, tasks }) => [
            shownName(name),
            duration(seconds * 1000),
            String(sessions),
            clocked_in_since === undefined ? '-' : 'at work',
            tasks.map((task) => `${task.title} (${duration(task.seconds * 1000)})`).join('; '),
          ]),
        ),
  )
}

/** An instant given as a date, a time in RFC 3339, or as long ago as `2d`. */
export function instant({ inputs, io }: Context, name: string): string | undefined {
  const typed = inputs.text(name)
  if (typed === undefined) return undefined
  const [, count, unit] = /^(\d{1,6})\s*(m|min|h|d)$/.exec(typed) ?? []
  const units = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
  const at =
    count === undefined
      ? Date.parse(/^\d{4}-\d\d-\d\d/.test(typed) ? typed : '')
      : io.clock.now() - Number(count) * units[unit as keyof typeof units]
  if (Number.isFinite(at)) return new Date(at).toISOString()
  throw usageError(
    `--${name} cannot be ${JSON.stringify(typed)}.`,
    'It is a date (2026-11-01), a time (2026-11-01T12:00:00Z), or so long ago (30min, 12h, 2d).',
    `--${name}`,
  )
}
