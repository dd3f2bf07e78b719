import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { usageError } from './usage.ts'

/** Asks on the terminal and shows nothing of what is typed. The terminal is as before when it ends, however it ends. */
export async function readSecret(
  question: string,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  output.write(question)
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  try {
    return await new Promise((resolve, reject) => {
      const cancel = () => reject(usageError('Cancelled; nothing was done.'))
      lines.once('line', resolve)
      lines.once('SIGINT', cancel)
      lines.once('close', cancel)
    })
  } finally {
    lines.close()
    output.write('\n')
  }
}
