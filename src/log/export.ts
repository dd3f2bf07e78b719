import type { z } from 'zod'
import { AgoraError } from '../base/errors.ts'
import { SignedEntry } from '../contract/entry.ts'
import { ExportHead } from '../contract/export.ts'

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
