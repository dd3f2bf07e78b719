import type { SignedEntry } from '../../../../../src/contract/entry.ts'
import type { Verified } from './check-log.ts'
import { verifySigned } from './signatures.ts'

/** Checks signatures beside the page, which stays quick meanwhile. Answers in the order it was asked. */
self.addEventListener('message', async ({ data }: MessageEvent<{ ask: number; entries: SignedEntry[] }>) => {
  const results: Verified[] = await verifySigned(data.entries)
  self.postMessage({ ask: data.ask, results })
})
