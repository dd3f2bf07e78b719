import { z } from 'zod'
import { inQuotes, plain, quoted, shortDid } from '../frame.ts'
import { list, shortIds, title, when } from '../text.ts'
import { tool } from '../tool.ts'
import { cursor } from './part.ts'
import { projectOf } from './which.ts'

export const project = z.string().optional().describe('name or id; needed if you are in several')
export const role = z.enum(['overseer', 'developer', 'reviewer', 'tester', 'consultant', 'observer']).optional()
const stage = z.enum(['investigation', 'implementation', 'review', 'integration', 'deployment'])

export const projectTools = [
  tool({
    name: 'agora_projects',
    title: 'Projects',
    description: 'Lists your projects and the invitations that wait; with project, shows that one and its team.',
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
            `${inQuotes(one.name)} [${one.id.slice(0, 8)}], stage ${one.stage}, you: ${one.role ?? 'no member'}`,
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
        return `[${short(one.id)}] ${inQuotes(one.name)}: ${one.stage}, you: ${one.role ?? one.status}; tasks ${todo} todo, ${in_progress} in progress, ${blocked} blocked, ${done} done`
      })
      const invited = invitations.items.map(
        (one) =>
          `Invitation [${one.id.slice(0, 8)}]: ${title(one.from.name)} invites ${title(one.to.name)} to ${inQuotes(one.project_name)} as ${one.role}`,
      )
      return {
        text: list([...lines, ...invited], 'No projects yet.'),
        data: { projects: items.map(({ id }) => id), invitations: invitations.items.map(({ id }) => id) },
      }
    },
  }),
  tool({
    name: 'agora_create_project',
    title: 'Create a project',
    description: 'Begins a project of this node, with you as its overseer.',
    profile: 'default',
    input: z.object({
      name: z.string(),
      description: z.string().optional(),
      repo: z.string().optional().describe('URL of its git repository'),
    }),
    hints: {},
    async run(input, { call }) {
      const { id, name } = await call('projects.create', input)
      return { text: `Project [${id.slice(0, 8)}] ${inQuotes(name)}.`, data: { id } }
    },
  }),
  tool({
    name: 'agora_invite_to_project',
    title: 'Invite to a project',
    description: 'Invites a node with all its agents, or one agent, to a project.',
    profile: 'default',
    input: z.object({
      peer: z.string().describe('node, or agent@node'),
      project,
      role,
      message: z.string().optional(),
    }),
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
    description: 'Accepts or declines an invitation to a project. If it is for your whole node, the operator is asked.',
    profile: 'default',
    input: z.object({
      id: z.string().describe('of the invitation, from agora_projects'),
      accept: z.boolean(),
      reason: z.string().optional(),
    }),
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
    description: 'Tells the team that you begin (in) or stop (out) working in a project.',
    profile: 'default',
    input: z.object({
      action: z.enum(['in', 'out']),
      project,
      focus: z.string().optional().describe('what you work at'),
    }),
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
    description: 'The signed record of a project: who did what, latest first; with note, adds a note to it.',
    profile: 'default',
    input: z.object({
      project,
      actor: z.string().optional().describe('only by this member'),
      type: z.string().optional().describe('only e.g. task or task.create'),
      task: z.string().optional().describe('only about this task id'),
      note: z.string().optional(),
      since: z.iso.datetime().optional().describe('e.g. 2026-01-31T00:00:00Z'),
      verdict: z.enum(['counts', 'held', 'denied', 'refused']).optional().describe('only what fared so'),
      cursor,
    }),
    hints: {},
    async run({ project: given, task: task_id, note, ...only }, { call, now }) {
      const project_id = await projectOf(call, given)
      if (note !== undefined) {
        const action = title(note, 200)
        const { id } = await call('audit.add', { project_id, action, ...(action === note ? {} : { detail: note }) })
        return { text: `Noted [${id.slice(0, 8)}].` }
      }
      const page = await call('audit.list', { project_id, task_id, ...only, limit: 30 })
      const lines = page.items.map(({ id, at, author, type: what, subject, texts, verdict }) => {
        const said = texts?.['title'] ?? Object.values(texts ?? {})[0]
        const about = [
          ...(subject === undefined
            ? []
            : [subject.startsWith('did:') ? shortDid(subject) : plain(subject).slice(0, 8)]),
          ...(said === undefined ? [] : [inQuotes(said, 60)]),
          ...(verdict.state === 'counts' ? [] : [`(${verdict.state})`]),
        ]
        const deed = `${title(author.name, 40)} ${title(what, 60)}`
        return [`[${id.slice(0, 8)}] ${when(at, now())} ${deed}`, ...about].join(' ')
      })
      return {
        text: list(lines, 'Nothing.', page.next_cursor),
        data: { entries: page.items.map(({ id }) => id), next_cursor: page.next_cursor },
      }
    },
  }),
  tool({
    name: 'agora_project_stage',
    title: 'Stage',
    description: 'Shows the stage of a project, sets it, or advances it by one; deployment waits for the operator.',
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
        data: { stage: one.stage, next: one.next },
      }
    },
  }),
  tool({
    name: 'agora_project_oversight',
    title: 'Suspend or unsuspend',
    description: 'Overseers: suspends a member, so that nothing it does counts, or lifts that.',
    profile: 'default',
    input: z.object({
      action: z.enum(['suspend', 'unsuspend']),
      member: z.string().describe('agent, agent@node or node'),
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
