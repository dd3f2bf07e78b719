import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { usageError } from './usage.ts'

/** Asks on the terminal and shows nothing of what is typed. The terminal is as before when it ends, however it ends. */
export async function readSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  process.stderr.write(question)
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  try {
    return await new Promise((resolve, reject) => {
      const cancel = () => reject(usageError('Cancelled; nothing was done.'))
      lines.once('line', resolve)
      lines.once('SIGINT', cancel)
      lines.once('close', cancel)
    })
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
