import type { Handover } from '../capabilities/tasks/schema.ts'
import { quoted } from './frame.ts'
import { plural, title, when } from './text.ts'

/** How it ended that somebody had a task, as what follows their name. */
const ends: Record<Exclude<Handover['because'], 'released' | 'taken'>, string> = {
  lapsed: 'was heard of no more: the claim lapsed',
  suspended: 'was suspended',
  moved: 'lost it when the task was changed',
  left: 'left the project',
  removed: 'was removed from the project',
  superseded: 'lost it to another keeper’s word',
}

function end({ because, by, handed_over }: Handover): string {
  if (handed_over) return 'handed it over'
  const other = by === undefined ? undefined : title(by.name)
  if (because === 'released') return other === undefined ? 'gave it back' : `had it given back by ${other}`
  if (because === 'taken') return `had it taken away by ${other ?? 'an overseer'}`
  return ends[because]
}

/** One line on who left a task, and how. */
export const leftLine = (handover: Handover, now: number): string =>
  `Left by ${title(handover.from.name)}, who ${end(handover)} ${when(handover.until, now)}.`

const said = (items: Handover['mail'], now: number): string[] =>
  items.map(({ from, at, text, room, unread }) => {
    const place = room === undefined ? '' : ` in #${title(room.name, 40)}`
    return `${title(from.name)}${place}, ${when(at, now)}${unread ? ', unread' : ''}:\n${quoted(text)}`
  })

const part = (heading: string, items: readonly string[]): string[] => (items.length === 0 ? [] : [heading, ...items])

/** All that was left with a task, with what others wrote marked as theirs. */
export function handoverText(handover: Handover, now: number): string {
  const { from, since, focus, comments, questions, mail, other_mail } = handover
  const name = title(from.name)
  const others = (other_mail?.from ?? []).map((one) => `${title(one.name, 40)} (${one.unread})`).join(', ')
  return [
    `${leftLine(handover, now)} It had it since ${when(since, now)}.`,
    ...(focus === undefined ? [] : [`It was clocked in for:\n${quoted(focus)}`]),
    ...part('Left with it:', said(comments, now)),
    ...part('Asked by it, and not answered:', said(questions, now)),
    ...part(`Said to it in rooms, after its last word there:`, said(mail, now)),
    ...(other_mail === undefined
      ? []
      : [
          `${plural(other_mail.unread, 'other message')} to ${name} ${other_mail.unread === 1 ? 'is' : 'are'} unread, from ${others}. They are its own; if the work needs them, ask whoever wrote.`,
        ]),
  ].join('\n')
}
