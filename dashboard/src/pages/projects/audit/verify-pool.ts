import type { SignedEntry } from '../../../../../src/contract/entry.ts'
import type { Verified } from './check-log.ts'

export interface VerifyPool {
  verify(entries: SignedEntry[]): Promise<Verified[]>
  close(): void
}

/** How many entries a worker is given at once. */
const PART = 25
const WORKERS_MAX = 4

/** Workers that check signatures side by side, as many as this machine has cores to spare. */
export function openVerifyPool(): VerifyPool {
  const count = Math.max(1, Math.min(WORKERS_MAX, navigator.hardwareConcurrency - 1))
  const waiting = new Map<number, { resolve(results: Verified[]): void; reject(error: unknown): void }>()
  let asked = 0
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<{ ask: number; results: Verified[] }>) => {
      waiting.get(data.ask)?.resolve(data.results)
      waiting.delete(data.ask)
    })
    worker.addEventListener('error', ({ message }) => {
      for (const { reject } of waiting.values()) reject(new Error(`The check failed: ${message}`))
      waiting.clear()
    })
    return worker
  })
  const ask = (entries: SignedEntry[]): Promise<Verified[]> => {
    const number = asked++
    const results = new Promise<Verified[]>((resolve, reject) => waiting.set(number, { resolve, reject }))
    workers[number % count]?.postMessage({ ask: number, entries })
    return results
  }
  return {
    async verify(entries) {
      const parts: SignedEntry[][] = []
      for (let at = 0; at < entries.length; at += PART) parts.push(entries.slice(at, at + PART))
      return (await Promise.all(parts.map(ask))).flat()
    },
    close() {
      for (const worker of workers) worker.terminate()
      for (const { reject } of waiting.values()) reject(new DOMException('The check was ended.', 'AbortError'))
      waiting.clear()
    },
  }
}
