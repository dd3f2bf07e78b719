import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export const agora = join(import.meta.dirname, '../bin/agora.js')

/** The `share` quantile of times in ms. */
export const quantile = (times: number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
export const median = (values: number[]): number => quantile(values, 0.5)

export interface Daemon {
  name: string
  did: string
  address: string
  url: string
  token: string
  process: ChildProcess
  /** Ms from the spawn to healthy. */
  startedIn: number
  call(method: string, path: string, body?: object, token?: string): Promise<Record<string, never>>
}

/** Real daemons in a temporary folder, with the limits on rate lifted. */
export function stage() {
  const folder = mkdtempSync(join(tmpdir(), 'agora-bench-'))
  const env = {
    ...process.env,
    AGORA_HOME: folder,
    AGORA_ENVELOPES_PER_SECOND: '1000000',
    AGORA_REQUESTS_PER_SECOND: '1000000',
    AGORA_CONVERSATION_BUDGET: '1000000',
  }
  const running: ChildProcess[] = []
  return {
    folder,
    env,
    async start(name: string, ...flags: string[]): Promise<Daemon> {
      const began = performance.now()
      const ports = ['--port', '0', '--api-port', '0', '--address', '127.0.0.1']
      const child = spawn(process.execPath, [agora, '--name', name, 'start', ...ports, ...flags], {
        env,
        stdio: 'ignore',
      })
      running.push(child)
      const file = join(folder, name, 'daemon.json')
      while (!existsSync(file) || JSON.parse(readFileSync(file, 'utf8')).pid !== child.pid) await pause(2)
      const startedIn = performance.now() - began
      const info = JSON.parse(readFileSync(file, 'utf8'))
      const token = readFileSync(join(folder, name, 'token'), 'utf8').trim()
      const call = client(info.api_url, token)
      return {
        name,
        did: info.did,
        address: `127.0.0.1:${info.port}`,
        url: info.api_url,
        token,
        process: child,
        startedIn,
        call,
      }
    },
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill('SIGTERM')
      await Promise.all(running.map((child) => child.exitCode ?? once(child, 'exit')))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** HTTP with as little as possible around it, so that the generator is not what is measured. */
export function client(url: string, operator: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  return (method: string, path: string, body?: object, token = operator): Promise<Record<string, never>> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${token}`,
        ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}),
      }
      const call = request(url + path, { method, agent, headers }, (answer) => {
        let all = ''
        answer.on('data', (chunk) => {
          all += chunk
        })
        answer.on('end', () => {
          if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(all))
          else reject(new Error(`${method} ${path}: ${all}`))
        })
      })
      call.on('error', reject)
      call.end(text)
    })
}

/** Connects two daemons and lets their operators accept each other. */
export async function befriend(one: Daemon, other: Daemon): Promise<void> {
  await one.call('POST', '/connect', { address: other.address })
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    await from.call('POST', '/send', { to: to.did, body: 'hello', wait_for: 'stored', timeout: 30 })
    await to.call('POST', `/requests/${encodeURIComponent(from.did)}/accept`).catch(() => undefined) // known already
  }
}

/** Runs `bench/limits.ts` as one bare libp2p node of two and answers what it measured. */
export async function bareLibp2p(): Promise<{
  framesPerSecond: number
  roundTripMs: number
  startMs: number
  rssBytes: number
}> {
  const file = join(import.meta.dirname, 'limits.ts')
  const began = performance.now()
  const receiver = fork(file, ['receiver'])
  const [{ address }] = (await once(receiver, 'message')) as [{ address: string }]
  const startMs = performance.now() - began
  const sender = fork(file, ['sender', address])
  const [measured] = (await once(sender, 'message')) as [{ framesPerSecond: number; roundTripMs: number }]
  const asked = once(receiver, 'message')
  receiver.send('rss')
  const [{ rssBytes }] = (await asked) as [{ rssBytes: number }]
  for (const child of [sender, receiver]) child.kill()
  return { ...measured, startMs, rssBytes }
}

/** Resident memory of a process in bytes (Linux). */
export const rssOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
