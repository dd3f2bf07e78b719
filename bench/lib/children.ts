import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A helper program of the bench in a process of its own, which does what it is asked, one thing after another. */
export interface Helper extends AsyncDisposable {
  pid: number
  /** What it said when it was ready. */
  ready: unknown
  ask<Answer>(order: object): Promise<Answer>
}

/** Starts `bench/lib/<file>` and resolves when it is ready. */
export async function helper(file: string, ...argv: string[]): Promise<Helper> {
  const child = fork(join(import.meta.dirname, file), argv, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const answer = async (): Promise<unknown> => {
    const over = new AbortController()
    const ended = once(child, 'exit', { signal: over.signal }).then(() => {
      throw new Error(`${file} ended`)
    })
    const [message] = (await Promise.race([once(child, 'message', { signal: over.signal }), ended])) as [Said]
    over.abort()
    ended.catch(() => undefined) // aborted just now
    if ('failed' in message) throw new Error(`${file}: ${message.failed}`)
    return message.said
  }
  const ready = await answer()
  return {
    pid: child.pid ?? 0,
    ready,
    async ask<Answer>(order: object) {
      const answered = answer()
      child.send(order)
      return (await answered) as Answer
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      child.kill()
      await once(child, 'exit')
    },
  }
}

type Said = { said: unknown } | { failed: string }

/** The other side: tells that it is ready, and answers every order by `answer`. */
export function serve(ready: unknown, answer: (order: never) => unknown): void {
  const say = (said: Said) => process.send?.(said)
  process.on('message', async (order) => {
    try {
      say({ said: await answer(order as never) })
    } catch (error) {
      say({ failed: String((error as Error).stack ?? error) })
    }
  })
  // Whoever asked has gone.
  process.on('disconnect', () => process.exit())
  say({ said: ready })
}
