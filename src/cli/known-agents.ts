import { plain } from '../base/sentence.ts'
import { displayLine } from '../base/text.ts'
import type { AgentDeed, KnownAgent } from '../capabilities/agents/schema.ts'
import type { Context } from './context.ts'
import { again, given, paging, projectName, quoted } from './projects/fields.ts'
import { ago, cut, shownName } from './text.ts'

const DOING_MAX = 100
const DID_MAX = 100

export async function listKnown(context: Context): Promise<void> {
  const { inputs, io } = context
  const page = await context.call('agents.known', {
    ...given({ query: inputs.maybe('query'), domain: inputs.text('domain'), tool: inputs.text('tool') }),
    ...(inputs.flag('available') ? { available: true } : {}),
    ...paging(context),
  })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length === 0) return 'No such agent is known.\n'
    const now = io.clock.now()
    const rows = items.map((agent) => [
      shownName(agent.name),
      agent.kind === undefined ? '-' : displayLine(agent.kind),
      agent.presence ?? 'not known',
      ago(agent.last_seen_at, now) || 'never',
      cut(doing(agent, now), DOING_MAX),
    ])
    const command = inputs.maybe('query')
    const typed = command === undefined ? 'agents known' : `agents known ${shownName(command)}`
    const table = await context.table(['NAME', 'KIND', 'PRESENCE', 'SEEN', 'DOES'], rows)
    return table + context.more(next_cursor, again(context, typed))
  })
}

/** What it has claimed, else where it is clocked in. */
function doing({ tasks, clocked_in }: KnownAgent, now: number): string {
  const at = clocked_in.map(
    ({ project, focus, since }) =>
      `${projectName(project)}${focus === undefined ? '' : `: ${displayLine(focus)}`} (${ago(since, now)})`,
  )
  const holds = tasks.map(
    ({ title, project, since }) => `${quoted(title)} in ${projectName(project)} (${ago(since, now)})`,
  )
  return [...holds, ...at].join('; ') || '-'
}

export async function listHistory(context: Context): Promise<void> {
  const name = context.inputs.arg('agent')
  const page = await context.call('agents.history', { name, ...paging(context) })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length === 0) return 'Nothing that is known here.\n'
    const table = await context.table(['WHEN (UTC)', 'WHERE', 'WHAT', 'STATE'], items.map(deedRow))
    return table + context.more(next_cursor, again(context, `agents history ${shownName(name)}`))
  })
}

const deedRow = ({ at, project, deed, state }: AgentDeed): string[] => [
  at.slice(0, 16).replace('T', ' '),
  project === undefined ? '-' : projectName(project),
  cut(displayLine(plain(deed)), DID_MAX),
  state ?? '-',
]
