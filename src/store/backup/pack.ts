import { createReadStream, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import { createReader } from '../../identity/sealed.ts'

/** One file in a backup: its name in the home, and where it lies now. */
export interface Packed {
  name: string
  path: string
}

/** The files of a home that belong into a backup: whatever else a backup holds is not put into one. */
export const PACKED =
  /^(?:agora\.db|node\.key|owner\.key(?:\.[A-Za-z0-9]{1,64}){0,2}|owner\.json|config\.json|checkouts\.json)$/

const Head = z.object({ name: z.string().regex(PACKED), size: z.int().min(0) })
const HEAD_MAX = 1024
const PIECE = 256 << 10

/** Files one after the other: of each the length of its head, the head as JSON, its bytes; at the end a length of 0. */
export async function* pack(files: readonly Packed[]): AsyncGenerator<Buffer> {
  for (const { name, path } of files) {
    const { size } = statSync(path)
    const head = Buffer.from(JSON.stringify({ name, size } satisfies z.output<typeof Head>))
    yield Buffer.concat([lengthOf(head.length), head])
    let sent = 0
    for await (const piece of createReadStream(path, { highWaterMark: PIECE })) {
      sent += (piece as Buffer).length
      yield piece as Buffer
    }
    if (sent !== size) throw new AgoraError('storage_failed', `${path} changed while it was copied.`)
  }
  yield lengthOf(0)
}

const lengthOf = (count: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(count)
  return bytes
}

/** Writes them into a folder, each for this user alone and synced, and answers their names. @throws AgoraError `backup_damaged` */
export async function unpack(content: AsyncIterable<Uint8Array>, folder: string): Promise<string[]> {
  const source = createReader(content)
  const names: string[] = []
  for (;;) {
    const bytes = await source.take(4)
    if (bytes.length < 4) throw strange()
    const length = bytes.readUInt32BE()
    if (length === 0) break
    const head = parseHead(length > HEAD_MAX ? '' : (await source.take(length)).toString('utf8'))
    if (names.includes(head.name)) throw strange()
    names.push(head.name)
    const handle = await open(join(folder, head.name), 'wx', 0o600)
    try {
      await fill(handle, head.size, source.take)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
  // Only at the end of the content is it known that nothing is missing.
  if (!(await source.atEnd())) throw strange()
  return names
}

async function fill(handle: FileHandle, size: number, take: (count: number) => Promise<Buffer>): Promise<void> {
  for (let left = size; left > 0; ) {
    const piece = await take(Math.min(left, PIECE))
    if (piece.length === 0) throw strange()
    await handle.writeFile(piece)
    left -= piece.length
  }
}

function parseHead(text: string): z.output<typeof Head> {
  try {
    return Head.parse(JSON.parse(text))
  } catch (cause) {
    throw strange(cause)
  }
}

/** It was sealed so: another version's, or made to do harm. */
const strange = (cause?: unknown): AgoraError =>
  new AgoraError('backup_damaged', 'This backup holds something that does not belong there.', {
    hint: 'Was it made by a newer version of Agora?',
    cause,
  })
