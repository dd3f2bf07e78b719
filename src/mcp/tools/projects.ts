import { z } from 'zod'
import { quoted } from '../frame.ts'
import { list, shortIds, title, when } from '../text.ts'
import { tool } from '../tool.ts'
import { projectOf } from './which.ts'

const project = z.string().optional()
const role = z.enum(['overseer', 'developer', 'reviewer', 'tester', 'consultant', 'observer']).optional()
const stage = z.enum(['investigation', 'implementation', 'review', 'integration', 'deployment'])

export const projectTools = [
  tool({
    name: 'agora_projects',
    title: 'Projects',
    description: 'Your projects and invitations; with project, that one and its team.',
    profile: 'default',
    input: z.object({ project }),
    hints: { readOnly: true },
    async run({ project: given }, { call, now }) {
      if (given !== undefined) {
        const one = await call('projects.show', { project_id: await projectOf(call, given) })
        const team = one.team.map(
          (member) =>
            `${title(member.name)}: ${member.role}${member.suspended ? ', suspended' : ''}${member.online ? ', online' : ''}${member.clocked_in ? `, at work since ${when(member.clocked_in.since, now())}` : ''}`,
        )
        const about = one.description === undefined ? [] : [quoted(one.description)]
        return {
          text: [
            `${title(one.name)} [${one.id.slice(0, 8)}], stage ${one.stage}, you: ${one.role ?? 'no member'}`,
            ...about,
            ...team,
          ].join('\n'),
          data: { id: one.id },
        }
      }
      const [{ items }, invitations] = [
        await call('projects.list', {}),
        await call('invitations.list', { direction: 'in' }),
      ]
      const short = shortIds(items.map(({ id }) => id))
      const lines = items.map((one) => {
        const { todo, in_progress, done, blocked } = one.tasks
        return `[${short(one.id)}] ${title(one.name)}: ${one.stage}, you: ${one.role ?? one.status}; tasks ${todo} todo, ${in_progress} in progress, ${blocked} blocked, ${done} done`
      })
      const invited = invitations.items.map(
        (one) =>
          `Invitation [${one.id.slice(0, 8)}]: ${title(one.from.name)} invites ${title(one.to.name)} to ${title(one.project_name)} as ${one.role}`,
      )
      return {
        text: list([...lines, ...invited], 'No projects yet.'),
        data: { projects: items.map(({ id, name }) => ({ id, name })) },
      }
    },
  }),
  tool({
    name: 'agora_create_project',
    title: 'Create a project',
    description: 'You become its overseer, your node owns it.',
    profile: 'default',
    input: z.object({ name: z.string(), description: z.string().optional(), repo: z.string().optional() }),
    hints: {},
    async run(input, { call }) {
      const { id, name } = await call('projects.create', input)
      return { text: `Project [${id.slice(0, 8)}] ${title(name)}.`, data: { id } }
    },
  }),
  tool({
    name: 'agora_invite_to_project',
    title: 'Invite to a project',
    description: 'peer: a node, or agent@node.',
    profile: 'default',
    input: z.object({ peer: z.string(), project, role, message: z.string().optional() }),
    hints: {},
    async run({ peer: peer_name, project: given, role: as, message }, { call, now }) {
      const project_id = await projectOf(call, given)
      const sent = await call('invitations.send', { project_id, peer_name, role: as, message })
      return {
        text: `${title(sent.to.name)} is invited as ${sent.role}; until ${when(sent.expires_at, now())} [${sent.id.slice(0, 8)}].`,
        data: { id: sent.id },
      }
    },
  }),
  tool({
    name: 'agora_respond_project_invitation',
    title: 'Answer an invitation',
    description: 'id: as agora_projects shows it. For your whole node the operator is asked.',
    profile: 'default',
    input: z.object({ id: z.string(), accept: z.boolean(), reason: z.string().optional() }),
    hints: {},
    async run({ id, accept, reason }, { call }) {
      const answer = accept
        ? await call('invitations.accept', { id, why: reason })
        : await call('invitations.decline', { id, reason })
      return {
        text: `${title(answer.project_name)}: ${answer.status}.`,
        data: { status: answer.status, project_id: answer.project_id },
      }
    },
  }),
  tool({
    name: 'agora_project_clock',
    title: 'Clock in or out',
    description: 'Says that you work in a project now, and at what.',
    profile: 'default',
    input: z.object({ action: z.enum(['in', 'out']), project, focus: z.string().optional() }),
    hints: { idempotent: true },
    async run({ action, project: given, focus }, { call }) {
      const project_id = await projectOf(call, given)
      if (action === 'in') await call('projects.clock_in', { project_id, focus })
      else await call('projects.clock_out', { project_id })
      return { text: action === 'in' ? 'You are at work.' : 'You are off.' }
    },
  }),
  tool({
    name: 'agora_project_audit',
    title: 'Audit trail',
    description: 'What was done, latest first; with note, writes one.',
    profile: 'default',
    input: z.object({
      project,
      actor: z.string().optional(),
      type: z.string().optional(),
      task: z.string().optional(),
      note: z.string().optional(),
      cursor: z.string().optional(),
    }),
    hints: {},
    async run({ project: given, actor, type, task: task_id, note, cursor }, { call, now }) {
      const project_id = await projectOf(call, given)
      if (note !== undefined) {
        const { id } = await call('audit.add', { project_id, action: note.slice(0, 500) })
        return { text: `Noted [${id.slice(0, 8)}].` }
      }
      const page = await call('audit.list', { project_id, actor, type, task_id, cursor, limit: 30 })
      const lines = page.items.map(
        (one) =>
          `[${one.id.slice(0, 8)}] ${when(one.at, now())} ${title(one.author.name, 40)} ${one.type}${one.verdict.state === 'counts' ? '' : ` (${one.verdict.state})`}`,
      )
      return { text: list(lines, 'Nothing.', page.next_cursor) }
    },
  }),
  tool({
    name: 'agora_project_stage',
    title: 'Stage',
    description: 'Shows it, sets it, or advances by one. Deployment asks the operator.',
    profile: 'default',
    input: z.object({ project, stage: stage.optional(), advance: z.boolean().optional() }),
    hints: { idempotent: true },
    async run({ project: given, stage: to, advance }, { call, now }) {
      const project_id = await projectOf(call, given)
      const one =
        to === undefined && advance !== true
          ? await call('projects.stage', { project_id })
          : await call('projects.set_stage', { project_id, stage: to, advance })
      return {
        text: `${one.stage} since ${when(one.since, now())}, by ${title(one.by.name)}; next: ${one.next ?? 'none'}.`,
        data: one,
      }
    },
  }),
  tool({
    name: 'agora_project_oversight',
    title: 'Suspend or unsuspend',
    description: 'Stops a member: nothing it does counts until that is lifted.',
    profile: 'default',
    input: z.object({
      action: z.enum(['suspend', 'unsuspend']),
      member: z.string(),
      project,
      reason: z.string().optional(),
    }),
    hints: { destructive: true, idempotent: true },
    async run({ action, member: name, project: given, reason }, { call, confirmed }) {
      const project_id = await projectOf(call, given)
      if (action === 'unsuspend') await call('projects.unsuspend', { project_id, name })
      else if (await confirmed(`Suspend ${title(name)}?`)) await call('projects.suspend', { project_id, name, reason })
      else return { text: 'The person said no; nobody was suspended.' }
      return { text: `${title(name)} is ${action === 'suspend' ? 'suspended' : 'suspended no more'}.` }
    },
  }),
]
