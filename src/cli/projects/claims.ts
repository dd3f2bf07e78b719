import type { Command, Option } from '../command.ts'
import type { Context } from '../context.ts'
import { duration, framed } from '../text.ts'
import { usageError } from '../usage.ts'
import { chosenProjectFor, projectHere, projectIfNamed, projectNamed } from './choice.ts'
import { given, PROJECT, quoted } from './fields.ts'
import { handoverText } from './handovers.ts'
import { short } from './short-ids.ts'
import { unblockedText } from './tasks.ts'

const note: Option = { name: 'note', value: '<text>', meaning: 'a word on how it was done' }

async function task(context: Context) {
  return { project_id: await chosenProjectFor(context, 'task'), task_id: context.inputs.arg('task') }
}

export const claimCommands: Command[] = [
  {
    usage: 'project claim [project] [task]',
    group: 'Projects',
    summary: 'Claim a task, or the next one that is ready; nobody else gets it meanwhile.',
    details: `${PROJECT} The next one is what is assigned to you, or to nobody; the most urgent first. A claim lapses when its holder is heard of no more.`,
    options: [{ name: 'label', value: '<label>', meaning: 'the next one with any of these labels', many: true }],
    examples: [
      'agora project claim my-feature 1b2c3d4e',
      'agora project claim --as claude-1',
      'agora project claim my-feature --label css --as claude-1',
    ],
    run: claim,
  },
  {
    usage: 'project release [project] <task>',
    group: 'Projects',
    summary: 'Give a claimed task back.',
    examples: ['agora project release 1b2c3d4e'],
    async run(context) {
      const answer = await context.call('tasks.release', await task(context))
      await context.answer(answer, ({ title }) => `${quoted(title)} can be claimed by others again.\n`)
    },
  },
  {
    usage: 'project complete [project] <task>',
    group: 'Projects',
    summary: 'Complete a task; says which others can be done now.',
    options: [note],
    examples: ['agora project complete 1b2c3d4e --note "Merged as 3f9a2c1."'],
    async run(context) {
      const answer = await context.call('tasks.complete', {
        ...(await task(context)),
        ...given({ note: context.inputs.text('note') }),
      })
      await context.answer(answer, ({ title, unblocked }) => `Completed ${quoted(title)}.\n${unblockedText(unblocked)}`)
    },
  },
  {
    usage: 'project approve [project] <task>',
    group: 'Projects',
    summary: 'Accept a completed task; as reviewer, overseer or owner.',
    options: [{ name: 'send-back', meaning: 'it is not done: it is to be worked on again' }, note],
    examples: ['agora project approve 1b2c3d4e', 'agora project approve 1b2c3d4e --send-back --note "No tests."'],
    async run(context) {
      const sendBack = context.inputs.flag('send-back')
      const answer = await context.call('tasks.accept', {
        ...(await task(context)),
        accepted: !sendBack,
        ...given({ note: context.inputs.text('note') }),
      })
      await context.answer(answer, ({ title }) => `${sendBack ? 'Sent back' : 'Accepted'}: ${quoted(title)}.\n`)
    },
  },
]

async function claim(context: Context): Promise<void> {
  const { inputs, io, next, style } = context
  const labels = inputs.list('label')
  // One argument alone is the project if there is one of that name, else a task of the project here.
  const [first, second] = [inputs.maybe('project'), inputs.maybe('task')]
  const find = second === undefined ? projectIfNamed : projectNamed
  const named = first === undefined ? undefined : await find(context, first)
  const task_id = second ?? (named === undefined ? first : undefined)
  if (task_id !== undefined && labels) throw usageError('--label is for the next task, and one was named.')
  const project_id = named ?? (await projectHere(context))
  const claimed =
    task_id === undefined
      ? await context.call('tasks.claim_next', { project_id, ...given({ labels }) })
      : await context.call('tasks.claim', { project_id, task_id })
  await context.answer(claimed, ({ id, title, description, handover, claim: { until, token } }) => {
    const about = description ? `${framed(description, io.columns).join('\n')}\n` : ''
    const before = handover ? handoverText(handover, context, { comments: true }) : ''
    const left = duration(Date.parse(until) - io.clock.now())
    return `Claimed ${quoted(title)} for ${left}, to be renewed.  ${style.dim(`id ${short(id)} · token ${token.join('.')}`)}\n${about}${before}When it is done: ${next(`project complete ${short(project_id)} ${short(id)}`)}\n`
  })
}
