import { existsSync } from 'node:fs'
import type { Agent } from '../capabilities/agents/schema.ts'
import { agentTokenFile } from '../store/home.ts'
import { readToken } from '../store/private-file.ts'
import { type Command, type Option, pageOptions } from './command.ts'
import type { Context } from './context.ts'
import { presences } from './presences.ts'
import { ago, shownName } from './text.ts'
import { usageError } from './usage.ts'

const profileOptions: readonly Option[] = [
  { name: 'kind', value: '<kind>', meaning: 'what runs it: claude-code, codex, ollama, script, …' },
  { name: 'model', value: '<model>', meaning: 'the model behind it' },
  { name: 'domains', value: '<a,b>', meaning: 'what it knows about, e.g. frontend,css', many: true },
  { name: 'tools', value: '<a,b>', meaning: 'what it can use, e.g. git,docker', many: true },
  { name: 'languages', value: '<a,b>', meaning: 'languages it writes, e.g. typescript,rust', many: true },
  { name: 'default', meaning: 'also give it the mail to the bare node', negatable: true },
]

export const agentCommands: Command[] = [
  {
    usage: 'agents',
    alias: 'agents list',
    group: 'Agents',
    summary: 'List the agents of this node.',
    examples: ['agora agents', 'agora agents --format json'],
    async run(context) {
      await context.answer(await context.call('agents.list', {}), ({ items }) => list(items, context))
    },
  },
  {
    usage: 'agents known [query]',
    group: 'Agents',
    summary: 'List the agents of this node and of others, and what each does now.',
    details:
      'Of others what their nodes tell while they are connected, and what the logs of common projects say. <query> is a part of the name, kind, model or node.',
    options: [
      { name: 'domain', value: '<domain>', meaning: 'only those that know about it' },
      { name: 'tool', value: '<tool>', meaning: 'only those that can use it' },
      { name: 'available', meaning: 'only those that are there and not busy' },
      ...pageOptions,
    ],
    examples: ['agora agents known', 'agora agents known claude --available', 'agora agents known --domain css'],
    async run(context) {
      const { listKnown } = await import('./known-agents.ts')
      await listKnown(context)
    },
  },
  {
    usage: 'agents history <agent>',
    group: 'Agents',
    summary: 'List what an agent did, latest first.',
    details: 'What it wrote in the projects of this node, what it claimed, and, of own agents, when it was woken.',
    options: pageOptions,
    examples: ['agora agents history claude-1', 'agora agents history codex@bob --limit 20'],
    async run(context) {
      const { listHistory } = await import('./known-agents.ts')
      await listHistory(context)
    },
  },
  {
    usage: 'agents add <agent>',
    group: 'Agents',
    summary: 'Register an agent and make its token.',
    options: profileOptions,
    examples: [
      'agora agents add claude-1 --kind claude-code --model claude-opus --default',
      'agora agents add builder --kind script --tools git,docker --languages typescript',
    ],
    async run(context) {
      const agent = await context.call('agents.register', { name: context.inputs.arg('agent'), ...profile(context) })
      await context.answer(
        agent,
        () =>
          `Registered ${shownName(agent.name)}.\n\n${context.pairs([
            ['DID', agent.did],
            ['Token file', agent.token_file],
          ])}\nAct as it: ${context.next(`--as ${shownName(agent.name)} messages`)}\n`,
      )
    },
  },
  {
    usage: 'agents show <agent>',
    group: 'Agents',
    summary: 'Show one agent.',
    examples: ['agora agents show claude-1'],
    async run(context) {
      const agent = await context.call('agents.show', { name: context.inputs.arg('agent') })
      await context.answer(agent, () => details(agent, context))
    },
  },
  {
    usage: 'agents update <agent>',
    group: 'Agents',
    summary: 'Change what is said of an agent.',
    options: profileOptions,
    examples: [
      'agora agents update claude-1 --model claude-opus --default',
      'agora agents update claude-1 --no-default',
    ],
    async run(context) {
      const changes = profile(context)
      if (Object.keys(changes).length === 0)
        throw usageError('Nothing to change was given.', 'See `agora agents update --help`.')
      const agent = await context.call('agents.update', { name: context.inputs.arg('agent'), ...changes })
      await context.answer(agent, () => details(agent, context))
    },
  },
  {
    usage: 'agents remove <agent>',
    group: 'Agents',
    summary: 'Remove an agent, its token and its inbox.',
    examples: ['agora agents remove claude-1'],
    async run(context) {
      const answer = await context.call('agents.remove', { name: context.inputs.arg('agent') })
      await context.answer(answer, ({ removed }) => `Removed ${shownName(removed)}.\n`)
    },
  },
  {
    usage: 'agents token <agent>',
    group: 'Agents',
    summary: 'Print an agent’s token; registers it when it is new.',
    options: [{ name: 'replace', meaning: 'make a new one; the old one stops working at once' }],
    examples: ['export AGORA_TOKEN=$(agora agents token claude-1)', 'agora agents token claude-1 --replace'],
    run: printToken,
  },
  {
    usage: 'agents presence <agent> <state>',
    group: 'Agents',
    summary: `Say how available an agent is: ${presences.join(', ')}.`,
    examples: ['agora agents presence claude-1 busy', 'agora --as claude-1 agents presence claude-1 idle'],
    async run(context) {
      const presence = presences.find((known) => known === context.inputs.arg('state'))
      if (!presence) {
        throw usageError(
          `${JSON.stringify(context.inputs.arg('state'))} is no state.`,
          `It is one of: ${presences.join(', ')}.`,
        )
      }
      const agent = await context.call('agents.presence', { name: context.inputs.arg('agent'), presence })
      await context.answer(agent, () => `${shownName(agent.name)} is ${agent.presence}.\n`)
    },
  },
]

async function list(items: Agent[], context: Context): Promise<string> {
  if (items.length === 0) {
    const add = context.next('agents add <name>', { operator: true })
    return `This node has no agents. To register one: ${add}\n`
  }
  const now = context.io.clock.now()
  return context.table(
    ['NAME', 'KIND', 'MODEL', 'PRESENCE', 'UNREAD', 'DEFAULT', 'SEEN'],
    items.map((agent) => [
      shownName(agent.name),
      agent.kind ?? '-',
      agent.model ?? '-',
      agent.presence,
      String(agent.unread),
      agent.default ? 'yes' : '-',
      ago(agent.last_seen_at, now) || 'never',
    ]),
  )
}

function details(agent: Agent, context: Context): string {
  const said = (tags: string[] | undefined) => tags?.join(', ') || '-'
  return `${context.style.bold(shownName(agent.name))}\n\n${context.pairs([
    ['DID', agent.did],
    ['Kind', agent.kind ?? '-'],
    ['Model', agent.model ?? '-'],
    ['Domains', said(agent.capabilities?.domains)],
    ['Tools', said(agent.capabilities?.tools)],
    ['Languages', said(agent.capabilities?.languages)],
    ['Presence', agent.presence],
    ['Default', agent.default ? 'yes: it also gets the mail to the bare node' : 'no'],
    ['Unread', String(agent.unread)],
    ['Registered', agent.registered_at],
  ])}`
}

/** What the options say of an agent; what was not given is left out, so that it stays as it is. */
function profile({ inputs }: Context) {
  const tags = (name: string) => inputs.list(name)?.flatMap((text) => text.split(',').filter(Boolean))
  const capabilities = Object.fromEntries(
    (['domains', 'tools', 'languages'] as const).flatMap((name) => {
      const values = tags(name)
      return values ? [[name, values]] : []
    }),
  )
  const preset = inputs.given['default']
  const kind = inputs.text('kind')
  const model = inputs.text('model')
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(model === undefined ? {} : { model }),
    ...(Object.keys(capabilities).length > 0 ? { capabilities } : {}),
    ...(typeof preset === 'boolean' ? { default: preset } : {}),
  }
}

/** From its file when there is one, which needs no daemon; else made with the operator's token. */
async function printToken(context: Context): Promise<void> {
  const name = context.inputs.arg('agent').normalize('NFC')
  const path = agentTokenFile(context.home(), name)
  const made = existsSync(path) && !context.inputs.flag('replace') ? undefined : await makeToken(context, name)
  const answer = made ?? { name, token: readToken(path), token_file: path }
  await context.answer({ name, token: answer.token, token_file: answer.token_file }, ({ token }) => `${token}\n`)
}

async function makeToken(context: Context, name: string) {
  const { items } = await context.call('agents.list', {})
  const known = items.some((agent) => agent.name === name)
  return known ? context.call('agents.token', { name }) : context.call('agents.register', { name })
}
