import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nameFault, nameHint } from '../../base/names.ts'
import type { Command } from '../command.ts'
import type { Context } from '../context.ts'
import { shownName } from '../text.ts'
import { usageError } from '../usage.ts'

const ids = ['claude-code', 'codex', 'cursor', 'gemini', 'opencode', 'vscode'] as const

export const setupCommands: Command[] = [
  {
    usage: 'setup <client>',
    group: 'Agents',
    summary: `Write Agora into the settings of ${ids.slice(0, -1).join(', ')} or ${ids.at(-1)}.`,
    details:
      'It adds its own entry and touches nothing else, shows what it changes, and --remove gives the file back to the byte. --hooks also tells the agent at the start of a session who it is and what waits, later what mail came, and hands its task over at the end; for all but opencode.',
    options: [
      { name: 'agent-name', value: '<name>', meaning: 'the agent’s name on this node (default that of the client)' },
      {
        name: 'scope',
        value: '<scope>',
        meaning: 'for this project, or for all of this user (default project)',
        choices: ['project', 'user'],
      },
      { name: 'hooks', meaning: 'let it run hooks as well' },
      { name: 'dry-run', meaning: 'show what would change, and write nothing' },
      { name: 'remove', meaning: 'take out what was written, hooks too' },
    ],
    examples: [
      'agora setup claude-code --agent-name claude-1 --hooks',
      'agora setup codex --scope user',
      'agora setup cursor --dry-run',
      'agora setup claude-code --remove',
    ],
    run,
  },
]

async function run(context: Context): Promise<void> {
  const { inputs, io } = context
  const [{ clients }, { scopes, userFolder }] = await Promise.all([import('./clients.ts'), import('./client.ts')])
  const client = clients.find(({ id }) => id === inputs.arg('client'))
  if (!client) {
    throw usageError(`There is no client ${JSON.stringify(inputs.arg('client'))}.`, `There is: ${ids.join(', ')}.`)
  }
  if (inputs.flag('hooks') && !client.hooks) {
    throw usageError(`${client.title} runs no hooks.`, 'Leave --hooks out: the MCP server does without.', '--hooks')
  }
  const agent = (inputs.text('agent-name') ?? client.agent).normalize('NFC')
  const fault = nameFault(agent)
  if (fault) throw usageError(`--agent-name: a name ${fault}.`, `It is ${nameHint}.`, '--agent-name')
  const isRemoval = inputs.flag('remove')
  const { setUp } = await import('./set-up.ts')
  const done = setUp({
    client,
    scope: scopes.find((scope) => scope === inputs.text('scope')) ?? 'project',
    places: { project: projectFolder(io.cwd), user: userFolder(io.env), env: io.env, platform: process.platform },
    io,
    agent,
    node: isRemoval ? undefined : nodeOf(context),
    hooks: inputs.flag('hooks'),
    remove: isRemoval,
    isRehearsal: inputs.flag('dry-run'),
  })
  const { style } = context
  await context.answer({ client: client.id, ...(isRemoval ? {} : { agent }), files: done }, () => {
    const files = done.flatMap(({ path, change, diff }) => [
      `${style.bold(path)}: ${change}`,
      ...diff.map((line) => (line.startsWith('+') ? style.green(line) : line.startsWith('-') ? style.red(line) : line)),
    ])
    return `${[...files, ...lastWords(context, { title: client.title, afterwards: client.afterwards, agent, isSame: done.every(({ change }) => change === 'unchanged') })].join('\n')}\n`
  })
}

interface Last {
  title: string
  afterwards: string
  agent: string
  isSame: boolean
}

function lastWords({ inputs }: Context, { title, afterwards, agent, isSame }: Last): string[] {
  if (inputs.flag('dry-run')) return ['Nothing was written: this was --dry-run.']
  if (inputs.flag('remove')) return [isSame ? 'There was nothing of Agora’s.' : `${title} is without Agora again.`]
  if (isSame) return [`${title} was set up as ${shownName(agent)} already.`]
  const scope = inputs.text('scope') === 'user' ? ' --scope user' : ''
  return [
    `${title} is set up as ${shownName(agent)}. ${afterwards}`,
    `Undo: agora setup ${inputs.arg('client')}${scope} --remove`,
  ]
}

/** The node's name where it was given, which a client started elsewhere would not know. @throws AgoraError `ambiguous_node` where it has to be given. */
function nodeOf(context: Context): string | undefined {
  const given = context.inputs.text('name') ?? (context.io.env['AGORA_NAME'] || undefined)
  const home = context.home({ create: true })
  return given === undefined ? undefined : home.name
}

/** The checkout that a folder is in, else the folder. */
function projectFolder(cwd: string): string {
  for (let at = cwd; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return cwd
  }
}
