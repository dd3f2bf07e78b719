import { deed, type Names } from '../../base/deed.ts'
import { didTail } from '../../base/did.ts'
import { displayLine } from '../../base/text.ts'
import type { AuditEntry } from '../../capabilities/audit/schema.ts'
import { type Command, pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { cut, displayWidth, plural, shownName, wrapped } from '../text.ts'
import { usageError } from '../usage.ts'
import { chosenProject, chosenProjectFor } from './choice.ts'
import { again, given, PROJECT, paging, reason } from './fields.ts'
import { short, shortest } from './short-ids.ts'
import { instant } from './stage.ts'

/** Columns of a terminal where a table shows enough of what was done. */
const WIDE = 100
/** Columns of what was done that are shown where no terminal cuts it. */
const WHAT_MAX = 120

const verdicts = ['counts', 'held', 'denied', 'refused'] as const

export const auditCommands: Command[] = [
  {
    usage: 'project audit [project]',
    group: 'Projects',
    summary: 'Show who did what and when, the latest first; or check or export all of it.',
    details: `${PROJECT} Everything is shown, also what is held by a restriction its author had not seen, was denied for want of a right, or refused as impossible. What is \`signed\` was verified when it came, and counts.`,
    options: [
      { name: 'actor', value: '<member>', meaning: 'only what this member did' },
      { name: 'type', value: '<type>', meaning: 'only that: task.create, or task' },
      { name: 'task', value: '<task>', meaning: 'only what is about this task' },
      { name: 'since', value: '<time>', meaning: 'only from then on: 2026-11-01, or so long ago: 12h' },
      { name: 'verdict', value: '<verdict>', meaning: 'only that', choices: verdicts },
      ...pageOptions,
      { name: 'verify', meaning: 'check every signature, chain, parent and right again, and say the first fault' },
      { name: 'export', value: '<file>', meaning: 'write all of it to a new file that `agora verify` checks' },
    ],
    examples: [
      'agora project audit 7f3aBc9d --limit 20',
      'agora project audit --actor claude-1@bob --type task --since 2d',
      'agora project audit my-feature --verify',
      'agora project audit my-feature --export my-feature.log',
    ],
    run: audit,
  },
  {
    usage: 'project note [project] <note>',
    group: 'Projects',
    summary: 'Write a note into a project’s record.',
    details: PROJECT,
    options: [{ name: 'detail', value: '<text>', meaning: 'more about it' }],
    examples: ['agora project note my-feature "Deployed 1.2.0" --detail "By hand, the pipeline was down."'],
    async run(context) {
      const { inputs } = context
      const entry = await context.call('audit.add', {
        project_id: await chosenProjectFor(context, 'note'),
        action: inputs.arg('note'),
        ...given({ detail: inputs.text('detail') }),
      })
      await context.answer(entry, ({ id }) => `Noted.  ${context.style.dim(`id ${short(id)}`)}\n`)
    },
  },
  {
    usage: 'project redact [project] <entry>',
    group: 'Projects',
    summary: 'Take away the text of an entry, on every node; that it was written stays.',
    details: `${PROJECT} Your own, or, as overseer or owner, anybody’s. Who has read it has read it: change a password that was pasted.`,
    options: [reason],
    examples: ['agora project redact my-feature 9XyZ12ab --reason "A password."'],
    async run(context) {
      const { inputs } = context
      const entry = await context.call('audit.redact', {
        project_id: await chosenProjectFor(context, 'entry'),
        entry: inputs.arg('entry'),
        ...given({ reason: inputs.text('reason') }),
      })
      await context.answer(entry, () => `The text of ${displayLine(inputs.arg('entry'))} is taken away.\n`)
    },
  },
]

async function audit(context: Context): Promise<number> {
  const { inputs } = context
  const project_id = await chosenProject(context)
  const [verify, file] = [inputs.flag('verify'), inputs.text('export')]
  if (verify && file !== undefined) throw usageError('Either --verify or --export, not both.')
  if (verify) return check(context, project_id)
  if (file !== undefined) {
    const { exportLog } = await import('./export.ts')
    await exportLog(context, project_id, file)
    return 0
  }
  const page = await context.call('audit.list', {
    project_id,
    ...given({
      actor: inputs.text('actor'),
      type: inputs.text('type'),
      task_id: inputs.text('task'),
      since: instant(context, 'since'),
      verdict: inputs.text('verdict') as (typeof verdicts)[number] | undefined,
    }),
    ...paging(context),
  })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length === 0) return 'Nothing of that was done.\n'
    const names = await namesFor(context, project_id, items)
    const id = shortest(items.map((entry) => entry.id))
    const more = context.more(next_cursor, again(context, `project audit ${short(project_id)}`))
    if ((context.io.columns ?? WIDE) < WIDE)
      return items.map((entry) => narrowLines(entry, deed(entry, names), id(entry.id), context)).join('') + more
    const rows = items.map((entry) => [
      when(entry),
      shownName(entry.author.name),
      cut(deed(entry, names), WHAT_MAX),
      verdictWords(entry),
      id(entry.id),
    ])
    const head = ['WHEN (UTC)', 'WHO', 'WHAT', 'STATE', 'ID']
    return (await context.table(head, rows)) + more
  })
  return 0
}

const when = ({ at }: AuditEntry): string => at.slice(0, 16).replace('T', ' ')

/** The same on a few lines, where a table would cut away most of what was done. */
function narrowLines(entry: AuditEntry, what: string, id: string, { io, style }: Context): string {
  const indent = ' '.repeat(18)
  const room = (io.columns ?? WIDE) - indent.length
  const text = `${shownName(entry.author.name)} ${displayLine(cut(what, WHAT_MAX))}`
  const state = `${verdictWords(entry)} · id ${id}`
  const texts = wrapped(text, room)
  const last = texts.at(-1) ?? ''
  // One line is enough where both fit on it.
  const lines =
    displayWidth(last) + displayWidth(state) + 3 <= room
      ? [...texts.slice(0, -1), `${last}${style.dim(` · ${state}`)}`]
      : [...texts, style.dim(state)]
  return lines.map((line, index) => `${index === 0 ? `${when(entry)}  ` : indent}${line}\n`).join('')
}

/** `signed` is said of what counts: its signature was verified when it came. */
function verdictWords({ verdict: { state, code, by }, redacted }: AuditEntry): string {
  const mark = redacted ? ', redacted' : ''
  if (state === 'counts') return `signed${mark}`
  if (state === 'held') return `held by ${short(by ?? '?')}${mark}`
  return `${state}: ${code ?? '?'}${mark}`
}

async function check(context: Context, project_id: string): Promise<number> {
  const result = await context.call('projects.verify', { project_id })
  await context.answer(result, ({ ok, fault, entries, held, denied, refused, state_hash }) => {
    if (!ok || fault)
      return `${context.style.red('not sound')}: entry ${displayLine(fault?.id ?? '?')}: ${displayLine(fault?.reason ?? 'no reason was given')}\n`
    const rest = [
      ...(held ? [`${held} held`] : []),
      ...(denied ? [`${denied} denied`] : []),
      ...(refused ? [`${refused} refused`] : []),
    ]
    return `${context.style.green('sound')}: ${plural(entries, 'entry', 'entries')}, every signature, chain, parent and right checked${rest.length === 0 ? '' : `; ${rest.join(', ')}`}\n${context.style.dim(`state ${state_hash}`)}\n`
  })
  return result.ok ? 0 : 1
}

/** What the entries of a page speak of, by the names it has here. */
async function namesFor(context: Context, project_id: string, items: AuditEntry[]): Promise<Names> {
  const about = (field: string) => items.some((entry) => entry.facts[field] !== undefined)
  const [team, rooms] = await Promise.all([
    context.call('projects.team', { project_id }),
    about('room') ? context.call('rooms.list', { project_id, limit: 500 }) : { items: [] },
  ])
  const people = new Map(
    [...team.items, ...items.map(({ author }) => author)].map(({ did, name }) => [did, shownName(name)] as const),
  )
  const titles = new Map(items.map(({ facts, task_title }) => [facts['task'], task_title]))
  const named = new Map(rooms.items.map(({ id, name }) => [id, name]))
  return { who: (did) => people.get(did) ?? didTail(did), title: (id) => titles.get(id), room: (id) => named.get(id) }
}
