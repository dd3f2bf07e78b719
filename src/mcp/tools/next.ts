import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import type { Output } from '../../operations.ts'
import { inQuotes } from '../frame.ts'
import { leftLine } from '../handover-text.ts'
import { plural, shortIds, when } from '../text.ts'
import { type ToolContext, tool } from '../tool.ts'
import { taskLine } from './tasks.ts'

/** A lease that lapses within this is worth a word. In ms. */
const LAPSING = 5 * 60_000
/** Of the latest messages: which of them name the agent. */
const LOOKED_AT = 50
const PROJECTS_MAX = 5

export const nextTools = [
  tool({
    name: 'agora_next',
    title: 'What should I do now',
    description:
      'What to do now. Begin with it, and come back when you are done: unread mail, your tasks and claims that lapse, invitations, the next free task.',
    profile: 'core',
    input: z.object({}),
    hints: { readOnly: true },
    async run(_, context) {
      const { call, me } = context
      const [own, inbox] = [await me(), await call('messages.read', { limit: LOOKED_AT, view: 'all' })]
      const { items } = await call('projects.list', {})
      const mine = items.filter(({ status, archived }) => status === 'member' && !archived).slice(0, PROJECTS_MAX)
      const invitations = await call('invitations.list', { direction: 'in' })
      const lines = [
        `You are ${own.name}${own.node === own.name ? '' : ` on ${own.node}`}.`,
        ...unreadLine(inbox),
        ...invitations.items.map(
          (one) =>
            `Invited to ${inQuotes(one.project_name)} as ${one.role} [${one.id.slice(0, 8)}]: agora_respond_project_invitation.`,
        ),
      ]
      for (const project of mine) lines.push(...(await inProject(project, context)))
      if (mine.length === 0 && invitations.items.length === 0) lines.push('You are in no project.')
      if (lines.length === 1) lines.push('Nothing waits for you.')
      return { text: lines.join('\n') }
    },
  }),
]

function unreadLine({ items, unread }: Output<'messages.read'>): string[] {
  if (unread === 0) return []
  const naming = items.filter(({ shown_at, said_in }) => shown_at === undefined && said_in?.room !== undefined).length
  const named = naming === 0 ? '' : ` (${naming} naming you in a room)`
  return [`${plural(unread, 'unread message')}${named}: agora_read_messages.`]
}

async function inProject(
  { id, name, stage, suspended }: { id: string; name: string; stage: string; suspended: boolean },
  { call, now, me }: ToolContext,
): Promise<string[]> {
  const heading = `${inQuotes(name)} [${id.slice(0, 8)}], stage ${stage}${suspended ? ', YOU ARE SUSPENDED' : ''}:`
  const { did } = await me()
  const given = await call('tasks.list', { project_id: id, assignee: 'me', limit: 20 })
  const claimed = await call('tasks.list', { project_id: id, claimed: true, limit: 500 })
  const mine = [...claimed.items.filter(({ claim }) => claim?.holder.did === did), ...given.items]
  const held = [...new Map(mine.map((task) => [task.id, task])).values()].filter(({ status }) => status !== 'done')
  const short = shortIds(held.flatMap((task) => [task.id, ...task.waits_for]))
  const lines = held.map((task) => {
    const lapsing = task.claim?.until !== undefined && Date.parse(task.claim.until) - now() < LAPSING
    return `${taskLine(task, short)}${lapsing ? ` YOUR CLAIM LAPSES ${when(task.claim?.until, now())}` : ''}`
  })
  if (held.length > 0) return [heading, ...lines]
  const next = await call('tasks.next', { project_id: id }).catch((error) => {
    // Whoever may not claim has none.
    if (error instanceof AgoraError) return { task: undefined }
    throw error
  })
  const { task } = next
  if (task === undefined) return [heading, 'No task is ready for you.']
  const left = task.handover === undefined ? '' : ` ${leftLine(task.handover, now())}`
  return [heading, `Next: ${taskLine(task, short)}; agora_claim_task.${left}`]
}
