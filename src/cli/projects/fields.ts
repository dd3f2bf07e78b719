import { displayLine } from '../../base/text.ts'
import type { Option } from '../command.ts'
import type { Context } from '../context.ts'
import { cut, shownName } from '../text.ts'
import { usageError } from '../usage.ts'

/** Without what was not given. */
export function given<Fields extends Record<string, unknown>>(fields: Fields) {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }
}

/** The page that was asked for. */
export const paging = ({ inputs }: Context) =>
  given({ limit: inputs.number('limit', 1, 500), cursor: inputs.text('cursor') })

export const reason: Option = { name: 'reason', value: '<text>', meaning: 'why, for all to read' }

const passedOver = new Set(['name', 'format', 'as', 'why', 'cursor'])

/** A command as it was typed, for going on with it: its words, the project by its id, and the options that were given. */
export function again({ inputs }: Context, command: string): string {
  const options = Object.entries(inputs.given).flatMap(([name, value]) => {
    if (value === undefined || passedOver.has(name)) return []
    const values = Array.isArray(value) ? value : [value]
    return values.map((each) => (typeof each === 'string' ? `--${name} ${shownName(each)}` : `--${name}`))
  })
  return [command, ...options].join(' ')
}

/** What others call something, on what is left of a line: it must not run over the edge. `beside`: columns for what stands there too. */
export const fitting = ({ io }: Context, text: string, beside = 20): string =>
  cut(displayLine(text), Math.max(20, Math.min(io.columns ?? 120, 120) - beside))

/** A project’s name among words of ours; it may be as long as a title. */
export const projectName = (name: string): string => shownName(cut(name, 50))

/** A title among words of ours. */
export const quoted = (title: string): string => `“${cut(displayLine(title), 50)}”`

/** A text that may be `-`: then it is read from standard input. */
export async function spoken({ io }: Context, typed: string, what: string): Promise<string> {
  const text = typed === '-' ? await io.read() : typed
  if (text.trim() === '') throw usageError(`There is nothing to say: the ${what} is empty.`)
  return text
}

export const PROJECT =
  'The project is named by its id, a beginning of that, or its name; inside a checkout that belongs to one it can be left out.'
