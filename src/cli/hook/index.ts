import { existsSync } from 'node:fs'
import { messageOf } from '../../base/errors.ts'
import { nameFault, nameHint } from '../../base/names.ts'
import { type DaemonInfo, runningDaemon } from '../../store/daemon-file.ts'
import { agentTokenFile, type Home } from '../../store/home.ts'
import type { Command } from '../command.ts'
import type { Context } from '../context.ts'
import { type HookEvent, hookEvents } from '../setup/client.ts'
import { usageError } from '../usage.ts'
import type { HookInput } from './input.ts'

/** Ms for all of it: whoever runs a hook waits for it. */
const PATIENCE = 8000

export const hookCommands: Command[] = [
  {
    usage: 'hook <event>',
    group: 'Agents',
    summary: 'Tell an agent’s program what is new; `agora setup --hooks` has it run this.',
    details: `Events: ${hookEvents.join(', ')}. Reads what the program tells its hooks from standard input, and prints what it expects of them: at the start who the agent is and what waits, later the mail that has come since, at the end nothing, but claimed tasks are handed over. Prints nothing when nothing is new, and when the node is not running.`,
    options: [
      { name: 'agent-name', value: '<name>', meaning: 'the agent’s name, as for `agora mcp` (default agent)' },
      {
        name: 'client',
        value: '<client>',
        meaning: 'which program runs it (default claude-code)',
        choices: ['claude-code', 'codex', 'cursor', 'gemini', 'vscode'],
      },
    ],
    examples: ['agora hook session-start --agent-name claude-1', 'agora hook stop --agent-name cursor --client cursor'],
    run,
  },
]

async function run(context: Context): Promise<void> {
  const { inputs, io } = context
  const event = hookEvents.find((known) => known === inputs.arg('event'))
  if (!event) {
    throw usageError(`There is no event ${JSON.stringify(inputs.arg('event'))}.`, `There is: ${hookEvents.join(', ')}.`)
  }
  const agent = (inputs.text('agent-name') ?? 'agent').normalize('NFC')
  const fault = nameFault(agent)
  if (fault) throw usageError(`--agent-name: a name ${fault}.`, `It is ${nameHint}.`, '--agent-name')
  // Read in any case: whoever writes to a program that has ended fails.
  const text = io.secret === undefined ? await io.read() : ''
  const node = nodeOf(context)
  if (!node) return
  try {
    await answer(context, { ...node, event, agent, text })
  } catch (error) {
    // Without us the work goes on as it did; and what is printed would be read as an answer.
    if (io.env['AGORA_LOG_LEVEL'] === 'debug') io.err(`agora hook: ${messageOf(error)}\n`)
  }
}

interface Asked {
  home: Home
  daemon: DaemonInfo
  event: HookEvent
  agent: string
  text: string
}

async function answer(context: Context, asked: Asked): Promise<void> {
  const [{ readInput }, { lockState }] = await Promise.all([import('./input.ts'), import('./session-state.ts')])
  const input = readInput(asked.text)
  if (input.isInner) return
  const unlock = lockState(asked.home, input.session)
  // The hook that is at it tells what there is.
  if (!unlock && asked.event === 'post-tool-use') return
  try {
    await answerAlone(context, asked, input)
  } finally {
    unlock?.()
  }
}

async function answerAlone({ io, inputs }: Context, asked: Asked, input: HookInput): Promise<void> {
  const { home, daemon, event, agent } = asked
  const { readState, writeState, forgetState } = await import('./session-state.ts')
  const { whichAgent } = await import('./which-agent.ts')
  const state = readState(home, input.session)
  const { name, isCertain } = whichAgent(home, agent, state.agent)
  // Whoever was taken off the node does not come back by a hook.
  if (event !== 'session-start' && !existsSync(agentTokenFile(home, name))) return
  const client = inputs.text('client') ?? 'claude-code'
  const [{ daemonLink }, { hookEventHandlers }, { answerOf }, { agentDid }] = await Promise.all([
    import('../../mcp/daemon-link.ts'),
    import('./events.ts'),
    import('./answer.ts'),
    import('../../base/did.ts'),
  ])
  const { call } = await daemonLink({
    clock: io.clock,
    home,
    agent: name,
    kind: () => client,
    start: undefined,
  }).client()
  const signal = AbortSignal.timeout(PATIENCE)
  const result = await hookEventHandlers[event]({
    call: (operation, given) => call(operation, given, { signal }),
    me: { did: agentDid(daemon.did, name), name, node: daemon.name, isOperator: false },
    input,
    state: isCertain ? { ...state, agent: name } : state,
    isCertain,
    now: io.clock.now(),
  })
  if (result.said) await io.out(answerOf(result.said, event, client, input.event))
  // Told only now: what did not get out is said again.
  if (result.state) writeState(home, input.session, result.state)
  else forgetState(home, input.session, io.clock.now())
}

/** Undefined when there is no such node, or it is not running. */
function nodeOf(context: Context): { home: Home; daemon: DaemonInfo } | undefined {
  try {
    const home = context.home()
    const daemon = runningDaemon(home)
    return daemon && { home, daemon }
  } catch {
    // None yet, or several: nothing is said of that here.
    return undefined
  }
}
