import { applied, type Edit, type Entry, Fault, type Format, undone } from './edit.ts'

/** What we did to a file, so that it can be undone to the byte. */
export interface Recorded {
  /** Whether there was none before. */
  created: boolean
  /** Folders made for it, innermost first. */
  folders: string[]
  /** In the order in which they were made, each in the text that the one before left. */
  edits: (Edit & { path: string[] })[]
}

export interface Target {
  format: Format
  /** Everything of ours that this file can hold. */
  all: readonly Entry[]
  /** What it is to hold; nothing, to take all of it out. */
  wanted: readonly Entry[]
  /** Undefined where there is no such file. */
  before: string | undefined
  recorded: Recorded | undefined
}

export interface Outcome {
  /** Undefined: there is to be no such file. */
  after: string | undefined
  edits: Recorded['edits']
  created: boolean
}

/** The file as it is to be. @throws Fault where the text is malformed. */
export function merged({ format, all, wanted, before, recorded }: Target): Outcome {
  const created = before === undefined || (recorded?.created ?? false)
  let text = before ?? ''
  if (before !== undefined && recorded) text = withoutRecorded(text, format, all, recorded)
  if (before !== undefined && !recorded && wanted.length === 0) text = dropped(text, format, all, false)
  if (wanted.length === 0) {
    return { after: created && format.isEmpty(text) ? undefined : text, edits: [], created }
  }
  const edits: Recorded['edits'] = []
  for (const entry of wanted) {
    const edit = format.put(text, entry)
    if (!edit) continue
    text = applied(text, edit)
    edits.push({ ...edit, path: [...entry.path] })
  }
  return { after: text, edits, created }
}

function withoutRecorded(before: string, format: Format, all: readonly Entry[], { edits }: Recorded): string {
  let text = before
  const changed: Entry[] = []
  for (const edit of edits.toReversed()) {
    const entry = all.find(({ path }) => path.join('\n') === edit.path.join('\n'))
    const there = entry && format.find(text, entry)
    const back = undone(text, edit, (candidate) => !entry || isOther(candidate, there, format, entry))
    if (back !== undefined) text = back
    else if (entry) changed.push(entry)
  }
  return dropped(text, format, changed, true)
}

/** Whether the entry is gone from a text, or is again what it was before us. */
function isOther(candidate: string, there: string | undefined, format: Format, entry: Entry): boolean {
  try {
    return format.find(candidate, entry) !== there
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** Without these, wherever they stand and whatever they hold by now. */
function dropped(before: string, format: Format, entries: readonly Entry[], prune: boolean): string {
  let text = before
  for (const entry of entries.toReversed()) {
    const edit = format.drop(text, entry, prune)
    if (edit) text = applied(text, edit)
  }
  return text
}
