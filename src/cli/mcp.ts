import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { AgoraError } from '../base/errors.ts'
import { nameFault, nameHint } from '../base/names.ts'
import { displayLine } from '../base/text.ts'
import { readDaemonInfo } from '../store/daemon-file.ts'
import { type Home, listHomes, prepareHome } from '../store/home.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { usageError } from './usage.ts'

export const mcpCommands: Command[] = [
  {
    usage: 'mcp',
    group: 'Agents',
    summary: 'Offer this node to an agent as an MCP server, over standard input and output.',
    details:
      'For the configuration of Claude Code, Codex and other MCP clients; `agora setup` writes it. The agent is registered when it is new. It goes on when the daemon restarts, and ends with the client. --tools core is what an agent cannot do without: what to do now, mail, tasks, rooms, handing over. default adds threads, projects, friends, the audit trail, the wake hook and this node. full adds a tool for every other operation that is of use to an agent: decisions, reports, reviews, metrics, time, handovers, members, invitations, approvals, finding and waking agents.',
    options: [
      { name: 'api-port', value: '<n>', meaning: 'the node whose API has this port' },
      { name: 'agent-name', value: '<name>', meaning: 'the agent’s name on this node (default agent)' },
      {
        name: 'tools',
        value: '<profile>',
        meaning: 'which tools (default default)',
        choices: ['core', 'default', 'full'],
      },
      { name: 'start', meaning: 'start the node when it is not running' },
    ],
    examples: ['agora mcp --agent-name claude-1', 'agora mcp --api-port 7313 --agent-name codex --tools core'],
    run,
  },
]

async function run(context: Context): Promise<void> {
  const { inputs } = context
  const agent = (inputs.text('agent-name') ?? 'agent').normalize('NFC')
  const fault = nameFault(agent)
  if (fault) throw usageError(`--agent-name: a name ${fault}.`, `It is ${nameHint}.`, '--agent-name')
  const home = homeOf(context)
  prepareHome(home)
  const { runBridge } = await import('../mcp/bridge.ts')
  const start = inputs.flag('start') ? () => startNode(context, home) : undefined
  const profile = (inputs.text('tools') ?? 'default') as 'core' | 'default' | 'full'
  await runBridge({ home, agent, profile, start })
}

/** The node of that API port, running or not; else the one that every command means. */
function homeOf(context: Context): Home {
  const port = context.inputs.number('api-port', 1, 65535)
  if (port === undefined) return context.home({ create: true })
  const found = listHomes(context.io.env).find((home) => readDaemonInfo(home)?.api_port === port)
  if (found) return found
  if (context.inputs.text('name') !== undefined || port === 7313) return context.home({ create: true })
  throw new AgoraError('not_running', `No node of this user has its API at port ${port}.`, {
    field: '--api-port',
    hint: 'Start it, or name it with --name.',
  })
}

/** As `agora start --daemon` would, with nothing on our standard output. @throws AgoraError what that says. */
async function startNode({ io }: Context, home: Home): Promise<void> {
  const [interpreter, ...script] = io.program
  const child = spawn(interpreter, [...script, '--name', home.name, '--format', 'json', 'start', '--daemon'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: io.cwd,
    env: { ...io.env, AGORA_HOME: dirname(home.dir) },
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const [code] = await once(child, 'close')
  if (code === 0) return
  throw new AgoraError('not_running', `The node ${JSON.stringify(home.name)} could not be started.`, {
    hint: `${reasonIn(said)} Ask your user to look: agora --name ${home.name} start`,
  })
}

/** What a command that failed said, as a problem or anyhow. */
function reasonIn(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? ''
  try {
    return String(JSON.parse(line).detail)
  } catch {
    // It was no problem document.
    return displayLine(line).slice(0, 500)
  }
}
