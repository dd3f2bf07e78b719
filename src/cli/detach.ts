import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AgoraError, isErrorCode } from '../base/errors.ts'
import { displayText } from '../base/text.ts'
import { runningDaemon } from '../store/daemon-file.ts'
import type { Home } from '../store/home.ts'
import { banner } from './banner.ts'
import type { Context } from './context.ts'
import { waitUntil } from './wait.ts'

/** Ms a daemon in the background has to become healthy. */
const PATIENCE = 20_000
const LOG_LINES = 10

/**
 * Starts the node in a process of its own that outlives this one, and returns when its API answers.
 * @throws AgoraError what the child reports, or `timed_out`; its last log lines go to standard error.
 */
export async function detach(context: Context, home: Home): Promise<number> {
  const { io } = context
  mkdirSync(dirname(home.log), { recursive: true, mode: 0o700 })
  const log = openSync(home.log, 'a', 0o600)
  const from = statSync(home.log).size
  const [interpreter, ...script] = io.program
  const child = spawn(interpreter, [...script, ...childArguments(context, home)], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: home.dir,
    // Absolute: the child stands elsewhere.
    env: { ...io.env, AGORA_HOME: dirname(home.dir) },
  })
  closeSync(log)
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', () => {
    ended = true
  })
  const healthy = () => isHealthy(home, child.pid)
  await waitUntil(async () => ended || (await healthy()), PATIENCE)
  if (ended || !(await healthy())) {
    if (!ended) child.kill('SIGTERM')
    throw failure(context, home, readFileSync(home.log).subarray(from).toString('utf8'), ended)
  }
  child.unref()
  const { createClient } = await import('../client/index.ts')
  const { readToken } = await import('../store/private-file.ts')
  const daemon = context.daemon()
  const status = await createClient({ url: daemon.api_url, token: readToken(home.token) }).call('node.status', {})
  const { name, did, pid, addresses } = status
  const started = { name, did, pid, home: home.dir, api_url: daemon.api_url, addresses }
  await context.answer(started, () =>
    banner(
      started,
      context,
      `It runs in the background, process ${pid}: agora --name ${name} logs --follow · agora --name ${name} stop`,
    ),
  )
  return 0
}

/** The same command for the child, as typed; its node named, and its errors as JSON so that they can be read back. */
function childArguments(context: Context, home: Home): string[] {
  const typed = Object.entries(context.inputs.given).flatMap(([option, value]) => {
    if (['daemon', 'name', 'format', 'folder'].includes(option) || value === undefined) return []
    if (typeof value === 'boolean') return [value ? `--${option}` : `--no-${option}`]
    return [value].flat().map((each) => `--${option}=${each}`)
  })
  const ours = ['--format=json', '--detached', `--folder=${process.cwd()}`]
  return ['start', `--name=${home.name}`, ...ours, ...typed]
}

async function isHealthy(home: Home, pid: number | undefined): Promise<boolean> {
  const daemon = runningDaemon(home)
  if (!daemon || daemon.pid !== pid) return false
  try {
    return (await fetch(`${daemon.api_url}/health`)).ok
  } catch {
    // Not listening yet, or no longer: the next look or the child's end will tell.
    return false
  }
}

function failure({ io }: Context, home: Home, output: string, ended: boolean): AgoraError {
  const lines = output.split('\n').filter(Boolean)
  const problem = lines.map(asProblem).findLast((found) => found !== undefined)
  if (problem) return problem
  for (const line of lines.slice(-LOG_LINES)) io.err(`  ${displayText(line)}\n`)
  return ended
    ? new AgoraError('not_running', `${home.name} ended while it started.`, { hint: `Its log: ${home.log}` })
    : new AgoraError('timed_out', `${home.name} was not healthy within ${PATIENCE / 1000} seconds and was stopped.`, {
        hint: `Its log: ${home.log}`,
      })
}

function asProblem(line: string): AgoraError | undefined {
  try {
    const { code, detail, field, hint, candidates } = JSON.parse(line) as Record<string, unknown>
    if (!isErrorCode(code) || typeof detail !== 'string') return undefined
    return new AgoraError(code, detail, {
      ...(typeof field === 'string' ? { field } : {}),
      ...(typeof hint === 'string' ? { hint } : {}),
      ...(Array.isArray(candidates) ? { candidates: candidates.map(String) } : {}),
    })
  } catch {
    // A line that is no JSON is no problem document.
    return undefined
  }
}
