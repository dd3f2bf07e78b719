import { aRole } from '../../base/deed.ts'
import type { Invitation, InvitationStatus } from '../../capabilities/invitations/schema.ts'
import type { Output } from '../../operations.ts'
import { type Command, pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { ago, duration, framed, shownName } from '../text.ts'
import { usageError } from '../usage.ts'
import { waitUntil } from '../wait.ts'
import { chosenProjectFor, projectNamed } from './choice.ts'
import { again, given, PROJECT, paging, projectName } from './fields.ts'
import { givenRoles } from './members.ts'
import { rememberProject } from './remembered.ts'
import { short, shortest } from './short-ids.ts'

/** Ms `join` waits for the project’s log. */
const PATIENCE = 3000

const statuses = ['pending', 'accepted', 'joined', 'declined', 'withdrawn', 'expired', 'all'] as const
const ID = 'The invitation is named by its id, a beginning of that, or the name of the project.'

export const invitationCommands: Command[] = [
  {
    usage: 'project invite [project] <peer>',
    group: 'Projects',
    summary: 'Invite a node, or one of its agents, to a project.',
    details: `${PROJECT} It reaches a peer that is not connected when it is, and expires after 7 days.`,
    options: [
      { name: 'role', value: '<role>', meaning: 'what it may do there (default developer)', choices: givenRoles },
      { name: 'message', value: '<text>', meaning: 'a few words with it' },
      { name: 'expires', value: '<hours>', meaning: 'hours it may be accepted, 1-720 (default 168)' },
    ],
    examples: [
      'agora project invite 7f3aBc9d bob --role developer',
      'agora project invite claude-1@bob --role reviewer --message "You know the parser."',
    ],
    run: invite,
  },
  {
    usage: 'project invitations',
    group: 'Projects',
    summary: 'List invitations that wait, of both directions.',
    options: [
      { name: 'status', value: '<status>', meaning: 'others too (default pending)', choices: statuses },
      { name: 'project', value: '<project>', meaning: 'only those to this project' },
      { name: 'direction', value: '<way>', meaning: 'only those', choices: ['in', 'out'] },
      ...pageOptions,
    ],
    examples: ['agora project invitations', 'agora project invitations --status all --direction out'],
    run: list,
  },
  {
    usage: 'project join <invitation>',
    group: 'Projects',
    summary: 'Accept an invitation: this node joins the project.',
    details: `${ID} What was done before comes as soon as one of its members is connected.`,
    examples: ['agora project join 7f3a91bc', 'agora project join my-feature'],
    run: join,
  },
  {
    usage: 'project decline <invitation>',
    group: 'Projects',
    summary: 'Decline an invitation; its sender is told.',
    details: ID,
    options: [{ name: 'reason', value: '<text>', meaning: 'why, for its sender to read' }],
    examples: ['agora project decline 7f3a91bc --reason "No time this month."'],
    async run(context) {
      const id = await invitationId(context, 'in')
      const answer = await context.call('invitations.decline', {
        id,
        ...given({ reason: context.inputs.text('reason') }),
      })
      await context.answer(answer, ({ project_name }) => `Declined to join ${projectName(project_name)}.\n`)
    },
  },
  {
    usage: 'project withdraw <invitation>',
    group: 'Projects',
    summary: 'Take an invitation back that was not answered yet.',
    examples: ['agora project withdraw 7f3a91bc'],
    async run(context) {
      const answer = await context.call('invitations.withdraw', { id: await invitationId(context, 'out') })
      await context.answer(
        answer,
        ({ to, project_name }) => `${shownName(to.name)} is not invited to ${projectName(project_name)} any more.\n`,
      )
    },
  },
]

async function invite(context: Context): Promise<void> {
  const { inputs, io } = context
  const project_id = await chosenProjectFor(context, 'peer')
  const answer = await context.call('invitations.send', {
    project_id,
    peer_name: inputs.arg('peer'),
    ...given({ role: inputs.text('role') as (typeof givenRoles)[number] | undefined }),
    ...given({ message: inputs.text('message'), expires_in_hours: inputs.number('expires', 1, 720) }),
  })
  await context.answer(answer, ({ id, to, role, project_name, expires_at }) => {
    const left = duration(Date.parse(expires_at) - io.clock.now())
    return `Invited ${shownName(to.name)} to ${projectName(project_name)} as ${aRole(role)}; it has ${left} to answer.  ${context.style.dim(`id ${short(id)}`)}\n`
  })
}

async function list(context: Context): Promise<void> {
  const { inputs } = context
  const project = inputs.text('project')
  const page = await context.call('invitations.list', {
    ...paging(context),
    ...given({
      status: inputs.text('status') as InvitationStatus | 'all' | undefined,
      direction: inputs.text('direction') as Invitation['direction'] | undefined,
    }),
    ...(project === undefined ? {} : { project_id: await projectNamed(context, project) }),
  })
  await context.answer(page, ({ items, next_cursor }) => {
    if (items.length === 0) return 'No invitation waits.\n'
    const id = shortest(items.map((invitation) => invitation.id))
    const shown = items.map((invitation) => paragraph(invitation, id(invitation.id), context))
    return shown.join('\n') + context.more(next_cursor, again(context, 'project invitations'))
  })
}

function paragraph(invitation: Invitation, id: string, { io, style, next }: Context): string {
  const { direction, from, to, role, project_name, status, message, reason, description } = invitation
  const now = io.clock.now()
  const waits = status === 'pending'
  const head = `${style.bold(shownName(from.name))} invites ${style.bold(shownName(to.name))} to ${style.bold(projectName(project_name))} as ${aRole(role)}`
  const times = `${ago(invitation.created_at, now)}${waits ? `, ${duration(Date.parse(invitation.expires_at) - now)} left` : ''}`
  const lines = [
    `${head}  ${waits ? '' : `${status} `}${style.dim(`${times} · ${id}`)}`,
    ...(description ? framed(description, io.columns) : []),
    ...(message === undefined ? [] : framed(message, io.columns)),
    ...(reason === undefined ? [] : framed(reason, io.columns)),
    ...(waits
      ? [style.dim(`  ${next(`project ${direction === 'in' ? 'join' : 'withdraw'} ${id}`, { operator: true })}`)]
      : []),
  ]
  return `${lines.join('\n')}\n`
}

async function join(context: Context): Promise<void> {
  const { next } = context
  const answer = await context.call('invitations.accept', { id: await invitationId(context, 'in') })
  let project: Output<'projects.list'>['items'][number] | undefined
  const isHere = async () => {
    project = await projectOf(context, answer.project_id)
    return project?.status === 'member'
  }
  // With a member connected it is a matter of moments, and whoever joins wants to see it.
  const joined = await waitUntil(isHere, PATIENCE)
  const here = await rememberProject(context, answer.project_id, joined ? project?.repo : undefined)
  await context.answer(answer, ({ project_id, project_name, role }) => {
    const done = `${joined ? 'Joined' : 'Joining'} ${projectName(project_name)} as ${aRole(role)}.`
    const waits = joined ? '' : ' What was done there comes as soon as one of its members is connected.'
    const checkout = here === undefined ? '' : `Commands inside the checkout ${shownName(here)} mean it from now on.\n`
    return `${done}${waits}\n${checkout}To see it: ${next(`project show ${short(project_id)}`)}\n`
  })
}

/** Undefined when nothing of it is known yet. */
async function projectOf(context: Context, id: string) {
  const { items } = await context.call('projects.list', { limit: 500 })
  return items.find((project) => project.id === id)
}

const HEX = /^[0-9a-f-]{4,36}$/i

/** What was typed, or the id of the waiting invitation to the project of that name. */
async function invitationId(context: Context, direction: Invitation['direction']): Promise<string> {
  const typed = context.inputs.arg('invitation')
  if (HEX.test(typed)) return typed
  const { items } = await context.call('invitations.list', { direction, limit: 500 })
  const [found, ...others] = items.filter(
    ({ project_name, project_id }) => project_name === typed || project_id === typed,
  )
  if (found && others.length === 0) return found.id
  throw usageError(
    found ? `Several invitations to ${shownName(typed)} wait.` : `No invitation to ${shownName(typed)} waits.`,
    `\`${context.next('project invitations')}\` shows their ids.`,
  )
}
