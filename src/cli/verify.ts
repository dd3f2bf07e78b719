import { createReadStream } from 'node:fs'
import { AgoraError, messageOf } from '../base/errors.ts'
import { displayLine } from '../base/text.ts'
import type { ExportHead } from '../contract/export.ts'
import type { CheckedLog } from '../spaces/check-log.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { fitting } from './projects/fields.ts'
import { short } from './projects/short-ids.ts'
import { plural } from './text.ts'

export const verifyCommands: Command[] = [
  {
    usage: 'verify <file>',
    group: 'Projects',
    summary: 'Check an exported log: every signature, chain, parent and right; no node is needed.',
    details:
      '`agora project audit --export` writes such a file. Says the first fault, or what the log comes to. It shows that nothing in it was changed or forged, and that nothing is missing up to where the file says it was exported; that there is nothing newer elsewhere no file can show.',
    examples: ['agora verify my-feature.log', 'agora verify my-feature.log --format json'],
    run: verify,
  },
]

async function verify(context: Context): Promise<number> {
  const path = context.inputs.arg('file')
  const { readExport } = await import('../log/export.ts')
  const { checkLog } = await import('../spaces/check-log.ts')
  const parts = readExport(linesOf(path))
  const first = await parts.next()
  if (first.done || !('head' in first.value)) throw new AgoraError('malformed', `${path} is empty.`)
  const { head } = first.value
  const lines: number[] = []
  async function* entries() {
    for await (const part of parts) {
      if (!('entry' in part)) continue
      lines.push(part.line)
      yield part.entry
    }
  }
  const { clock } = context.io
  const { name, members, missing, ...log } = await checkLog(head.kind, head.space, entries(), clock, head.tips)
  const fault = log.fault && { id: log.fault.id, line: lines[log.fault.index] ?? 0, reason: log.fault.reason }
  // Entries may have come while it was exported: what is demanded is that these are there, not that nothing follows them.
  const lacks = fault ? [] : missing
  const ok = log.ok && lacks.length === 0 && log.entries > 0
  const { exported_at, space, kind } = head
  const answer = { ...log, fault, ok, missing_tips: lacks, name, members, space, kind, exported_at }
  await context.answer(answer, () => (ok ? sound(answer, head, context) : faulty(answer, context)))
  return ok ? 0 : 1
}

type Answer = Omit<CheckedLog, 'fault' | 'missing'> & {
  fault: { id: string | undefined; line: number; reason: string } | undefined
  missing_tips: string[]
  space: string
  kind: string
  exported_at: string
}

function faulty({ fault, missing_tips, upgrade_needed, entries }: Answer, { style }: Context): string {
  const mark = style.red('not sound')
  if (fault) {
    const which = fault.id === undefined ? '' : `, entry ${displayLine(fault.id)}`
    return `${mark}: line ${fault.line}${which}: ${displayLine(fault.reason)}\n${plural(entries, 'entry', 'entries')} before it are sound.\n`
  }
  if (upgrade_needed !== undefined)
    return `${mark}: every signature is right, but this version of Agora does not know ${displayLine(upgrade_needed)} and cannot judge what follows it.\n`
  const [tip] = missing_tips
  return `${mark}: ${tip === undefined ? 'there is no entry in it' : `it was cut off: entry ${displayLine(tip)} is not in it`}.\n`
}

function sound(answer: Answer, head: ExportHead, context: Context): string {
  const { entries, held, denied, refused, members, name, state_hash, exported_at, space, kind } = answer
  const { style } = context
  const verdicts = [`${answer.counts} count`, `${held} held`, `${denied} denied`, `${refused} refused`]
  const same = head.state_hash === undefined || head.state_hash === state_hash
  return `${style.green('sound')}: ${kind} ${style.bold(fitting(context, name ?? short(space)))}\n\n${context.pairs([
    ['ID', space],
    ['Exported', exported_at],
    ['Entries', `${entries}: ${verdicts.join(', ')}`],
    ['Members', String(members.length)],
    ...members.map((did) => ['', did] as const),
    [
      'State',
      `${state_hash}${same ? '' : '  (the exporting node had another: it was written to meanwhile, or is of another version)'}`,
    ],
  ])}`
}

/**
 * Lines of more than this are no entry. Entries hold at most 32 + 64 + 320 KiB, which JSON's escapes may make six times as long.
 */
const LINE_MAX = 6 * (416 << 10)

/** The lines of a file, ended by a newline and by nothing else: texts may hold other characters that some take for one. */
async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let line = 0
  try {
    for await (const chunk of createReadStream(path)) {
      const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      line += parts.length
      yield* parts
      if (rest.length > LINE_MAX) throw new AgoraError('malformed', `Line ${line + 1} is too long for an entry.`)
    }
    rest += decoder.decode()
  } catch (cause) {
    if (cause instanceof AgoraError) throw cause
    throw new AgoraError('malformed', `${path} cannot be read: ${messageOf(cause)}.`, { cause })
  }
  if (rest !== '') throw new AgoraError('malformed', `Line ${line + 1} has no end: the file was cut off.`)
}
