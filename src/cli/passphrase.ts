import type { Context } from './context.ts'
import type { Io } from './io.ts'
import { usageError } from './usage.ts'

/** What a new passphrase must have at least. */
const LEAST = 8

/** The passphrase of the owner key, or of what is named: from $AGORA_PASSPHRASE, asked on the terminal without echo, or the first line of standard input. */
export const askPassphrase = ({ io }: Context, what = 'owner key'): Promise<string> =>
  passphrase(io, `Passphrase of the ${what}: `)

/** One for a new key, on a terminal typed twice. */
export async function askNewPassphrase({ io }: Context, what = 'new owner key'): Promise<string> {
  const first = await passphrase(io, `A passphrase for the ${what} (at least ${LEAST} characters): `)
  if ([...first].length < LEAST) {
    throw usageError('This passphrase is too short.', `It needs at least ${LEAST} characters; several words are best.`)
  }
  if (io.secret && !io.env['AGORA_PASSPHRASE'] && (await io.secret('The same again: ')) !== first) {
    throw usageError('The two differ; nothing was done.')
  }
  return first
}

async function passphrase(io: Io, question: string): Promise<string> {
  const given = io.env['AGORA_PASSPHRASE'] || (io.secret ? await io.secret(question) : firstLine(await io.read()))
  if (given) return given
  throw usageError(
    'No passphrase was given.',
    'Type it on a terminal, put it in AGORA_PASSPHRASE, or give it on standard input.',
  )
}

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? ''
