import { AgoraError } from '../base/errors.ts'
import type { Status } from '../capabilities/node/schema.ts'
import { isAlive, readDaemonInfo } from '../store/daemon-file.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { bytes, duration, plural } from './text.ts'
import { waitUntil } from './wait.ts'

/** Ms `stop` waits for the daemon to end. */
const STOP_PATIENCE = 10_000

export const nodeCommands: Command[] = [
  {
    usage: 'stop',
    group: 'Node',
    summary: 'Stop the node.',
    details:
      'Returns when its process has ended; after 10 seconds it gives up, or with --force kills it. Nothing is lost either way.',
    options: [{ name: 'force', meaning: 'kill it when it does not stop by itself' }],
    examples: ['agora stop', 'agora --name alice stop --force'],
    run: stop,
  },
  {
    usage: 'status',
    group: 'Node',
    summary: 'Show the node: name, DID, addresses, and how much waits.',
    examples: ['agora status', 'agora status --format json'],
    run: async (context) => context.answer(await context.call('node.status', {}), (status) => shown(status, context)),
  },
]

function shown(status: Status, { style, pairs, next }: Context): string {
  const waits = (count: number, command: string, what = '') =>
    count === 0 ? '0' : `${count}  (${what}${next(command)})`
  return `${style.bold(status.name)} is running: process ${status.pid}, up ${duration(status.uptime_seconds * 1000)}, version ${status.version}\n\n${pairs(
    [
      ['DID', status.did],
      ['API', status.api],
      ['Home', status.home],
      ...status.addresses.map((address, index) => [index === 0 ? 'Addresses' : '', address] as const),
      ...waiting(status, next),
      ['Peers', waits(status.peers, 'peers')],
      ['Agents', waits(status.agents, 'agents')],
      ['Unread', waits(status.unread, 'messages')],
      ['Requests', waits(status.requests, 'requests', 'strangers wait: ')],
      ['Friends', waits(status.friend_requests, 'friends requests', 'ask to be: ')],
      ['Projects', waits(status.projects, 'project')],
      ...(status.invitations === 0
        ? []
        : [['Invitations', waits(status.invitations, 'project invitations', 'to projects: ')] as const]),
      ...(status.lookalikes === 0
        ? []
        : [['Look-alikes', waits(status.lookalikes, 'peers', 'peers with the name of a friend: ')] as const]),
      ['Wake', wakes(status.wake, next)],
      ['Approvals', waits(status.approvals, 'approvals', 'agents ask: ')],
      ['Outbox', waits(status.outbox, 'outbox', 'on their way: ')],
      ['Paused', waits(status.paused_conversations, 'conversations', 'conversations of agents alone: ')],
      ['Storage', `${status.storage.state}, ${bytes(status.storage.database_bytes)}`],
    ],
  )}`
}

/** One line for all that waits for the person, when something does. */
function waiting(status: Status, next: Context['next']): [string, string][] {
  const { requests, friend_requests, invitations, approvals, alerts } = status
  const count = requests + friend_requests + invitations + approvals + alerts
  return count === 0
    ? []
    : [['Attention', `${plural(count, 'thing')} ${count === 1 ? 'waits' : 'wait'} for you  (${next('attention')})`]]
}

function wakes({ hooks, running }: Status['wake'], next: Context['next']): string {
  if (hooks === 0) return 'no hook'
  return `${plural(hooks, 'hook')}${running > 0 ? `, ${running} running` : ''}  (${next('wake')})`
}

async function stop(context: Context): Promise<number> {
  const home = context.home()
  const { isLocked } = await import('../store/home-lock.ts')
  const pid = readDaemonInfo(home)?.pid
  // The lock is the kernel's word on it; a process id from a file may by now be somebody else's.
  const gone = () => !isLocked(home) || (pid !== undefined && !isAlive(pid))
  if (gone()) {
    throw new AgoraError('not_running', `The node ${JSON.stringify(home.name)} is not running.`)
  }
  const force = context.inputs.flag('force')
  try {
    await context.call('node.stop', {})
  } catch (error) {
    if (!force) throw error
    context.io.err('It does not answer; it is killed.\n')
    return kill(context, pid, gone)
  }
  // The lock is free a moment before the process is gone, and it is the process that was promised to be.
  const ended = () => gone() && (pid === undefined || !isAlive(pid))
  if (await waitUntil(ended, STOP_PATIENCE)) return done(context, 'stopped')
  if (force) return kill(context, pid, gone)
  throw new AgoraError(
    'timed_out',
    `${home.name} (process ${pid}) has not stopped within ${plural(STOP_PATIENCE / 1000, 'second')}.`,
    {
      hint: `Kill it: ${context.next('stop --force')}`,
    },
  )
}

async function kill(context: Context, pid: number | undefined, gone: () => boolean): Promise<number> {
  if (pid === undefined)
    throw new AgoraError('not_running', 'Which process it is cannot be known: there is no daemon.json.')
  if (!gone()) process.kill(pid, 'SIGKILL')
  if (await waitUntil(gone, STOP_PATIENCE)) return done(context, 'killed')
  throw new AgoraError('timed_out', `Process ${pid} could not be killed.`)
}

async function done(context: Context, what: 'stopped' | 'killed'): Promise<number> {
  const { name } = context.home()
  await context.answer({ name, [what]: true }, () => `${name} has ${what === 'stopped' ? 'stopped' : 'been killed'}.\n`)
  return 0
}
