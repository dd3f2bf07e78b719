import { AgoraError } from '../base/errors.ts'
import { displayLine } from '../base/text.ts'
import type { Approval } from '../capabilities/approvals/schema.ts'
import type { Command } from './command.ts'
import { pageOptions } from './command.ts'
import type { Context } from './context.ts'
import { askPassphrase } from './passphrase.ts'
import { ago, duration, framed, shortId, shownName } from './text.ts'

const statuses = ['pending', 'granted', 'denied', 'expired', 'all'] as const
const ID = 'The id may be shortened to its end, as it is printed.'

export const approvalCommands: Command[] = [
  {
    usage: 'approvals',
    alias: 'approvals list',
    group: 'Agents',
    summary: 'List what agents asked you to approve.',
    options: [
      { name: 'status', value: '<status>', meaning: 'only those (default pending)', choices: statuses },
      ...pageOptions,
    ],
    examples: ['agora approvals', 'agora approvals --status all'],
    async run(context) {
      const { inputs } = context
      const page = await context.call('approvals.list', {
        status: inputs.text('status') as (typeof statuses)[number] | undefined,
        limit: inputs.number('limit', 1, 500),
        cursor: inputs.text('cursor'),
      })
      await context.answer(page, ({ items, next_cursor }) =>
        items.length === 0
          ? 'Nothing waits to be approved.\n'
          : items.map((approval) => paragraph(approval, context)).join('\n') + context.more(next_cursor, 'approvals'),
      )
    },
  },
  {
    usage: 'approvals grant <id>',
    group: 'Agents',
    summary: 'Let what an agent asked for be done, now.',
    details: `${ID} With the setting grants_need_owner the passphrase of your owner key is asked for.`,
    examples: ['agora approvals grant 7f3a91bc'],
    async run(context) {
      const id = context.inputs.arg('id')
      const answer = await context.call('approvals.grant', { id }).catch(async (error) => {
        if (!(error instanceof AgoraError) || error.code !== 'passphrase_needed') throw error
        return context.call('approvals.grant', { id, passphrase: await askPassphrase(context) })
      })
      await context.answer(answer, ({ agent, summary }) => `Done for ${shownName(agent)}: ${displayLine(summary)}.\n`)
    },
  },
  {
    usage: 'approvals deny <id>',
    group: 'Agents',
    summary: 'Refuse what an agent asked for; it is told.',
    details: ID,
    options: [{ name: 'reason', value: '<text>', meaning: 'why, for the agent to read' }],
    examples: ['agora approvals deny 7f3a91bc --reason "Not while we freeze the release."'],
    async run(context) {
      const reason = context.inputs.text('reason')
      const answer = await context.call('approvals.deny', {
        id: context.inputs.arg('id'),
        ...(reason === undefined ? {} : { reason }),
      })
      await context.answer(answer, ({ agent, summary }) => `Denied to ${shownName(agent)}: ${displayLine(summary)}.\n`)
    },
  },
]

function paragraph(approval: Approval, context: Context): string {
  const { io, style, next } = context
  const { id, agent, summary, why, status, reason, created_at, expires_at } = approval
  const now = io.clock.now()
  const waits = `asked ${ago(created_at, now)}, expires in ${duration(Date.parse(expires_at) - now)}`
  const lines = [
    `${style.bold(shownName(agent))} asks to ${displayLine(summary)}  ${style.dim(`${shortId(id)} · ${status === 'pending' ? waits : status}`)}`,
    ...(why === undefined ? [] : framed(why, io.columns)),
    ...(reason === undefined ? [] : [`  ${displayLine(reason)}`]),
    ...(status === 'pending' ? [style.dim(`  ${next(`approvals grant ${shortId(id)}`, { operator: true })}`)] : []),
  ]
  return `${lines.join('\n')}\n`
}
