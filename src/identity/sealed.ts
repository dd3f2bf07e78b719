import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { z } from 'zod'
import { AgoraError } from '../base/errors.ts'
import { bytesText, Kdf, newKdf, stretch } from './stretch.ts'

/**
 * Content of any length, encrypted by a passphrase. A line of JSON says how; then come chunks of 64 KiB, each encrypted and authenticated by AES-256-GCM with
 * a nonce of its number and of whether it is the last. So none can be changed, left out, repeated or put elsewhere, and an end that is missing is noticed; the
 * key is made of passphrase, salt and that line, so neither can the line be changed.
 */
export const SealedHead = z.looseObject({
  type: z.string().max(64),
  kdf: Kdf,
  cipher: z.literal('aes-256-gcm-64k'),
  /** Tells a wrong passphrase from a damaged file. To try a passphrase by it costs as much as by the chunks. */
  check: bytesText(16),
})
export type SealedHead = z.output<typeof SealedHead>

const CHUNK = 64 << 10
const TAG = 16
/** Bytes of its first line, at most. */
export const HEAD_MAX = 8 << 10

async function keysOf(passphrase: string, kdf: Kdf) {
  const master = await stretch(passphrase, kdf)
  const part = (info: string | Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', master, '', Buffer.from(info), length))
  return {
    check: part('agora sealed: check', 16).toString('base64url'),
    chunks: (line: Buffer) =>
      part(Buffer.concat([Buffer.from('agora sealed: chunks\n'), createHash('sha256').update(line).digest()]), 32),
  }
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt8(isLast ? 1 : 0, 0)
  nonce.writeUIntBE(index, 6, 6)
  return nonce
}

/** The bytes of the sealed file, piece by piece. `about` stands in the open, and cannot be changed. */
export async function* seal(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  passphrase: string,
  about: { type: string } & Record<string, unknown>,
  strength?: Kdf['n'],
): AsyncGenerator<Buffer> {
  const kdf = newKdf(strength)
  const keys = await keysOf(passphrase, kdf)
  const head: SealedHead = { ...about, kdf, cipher: 'aes-256-gcm-64k', check: keys.check }
  const line = Buffer.from(`${JSON.stringify(head)}\n`)
  if (line.length > HEAD_MAX) throw new RangeError('the head of a sealed file is too long')
  yield line
  const key = keys.chunks(line)
  const encrypted = (plain: Buffer, index: number, isLast: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast))
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }
  const source = createReader(content)
  for (let index = 0; ; index++) {
    const plain = await source.take(CHUNK)
    const isLast = await source.atEnd()
    yield encrypted(plain, index, isLast)
    if (isLast) return
  }
}

export interface Sealed {
  head: SealedHead
  /** What was sealed; nothing of it is given out that was not checked. Throws AgoraError `backup_damaged`. */
  content: AsyncGenerator<Buffer>
}

/** @throws AgoraError `malformed` when it is no such file, `wrong_passphrase`. */
export async function openSealed(
  file: AsyncIterable<Uint8Array>,
  /** Looks at the head, and throws or answers the passphrase. */
  passphrase: (head: SealedHead) => string | Promise<string>,
): Promise<Sealed> {
  const source = createReader(file)
  const line = await source.line(HEAD_MAX)
  const head = line && parseHead(line)
  if (!head) throw new AgoraError('malformed', 'This file is no backup of Agora.')
  const keys = await keysOf(await passphrase(head), head.kdf)
  if (keys.check !== head.check) {
    throw new AgoraError('wrong_passphrase', 'The passphrase does not open this file.', {
      field: 'passphrase',
      hint: 'Either the passphrase is another, or the beginning of the file was changed.',
    })
  }
  return { head, content: chunks(source, keys.chunks(line)) }
}

async function* chunks(source: Reader, key: Buffer): AsyncGenerator<Buffer> {
  const opened = (sealed: Buffer, index: number, isLast: boolean): Buffer | undefined => {
    if (sealed.length < TAG) return undefined
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast), { authTagLength: TAG })
    decipher.setAuthTag(sealed.subarray(-TAG))
    const plain = decipher.update(sealed.subarray(0, -TAG))
    try {
      return Buffer.concat([plain, decipher.final()])
    } catch {
      // It was not written so: the caller says what that means.
      return undefined
    }
  }
  for (let index = 0; ; index++) {
    const sealed = await source.take(CHUNK + TAG)
    const isLast = await source.atEnd()
    const plain = opened(sealed, index, isLast)
    if (!plain) {
      const isCut = isLast && (sealed.length < TAG || opened(sealed, index, false) !== undefined)
      const what = isCut ? 'its end is missing' : `it was changed at or behind byte ${index * (CHUNK + TAG)}`
      throw new AgoraError('backup_damaged', `This file is damaged: ${what}.`, { hint: 'Use a copy that is whole.' })
    }
    yield plain
    if (isLast) return
  }
}

function parseHead(line: Buffer): SealedHead | undefined {
  try {
    return SealedHead.safeParse(JSON.parse(line.toString('utf8'))).data
  } catch {
    // No JSON, so no head.
    return undefined
  }
}

export interface Reader {
  /** As many bytes as there are, at most so many. */
  take(count: number): Promise<Buffer>
  /** Up to and with the next line break; undefined when none comes within so many bytes. */
  line(most: number): Promise<Buffer | undefined>
  atEnd(): Promise<boolean>
}

/** Reads a stream in portions that are asked for. */
export function createReader(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Reader {
  const pieces = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  let waiting: Buffer[] = []
  let length = 0
  let isDone = false

  async function fill(count: number): Promise<void> {
    while (length < count && !isDone) {
      const { value, done } = await pieces.next()
      if (done) isDone = true
      else if (value.length > 0) {
        waiting.push(Buffer.from(value.buffer, value.byteOffset, value.length))
        length += value.length
      }
    }
  }
  function cut(count: number): Buffer {
    const all = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting)
    const taken = all.subarray(0, count)
    waiting = all.length > count ? [all.subarray(count)] : []
    length = Math.max(0, all.length - count)
    return taken
  }
  return {
    async take(count) {
      await fill(count)
      return cut(count)
    },
    async line(most) {
      await fill(most)
      const end = Buffer.concat(waiting).subarray(0, most).indexOf(10)
      return end < 0 ? undefined : cut(end + 1)
    },
    async atEnd() {
      await fill(1)
      return length === 0
    },
  }
}
