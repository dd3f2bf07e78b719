import { roles } from '../../authority/roles.ts'
import { aRole } from '../../base/deed.ts'
import type { Command } from '../command.ts'
import type { Context } from '../context.ts'
import { askPassphrase } from '../passphrase.ts'
import { shownName } from '../text.ts'
import { usageError } from '../usage.ts'
import { chosenProject, chosenProjectFor } from './choice.ts'
import { given, PROJECT, projectName, reason } from './fields.ts'
import { isWholeId, short } from './short-ids.ts'

export const givenRoles = roles.filter((role) => role !== 'owner')

/** The project and the member a command names. */
async function member(context: Context) {
  return { project_id: await chosenProjectFor(context, 'member'), name: context.inputs.arg('member') }
}

export const memberCommands: Command[] = [
  {
    usage: 'project role [project] <member> <role>',
    group: 'Projects',
    summary: 'Give an agent or a node another role.',
    details: `${PROJECT} Roles: ${givenRoles.join(', ')}. Only the owner makes and unmakes overseers.`,
    examples: ['agora project role my-feature bob reviewer', 'agora project role claude-1@bob observer'],
    async run(context) {
      const typed = context.inputs.arg('role')
      const role = givenRoles.find((known) => known === typed)
      if (!role) throw usageError(`There is no role ${shownName(typed)}.`, `It is one of: ${givenRoles.join(', ')}.`)
      await context.answer(
        await context.call('projects.role', { ...(await member(context)), role }),
        ({ name, role: now }) => `${shownName(name)} is ${aRole(now)} now.\n`,
      )
    },
  },
  {
    usage: 'project suspend [project] <member>',
    group: 'Projects',
    summary: 'Suspend an agent, or a whole node: at once nothing it does counts.',
    details: `${PROJECT} What it did without having seen the suspension is held: it stays in the log without effect, and can be brought back. Its claims are released.`,
    options: [reason],
    examples: ['agora project suspend my-feature claude-1@bob --reason "It rewrites what it should review."'],
    async run(context) {
      const input = await member(context)
      const { next, inputs } = context
      const answer = await context.call('projects.suspend', { ...input, ...given({ reason: inputs.text('reason') }) })
      await context.answer(answer, ({ name }) => {
        const lift = next(`project unsuspend ${short(input.project_id)} ${shownName(name)}`)
        return `${shownName(name)} is suspended.\nTo lift that: ${lift}\n`
      })
    },
  },
  {
    usage: 'project unsuspend [project] <member>',
    group: 'Projects',
    summary: 'Lift a suspension; from then on what it does counts.',
    details: `${PROJECT} What was held meanwhile stays so until \`project reinstate\` brings it back.`,
    examples: ['agora project unsuspend my-feature claude-1@bob'],
    async run(context) {
      const input = await member(context)
      await context.answer(await context.call('projects.unsuspend', input), ({ name }) => {
        const held = context.next(`project audit ${short(input.project_id)} --verdict held`)
        return `${shownName(name)} is not suspended any more.\nWhat was held meanwhile: ${held}\n`
      })
    },
  },
  {
    usage: 'project remove [project] <member>',
    group: 'Projects',
    summary: 'Remove a node, or an agent, from a project.',
    details: 'What it did stays. A removed node is told of its removal, and nothing after it.',
    options: [reason],
    examples: ['agora project remove my-feature bob --reason "Thank you!"'],
    async run(context) {
      const { inputs } = context
      const input = { ...(await member(context)), ...given({ reason: inputs.text('reason') }) }
      await context.answer(
        await context.call('projects.remove', input),
        ({ removed }) => `${shownName(removed)} was removed from the project.\n`,
      )
    },
  },
  {
    usage: 'project reinstate [project]',
    group: 'Projects',
    summary: 'Bring back what was held.',
    details: `${PROJECT} What is held, and by what, is shown by \`agora project audit --verdict held\`.`,
    options: [
      { name: 'member', value: '<member>', meaning: 'lift what was imposed on it' },
      { name: 'entry', value: '<id>', meaning: 'a held entry, and what its author wrote before it', many: true },
    ],
    examples: ['agora project reinstate my-feature --entry 9XyZ12ab', 'agora project reinstate --member bob'],
    async run(context) {
      const { inputs } = context
      const fields = given({ name: inputs.text('member'), entries: inputs.list('entry') })
      if (Object.keys(fields).length === 0)
        throw usageError('What is to be brought back?', 'Give --member, or --entry as `project audit` prints it.')
      const answer = await context.call('projects.reinstate', { project_id: await chosenProject(context), ...fields })
      await context.answer(answer, ({ reinstated }) => {
        const what = reinstated.map((each) => (isWholeId(each) ? short(each) : shownName(each)))
        return `Brought back: ${what.join(', ') || '-'}\n`
      })
    },
  },
  {
    usage: 'project transfer [project] <node>',
    group: 'Projects',
    summary: 'Hand a project over to another node, which owns it from then on.',
    examples: ['agora project transfer my-feature bob'],
    async run(context) {
      const project_id = await chosenProjectFor(context, 'node')
      await context.answer(
        await context.call('projects.transfer', { project_id, to: context.inputs.arg('node') }),
        ({ name, owner }) => `${projectName(name)} belongs to ${shownName(owner.name)} now.\n`,
      )
    },
  },
  {
    usage: 'project recover <id>',
    group: 'Projects',
    summary: 'Take over a project whose node was lost, by the key of its owner.',
    details:
      'For a project that was begun by another node of the same owner. The whole id is needed where this node knows nothing of the project; a connected member then sends it. The passphrase of the owner key is asked for.',
    examples: ['agora project recover 7f3aBc9dQqLk2sYpHhWm4vTnEeRrUuZz8xXcJjKkMmNn'],
    async run(context) {
      const passphrase = await askPassphrase(context)
      await context.answer(
        await context.call('projects.recover', { id: context.inputs.arg('id'), passphrase }),
        ({ name }) => `${projectName(name)} belongs to this node now.\n`,
      )
    },
  },
  {
    usage: 'project keeper [project] <node>',
    group: 'Projects',
    summary: 'Name the node that gives out claims and locks.',
    details: `${PROJECT} While the keeper cannot be reached nothing can be claimed. \`project show\` tells who it is.`,
    examples: ['agora project keeper my-feature bob'],
    async run(context) {
      const project_id = await chosenProjectFor(context, 'node')
      await context.answer(
        await context.call('projects.keeper', { project_id, node: context.inputs.arg('node') }),
        ({ keeper }) => `${shownName(keeper.name)} gives out claims now.\n`,
      )
    },
  },
]
