import { resolve } from 'node:path'
import { displayLine } from '../base/text.ts'
import type { Policy, WakeAsked, WakeHook, WakeRun } from '../capabilities/wake/schema.ts'
import type { Output } from '../operations.ts'
import type { Command, Option } from './command.ts'
import { pageOptions } from './command.ts'
import type { Context } from './context.ts'
import { noteWords, reasonWords } from './send.ts'
import { ago, duration, framed, plural, shortId, shownName } from './text.ts'
import { usageError } from './usage.ts'

const agentOption: Option = {
  name: 'agent',
  value: '<agent>',
  meaning: 'the hook of this agent; without it the node’s',
}

/** Numbers of the policy, by the option that sets them. */
const numbers = [
  ['after', 'after_seconds', 86_400, 'seconds nobody has read for; then nobody is there'],
  ['debounce', 'debounce_seconds', 3600, 'seconds to wait for more messages'],
  ['pause', 'pause_seconds', 86_400, 'seconds from the end of one wake to the next'],
  ['timeout', 'timeout_seconds', 86_400, 'seconds after which the hook is ended'],
  ['per-day', 'per_day', 10_000, 'wakes a day for each friend'],
] as const

const policyOptions: readonly Option[] = [
  ...numbers.map(([name, , , meaning]) => ({ name, value: '<n>', meaning })),
  { name: 'hours', value: '<from-to>', meaning: 'when it may run, e.g. 08:00-22:00, in this machine’s time' },
  { name: 'min-trust', value: '<n>', meaning: 'trust a peer needs, 3 or 4', choices: ['3', '4'] },
  { name: 'notify', meaning: 'tell of each wake by an event of its own', negatable: true },
]

export const wakeCommands: Command[] = [
  {
    usage: 'wake',
    alias: 'wake show',
    group: 'Agents',
    summary: 'Show what is run to wake agents that are not there.',
    examples: ['agora wake', 'agora wake --format json'],
    run: async (context) => context.answer(await context.call('wake.show', {}), (answer) => shown(answer, context)),
  },
  {
    usage: 'wake set <command>',
    group: 'Agents',
    summary: 'Set what is run when mail comes for an agent that is not there.',
    details:
      'The command, in quotes, is taken apart into a program and its arguments; it never passes through a shell. A relative program is found from this folder, and runs in it. It gets its facts in AGORA_… variables and in the file AGORA_WAKE_FILE, and reads the mail as anybody does.',
    options: [agentOption, { name: 'cwd', value: '<folder>', meaning: 'run in this folder instead' }, ...policyOptions],
    examples: [
      'agora wake set ./wake-agent.sh',
      'agora wake set "/usr/local/bin/agent --once" --agent claude-1 --hours 08:00-22:00 --per-day 5',
    ],
    async run(context) {
      const { inputs } = context
      const policy = policyOf(context)
      const answer = await context.call('wake.set', {
        command: inputs.arg('command'),
        cwd: resolve(inputs.text('cwd') ?? '.'),
        ...agentIn(context),
        ...(policy === undefined ? {} : { policy }),
      })
      await context.answer(answer, ({ hook }) => (hook ? `Set.\n\n${hookText(hook, context)}` : ''))
    },
  },
  {
    usage: 'wake policy',
    group: 'Agents',
    summary: 'Show or change when a hook may run.',
    options: [agentOption, ...policyOptions],
    examples: [
      'agora wake policy',
      'agora wake policy --hours 08:00-22:00 --per-day 5',
      'agora wake policy --agent claude-1 --pause 600',
    ],
    async run(context) {
      const policy = policyOf(context)
      if (policy === undefined) {
        const { agent } = agentIn(context)
        const { hook, agents } = await context.call('wake.show', {})
        const found = agent === undefined ? hook : agents.find((one) => one.agent === agent)
        if (!found) throw usageError('There is no such hook.', `Set one: ${context.next('wake set <command>')}`)
        return context.answer(found, () => hookText(found, context))
      }
      const answer = await context.call('wake.set', { policy, ...agentIn(context) })
      await context.answer(answer, ({ hook }) => (hook ? hookText(hook, context) : ''))
    },
  },
  {
    usage: 'wake clear',
    group: 'Agents',
    summary: 'Run nothing any more.',
    options: [agentOption],
    examples: ['agora wake clear', 'agora wake clear --agent claude-1'],
    async run(context) {
      const answer = await context.call('wake.set', { command: null, ...agentIn(context) })
      await context.answer(answer, () => 'Cleared.\n')
    },
  },
  {
    usage: 'wake request <to>',
    group: 'Agents',
    summary: 'Ask a peer, or one of its agents, to be woken; it takes trust 3 there.',
    options: [{ name: 'reason', value: '<text>', meaning: 'why, for the one who wakes (needed)' }],
    examples: ['agora wake request claude-1@bob --reason "The build is red since your last push."'],
    async run(context) {
      const reason = context.inputs.text('reason')
      if (!reason) throw usageError('agora wake request needs --reason <text>.', undefined, '--reason')
      const asked = await context.call('wake.request', { to: context.inputs.arg('to'), reason })
      await context.answer(asked, () => `${askedWords(asked)}  ${context.style.dim(`id ${asked.id}`)}\n`)
      return asked.stage === 'failed' ? 1 : 0
    },
  },
  {
    usage: 'wake requests',
    group: 'Agents',
    summary: 'List whom you asked to be woken, and what came of it.',
    options: pageOptions,
    examples: ['agora wake requests'],
    async run(context) {
      const page = await context.call('wake.requests', pageOf(context))
      await context.answer(page, async ({ items, next_cursor }) => {
        if (items.length === 0) return 'Nobody was asked to wake.\n'
        const rows = items.map((asked) => [
          shownName(asked.to_name),
          askedWords(asked),
          ago(asked.times['queued'], context.io.clock.now()),
          asked.reason,
          shortId(asked.id),
        ])
        return (
          (await context.table(['TO', 'STATE', 'ASKED', 'REASON', 'ID'], rows)) +
          context.more(next_cursor, 'wake requests')
        )
      })
    },
  },
  {
    usage: 'wake runs',
    group: 'Agents',
    summary: 'List what was run to wake somebody, and how it ended.',
    options: [{ name: 'agent', value: '<agent>', meaning: 'only those of this agent' }, ...pageOptions],
    examples: ['agora wake runs', 'agora wake runs --agent claude-1 --limit 1'],
    async run(context) {
      const page = await context.call('wake.runs', { ...agentIn(context), ...pageOf(context) })
      await context.answer(page, ({ items, next_cursor }) =>
        items.length === 0
          ? 'Nobody has been woken yet.\n'
          : items.map((run) => runText(run, context)).join('\n') + context.more(next_cursor, 'wake runs'),
      )
    },
  },
]

const agentIn = ({ inputs }: Context): { agent?: string } => {
  const agent = inputs.text('agent')
  return agent === undefined ? {} : { agent: agent.normalize('NFC') }
}

const pageOf = ({ inputs }: Context) => ({ limit: inputs.number('limit', 1, 500), cursor: inputs.text('cursor') })

/** What was given of it; undefined when nothing was. */
function policyOf({ inputs }: Context): Partial<Policy> | undefined {
  const policy: Partial<Policy> = {}
  for (const [option, field, max] of numbers) {
    const value = inputs.number(option, 0, max)
    if (value !== undefined) policy[field] = value
  }
  const hours = inputs.text('hours')
  if (hours !== undefined) policy.hours = hours
  const trust = inputs.text('min-trust')
  if (trust !== undefined) policy.min_trust = Number(trust) as 3 | 4
  const notify = inputs.given['notify']
  if (typeof notify === 'boolean') policy.notify = notify
  return Object.keys(policy).length > 0 ? policy : undefined
}

function shown({ hook, agents, running, latest }: Output<'wake.show'>, context: Context): string {
  if (!hook && agents.length === 0) {
    return `Nothing is run when mail comes for an agent that is not there. To set it: ${context.next('wake set <command>')}\n`
  }
  const hooks = [...(hook ? [hook] : []), ...agents].map((one) => hookText(one, context))
  const now = running.map((run) => runText(run, context))
  const last = latest && latest.ended_at !== undefined ? [`Last: ${runText(latest, context)}`] : []
  return [...hooks, ...now, ...last].join('\n')
}

function hookText(hook: WakeHook, { style, pairs }: Context): string {
  const { policy } = hook
  const whose = hook.agent === undefined ? 'The node, and agents without a hook of their own' : shownName(hook.agent)
  const seconds = (count: number) => duration(count * 1000)
  return `${style.bold(whose)}\n\n${pairs([
    ['Runs', hook.command],
    ['In', hook.cwd],
    ...(hook.fault === undefined ? [] : [['Cannot run', style.red(displayLine(hook.fault))] as const]),
    ['For', `this node, and peers of trust ${policy.min_trust} and up, ${plural(policy.per_day, 'time')} a day each`],
    ['When', `nobody has read for ${seconds(policy.after_seconds)}, at ${policy.hours}`],
    ['Waits', `${seconds(policy.debounce_seconds)} for more, ${seconds(policy.pause_seconds)} after the last`],
    ['Ended', `after ${seconds(policy.timeout_seconds)}`],
    ['Notices', policy.notify ? 'yes' : 'no'],
  ])}`
}

function runText(run: WakeRun, { io, style }: Context): string {
  const now = io.clock.now()
  const took = run.ended_at === undefined ? '' : `, ${duration(Date.parse(run.ended_at) - Date.parse(run.started_at))}`
  const end = run.outcome === undefined ? 'running' : `${outcomeWords(run)}${took}`
  const colour = run.outcome === undefined || run.outcome === 'done' ? style.green : style.red
  const whom = run.agent === undefined ? 'the operator’s inbox' : shownName(run.agent)
  const from = run.from.map(shownName).join(', ')
  const head = `${style.bold(whom)} for ${from}: ${colour(end)} ${style.dim(`· ${ago(run.started_at, now)} · ${shortId(run.id)}`)}`
  const output = run.output?.trim() ? framed(run.output.trimEnd(), io.columns) : []
  return [head, `  ${displayLine(run.command)}`, ...output].map((line) => `${line}\n`).join('')
}

function outcomeWords({ outcome, code, signal, error }: WakeRun): string {
  if (outcome === 'failed') {
    if (error !== undefined) return `did not start: ${displayLine(error)}`
    return code === undefined ? `ended by ${signal}` : `ended with code ${code}`
  }
  return {
    done: 'done',
    timed_out: 'took too long and was ended',
    stopped: 'ended with the node',
    interrupted: 'the node was killed meanwhile',
  }[outcome ?? 'done']
}

function askedWords(asked: WakeAsked): string {
  const node = shownName(asked.to_name.split('@').at(-1) ?? '')
  if (asked.stage === 'failed') return `failed: ${reasonWords({ to_name: asked.to_name, reason: asked.failure }, node)}`
  if (asked.stage === 'queued') return `queued: ${node} has not been reached yet`
  if (asked.stage === 'sent') return `sent to ${node}, not confirmed yet`
  if (asked.stage === 'expired') return `expired: ${node} was not reached in time`
  return noteWords(asked.note) ?? `${node} has it`
}
