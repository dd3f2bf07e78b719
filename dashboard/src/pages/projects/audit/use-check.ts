import { useCallback, useEffect, useRef, useState } from 'react'
import type { Client } from '../../../../../src/client/index.ts'
import type { Output } from '../../../../../src/operations.ts'
import { failureText, useClient } from '../../../app/api.ts'
import { checkLog, type LogFinding, type LogPage } from './check-log.ts'
import { openVerifyPool } from './verify-pool.ts'

export type Check =
  | { state: 'none' }
  | { state: 'checking'; entries: number }
  | { state: 'done'; finding: LogFinding; rights: Output<'projects.verify'>; seconds: number }
  | { state: 'failed'; reason: string }

/** The check of a project's log by this browser, and beside it the daemon's of the rights. */
export function useCheck(project: string): { check: Check; start(): void; stop(): void } {
  const client = useClient()
  const [check, setCheck] = useState<Check>({ state: 'none' })
  const running = useRef<AbortController>(undefined)
  const stop = useCallback(() => {
    running.current?.abort()
    setCheck({ state: 'none' })
  }, [])
  useEffect(() => () => running.current?.abort(), [])

  const start = useCallback(async () => {
    const abort = new AbortController()
    const { signal } = abort
    running.current = abort
    const began = performance.now()
    const pool = openVerifyPool()
    signal.addEventListener('abort', () => pool.close())
    setCheck({ state: 'checking', entries: 0 })
    try {
      const [finding, rights] = await Promise.all([
        checkLog({
          space: project,
          pages: pagesOf(client, project, signal),
          verify: pool.verify,
          onProgress: (entries) => !signal.aborted && setCheck({ state: 'checking', entries }),
          signal,
        }),
        client.call('projects.verify', { project_id: project }, { signal }),
      ])
      if (!signal.aborted) setCheck({ state: 'done', finding, rights, seconds: (performance.now() - began) / 1000 })
    } catch (error) {
      if (signal.aborted) return
      const { title, detail } = failureText(error)
      setCheck({ state: 'failed', reason: `${title} ${detail}` })
    } finally {
      pool.close()
    }
  }, [client, project])
  return { check, start: () => void start(), stop }
}

/** The log as it is signed, each page asked for while the one before it is checked. */
async function* pagesOf(client: Client, project_id: string, signal: AbortSignal): AsyncGenerator<LogPage> {
  const ask = (cursor?: string) =>
    client.call('projects.export', { project_id, ...(cursor !== undefined && { cursor }) }, { signal })
  let next: ReturnType<typeof ask> | undefined = ask()
  while (next) {
    const { head, entries, next_cursor }: Output<'projects.export'> = await next
    next = next_cursor === undefined ? undefined : ask(next_cursor)
    // It may fail while nobody waits for it yet; whoever waits is told.
    next?.catch(() => undefined)
    yield { tips: head.tips, entries }
  }
}
