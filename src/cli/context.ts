import colours from 'picocolors'
import { AgoraError } from '../base/errors.ts'
import type { Client } from '../client/index.ts'
import type { Input, OperationName, Output } from '../operations.ts'
import { type DaemonInfo, runningDaemon } from '../store/daemon-file.ts'
import { agentTokenFile, type Home, resolveHome } from '../store/home.ts'
import { readToken } from '../store/private-file.ts'
import type { Inputs } from './inputs.ts'
import type { Io } from './io.ts'
import { pairs, table } from './table.ts'
import { safeJson, shownName } from './text.ts'

/** What a command works with. Nothing is read or loaded before it is asked for. */
export interface Context {
  io: Io
  inputs: Inputs
  json: boolean
  style: ReturnType<typeof colours.createColors>
  /** The node that is meant. `create`: it may be one that does not exist yet. */
  home(options?: { create?: boolean }): Home
  /** Its daemon. @throws AgoraError `not_running` */
  daemon(): DaemonInfo
  client(): Promise<Client>
  call<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>>
  /** Prints an answer: as it is with `--format json`, else as `show` makes it. */
  answer<Value>(value: Value, show: (value: Value) => string | Promise<string>): Promise<void>
  table(head: readonly string[], rows: readonly (readonly string[])[]): Promise<string>
  pairs(lines: readonly (readonly [string, string])[]): string
  /** A command as this person would type it next: for the same node, and as the same agent unless it is the operator's. */
  next(command: string, options?: { operator?: boolean }): string
  /** A line that says how to go on when there is more; empty when there is not. */
  more(cursor: string | undefined, command: string, word?: string): string
}

export function createContext(io: Io, inputs: Inputs): Context {
  const style = colours.createColors(io.colours)
  const json = inputs.text('format') === 'json'
  let home: Home | undefined
  let client: Promise<Client> | undefined

  const context: Context = {
    io,
    inputs,
    json,
    style,
    home({ create = false } = {}) {
      home ??= resolveHome({ name: inputs.text('name'), env: io.env, create })
      return home
    },
    daemon() {
      const at = context.home()
      const daemon = runningDaemon(at)
      if (daemon) return daemon
      throw new AgoraError('not_running', `The node ${JSON.stringify(at.name)} is not running.`, {
        hint: `Start it: agora --name ${at.name} start`,
      })
    },
    client() {
      client ??= connectClient(context)
      return client
    },
    async call(name, input) {
      const why = inputs.text('why')
      return (await context.client()).call(name, why === undefined ? input : { ...input, why })
    },
    async answer(value, show) {
      await io.out(json ? `${safeJson(value, 2)}\n` : await show(value))
    },
    table: (head, rows) => table(head, rows, io.columns, style.dim),
    pairs: (lines) => pairs(lines, style.dim),
    next(command, { operator = false } = {}) {
      const name = inputs.text('name')
      const agent = operator ? undefined : inputs.text('as')
      return [
        'agora',
        ...(name === undefined ? [] : [`--name ${shownName(name)}`]),
        ...(agent === undefined ? [] : [`--as ${shownName(agent)}`]),
        command,
      ].join(' ')
    },
    more: (cursor, command, word = 'More') =>
      cursor === undefined ? '' : style.dim(`${word}: ${context.next(`${command} --cursor ${cursor}`)}\n`),
  }
  return context
}

async function connectClient(context: Context): Promise<Client> {
  const { api_url: url } = context.daemon()
  const agent = context.inputs.text('as')
  const token = agent === undefined ? readToken(context.home().token) : agentToken(context.home(), agent)
  const { createClient } = await import('../client/index.ts')
  return createClient({ url, token })
}

function agentToken(home: Home, agent: string): string {
  try {
    return readToken(agentTokenFile(home, agent.normalize('NFC')))
  } catch (cause) {
    if (!(cause instanceof AgoraError) || cause.code !== 'token_missing') throw cause
    throw new AgoraError('token_missing', `There is no token of an agent ${shownName(agent)} on node ${home.name}.`, {
      field: '--as',
      hint: `Make one: agora --name ${home.name} agents token ${shownName(agent)}`,
      cause,
    })
  }
}
