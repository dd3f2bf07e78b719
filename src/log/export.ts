import { z } from 'zod'
import { AgoraError } from '../base/errors.ts'
import { EntryId, SignedEntry, SpaceId } from '../contract/entry.ts'
import { Timestamp } from '../contract/envelope.ts'

/** Version of the format below. */
export const EXPORT_VERSION = 1

/**
 * The first line of an exported log. It is not signed: what can be relied on are the entries, and that they are complete up to `tips` (those that no
 * other entry names as a parent) as the exporting node knew them.
 */
export const ExportHead = z.looseObject({
  agora_log: z.literal(EXPORT_VERSION),
  space: SpaceId,
  kind: z.enum(['project', 'thread']),
  exported_at: Timestamp,
  tips: z.array(EntryId),
  /** What the exporting node folded, to compare with. */
  state_hash: z.string().max(64).optional(),
})
export type ExportHead = z.output<typeof ExportHead>

/**
 * A log as a file: JSON lines in UTF-8, the head and then one signed entry a line, as it was received, parents before their children.
 * Each line ends with a newline, so that a file that was cut off shows.
 */
export function* exportLines(head: ExportHead, entries: Iterable<SignedEntry>): Generator<string, void, undefined> {
  yield `${JSON.stringify(head)}\n`
  for (const { header, facts, texts } of entries) {
    yield `${JSON.stringify({ header, facts, ...(texts === undefined ? {} : { texts }) })}\n`
  }
}

/**
 * The head and the entries of an exported log, nothing of them checked but their form. `lines`: without their newlines; lines that are empty are passed
 * over.
 * @throws AgoraError `malformed`, naming the line.
 */
export async function* readExport(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<{ line: number; head: ExportHead } | { line: number; entry: SignedEntry }, void, undefined> {
  let line = 0
  let begun = false
  for await (const text of lines) {
    line++
    if (text === '') continue
    if (begun) yield { line, entry: parsed(SignedEntry, text, `Line ${line} is not an entry of an exported log`) }
    else yield { line, head: parsed(ExportHead, text, `Line ${line} is not the head of an exported log`) }
    begun = true
  }
  if (!begun) throw new AgoraError('malformed', 'The file is empty.')
}

function parsed<Shape extends z.ZodType>(shape: Shape, text: string, fault: string): z.output<Shape> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AgoraError('malformed', `${fault}: it is not JSON.`, { cause })
  }
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue?.path.join('.')
  throw new AgoraError('malformed', `${fault}${where ? `: ${where} ${issue?.message}` : ''}.`)
}
