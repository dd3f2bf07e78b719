import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Clock, sleep } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'

/** Bytes kept of what a hook prints, of its end. */
export const OUTPUT_MAX = 8 << 10
/** Ms from the wish to end a process group to its being killed, and between two looks at whether it is gone. */
export const GRACE = 5_000
const LOOK = 250
/** Bytes read at once of a hook that prints without end, and ms until more of it is read. */
const READ_MAX = 1 << 20
const READ_PAUSE = 100

export interface HookProcess {
  program: string
  args: readonly string[]
  cwd: string
  env: Record<string, string>
  /** Ms it may take. */
  timeout: number
}

export interface HookEnd {
  outcome: 'done' | 'failed' | 'timed_out' | 'stopped'
  code?: number
  signal?: string
  /** Why it did not even start. */
  error?: string
  output: string
}

/**
 * Runs a program without any shell, in a process group of its own, with nothing to read and all that it prints read and mostly forgotten. Resolves when it
 * and its whole group have ended, which is seen to at its end, after its time, and when `signal` aborts: whatever should live on leaves the group (`setsid`, `tmux`).
 */
export async function runHook(
  { program, args, cwd, env, timeout }: HookProcess,
  { clock, signal, onStart }: { clock: Clock; signal: AbortSignal; onStart(pid: number): void },
): Promise<HookEnd> {
  let child: ChildProcess
  try {
    child = spawn(program, args, { cwd, env, shell: false, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    return { outcome: 'failed', error: messageOf(error), output: '' }
  }
  const { pid } = child
  if (pid === undefined) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve))
    return { outcome: 'failed', error: error.message, output: '' }
  }
  // Later errors are of signals that came too late; its end is told by `exit` in any case.
  child.on('error', () => undefined)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const kept = keepEnd(clock, [child.stdout, child.stderr])
  onStart(pid)

  const reason = await firstOf(clock, timeout, signal, exited)
  await endGroup(clock, pid, exited)
  await exited
  kept.flow()
  // Who has left the group may still hold the pipes.
  await Promise.race([closed, sleep(clock, 1000)])
  child.stdout?.destroy()
  child.stderr?.destroy()
  const { exitCode: code, signalCode } = child
  return {
    outcome: reason === 'exited' ? (code === 0 ? 'done' : 'failed') : reason,
    ...(code === null ? {} : { code }),
    ...(signalCode === null ? {} : { signal: signalCode }),
    output: kept.text(),
  }
}

function firstOf(clock: Clock, ms: number, signal: AbortSignal, exited: Promise<void>) {
  return new Promise<'exited' | 'timed_out' | 'stopped'>((resolve) => {
    const finish = (reason: 'exited' | 'timed_out' | 'stopped') => {
      cancel()
      signal.removeEventListener('abort', onAbort)
      resolve(reason)
    }
    const onAbort = () => finish('stopped')
    const cancel = clock.after(ms, () => finish('timed_out'))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    void exited.then(() => finish('exited'))
  })
}

/** Asks the group to end, and kills what of it has not by then. */
async function endGroup(clock: Clock, pid: number, exited: Promise<void>): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return
  const deadline = clock.now() + GRACE
  await Promise.race([exited, sleep(clock, GRACE)])
  while (clock.now() < deadline) {
    if (!signalGroup(pid, 0)) return
    await sleep(clock, LOOK)
  }
  signalGroup(pid, 'SIGKILL')
}

/** Whether anybody of the group was there to get it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
    return true
  } catch (error) {
    // EPERM: somebody is there whom we may not signal, so it is no group of ours.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM'
  }
}

/** Reads streams no faster than is good for the reader, and keeps the end of what they gave. */
function keepEnd(clock: Clock, streams: (Readable | null)[]) {
  let parts: Buffer[] = []
  let size = 0
  let read = 0
  let throttled = true
  for (const stream of streams) {
    stream?.on('data', (part: Buffer) => {
      parts.push(part)
      size += part.length
      read += part.length
      if (size > 16 * OUTPUT_MAX) {
        parts = [Buffer.concat(parts).subarray(-OUTPUT_MAX)]
        size = OUTPUT_MAX
      }
      if (!throttled || read < READ_MAX) return
      stream.pause()
      clock.after(READ_PAUSE, () => {
        read = 0
        stream.resume()
      })
    })
    // A broken pipe is the end of what it says, and nothing more.
    stream?.on('error', () => undefined)
  }
  return {
    flow() {
      throttled = false
      for (const stream of streams) stream?.resume()
    },
    text: () => Buffer.concat(parts).subarray(-OUTPUT_MAX).toString('utf8'),
  }
}

/**
 * What tells this process from any other that has or will have its number; undefined where the system does not say. Linux: the boot, and when in it the process
 * began (proc_pid_stat(5), field 22).
 */
export function processMark(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? []
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    // No such process, or no such file system.
    return undefined
  }
}
