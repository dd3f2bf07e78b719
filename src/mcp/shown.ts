import { type Part, plain } from '../base/sentence.ts'
import { FRAME_NOTE, inQuotes, quoted, shortDid } from './frame.ts'
import { list, shortEnd, when } from './text.ts'
import { LONGEST, part } from './tools/part.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HASH = /^[1-9A-HJ-NP-Za-km-z]{40,44}$/
const DID = /^did:[\w:.%-]+(#[\w.-]+)?$/
/** A state, a type or a name, of letters that look like no others; too short to tell anybody to do anything. */
const WORD = /^[\w.@#+-]{1,64}$/
const KEY = /^[a-z_\d]{1,32}$/
/** UTF-16 units of a text that stands on the line of its fields; longer ones stand beneath. */
const ON_THE_LINE = 200
/** Of a list within a thing. */
const LINES_MAX = 50
/** What helps programs alone. */
const UNTOLD = new Set(['did', 'seq', 'lamport', 'signature', 'received_at', 'entry', 'capabilities'])

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** Fields of an answer that this node writes itself. What only looks the same, deeper within it, may be anybody's. */
const SENTENCES = new Set(['deed', 'summary'])
const isSentence = (value: readonly unknown[]): value is Part[] =>
  value.every((one) => isFields(one) && typeof one['text'] === 'string')

/** Own words of a sentence without their quotation marks: what others said in it gets those that it cannot close. */
const sentenceText = (parts: readonly Part[]): string =>
  plain(
    parts.map(({ text, said }) => (said === undefined ? { text: text.replace(/[“”]/g, '') } : { text, said })),
    ({ text }) => inQuotes(text),
  )

/** Somebody, as this node would type them; undefined for anything else. */
function somebody({ did, name, role }: Fields, now: number): string | undefined {
  if (typeof did !== 'string' || typeof name !== 'string') return undefined
  return typeof role === 'string' ? `${word(name, now)} (${word(role, now)})` : word(name, now)
}

function word(text: string, now: number): string {
  if (TIME.test(text)) return when(text, now)
  // Ids that begin with the time they were made at are told apart by their ends.
  const [uuid, version] = UUID.exec(text) ?? []
  if (uuid !== undefined) return version === '7' ? shortEnd(text) : text.slice(0, 8)
  if (HASH.test(text)) return text.slice(0, 8)
  if (DID.test(text)) return shortDid(text)
  return WORD.test(text) ? text : inQuotes(text, ON_THE_LINE)
}

/** A thing's fields on a line, and beneath it what has no room there; of each text so many UTF-16 units. */
function thing(fields: Fields, now: number, each: number, isWhole = false): string {
  const [id, words, beneath]: [string[], string[], string[]] = [[], [], []]

  function add(name: string, value: unknown): void {
    if (value === undefined || value === null || value === false || UNTOLD.has(name)) return
    const key = name
      .split('.')
      .map((one) => (KEY.test(one) ? one : inQuotes(one, 32)))
      .join('.')
    if (name === 'id' && typeof value === 'string') id.push(`[${word(value, now)}]`)
    else if (value === true) words.push(key)
    else if (typeof value === 'string') addText(key, value)
    else if (Array.isArray(value)) addList(key, value, isWhole && SENTENCES.has(name))
    else if (!isFields(value)) words.push(`${key} ${String(value)}`)
    else addFields(name, key, value)
  }

  function addFields(name: string, key: string, value: Fields): void {
    const who = somebody(value, now)
    if (who !== undefined) words.push(`${key} ${who}`)
    else for (const [inner, field] of Object.entries(value)) add(`${name}.${inner.replaceAll('.', ' ')}`, field)
  }

  function addText(key: string, value: string): void {
    if (value.length <= ON_THE_LINE && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) {
      words.push(`${key} ${word(value, now)}`)
      return
    }
    beneath.push(`${key}:`, quoted(part(value, 0, each)))
    if (value.length > each) beneath.push(`Cut: ${value.length} characters.`)
  }

  function addList(key: string, items: readonly unknown[], isOwn: boolean): void {
    if (items.length === 0) return
    if (isOwn && isSentence(items)) words.push(sentenceText(items))
    else if (items.some(isFields)) {
      const lines = items.slice(0, LINES_MAX).map((one) => `- ${thing(isFields(one) ? one : { one }, now, each)}`)
      beneath.push(`${key}:`, ...lines)
      if (items.length > LINES_MAX) beneath.push(`and ${items.length - LINES_MAX} more`)
    } else words.push(`${key} ${items.map((one) => word(`${one}`, now)).join(' ')}`)
  }

  for (const [name, value] of Object.entries(fields)) add(name, value)
  return [[...id, words.join('; ')].join(' '), ...beneath].join('\n')
}

/**
 * What an operation answers, as text for a model. What others may have written stands in quotes or behind the mark, unless it is a single word after the name of its
 * field.
 */
export function shown(answer: object, now: number): string {
  const { items, next_cursor: cursor } = answer as { items?: Fields[]; next_cursor?: string }
  const each = Math.floor(LONGEST / 2 / Math.max(1, items?.length ?? 1))
  const text = items
    ? list(
        items.map((one) => thing(one, now, each, true)),
        'Nothing.',
        cursor,
      )
    : thing(answer as Fields, now, each, true)
  return /^\| /m.test(text) ? `${FRAME_NOTE}\n${text}` : text
}

/** The ids of what was answered. */
export function idsIn(answer: object): object {
  const { items, next_cursor } = answer as { items?: Fields[]; next_cursor?: string }
  const idOf = ({ id, task_id, did }: Fields) => id ?? task_id ?? did
  if (!items) return { id: idOf(answer as Fields) }
  return { ids: items.map(idOf), next_cursor }
}
