import { isDid } from './did.ts'
import { listed, name, type Part, plain, prose, type Sentence, sentence, title as titled } from './sentence.ts'
import { displayLine, shownName } from './text.ts'

/** What of an entry says what was done. */
export interface Told {
  type: string
  /** Whose entry it is, a DID; where it matters whose deed is told. */
  by?: string | undefined
  facts: Record<string, unknown>
  texts?: Record<string, string> | undefined
}

/** How things named in an entry are called here. */
export interface Names {
  /** Of a DID. */
  who(did: string): string
  /** The title of a task, as far as it is known. */
  title(task: string): string | undefined
  room(id: string): string | undefined
}

/** Whose deed an entry tells: of a claim, and of what ended one without its holder's word, the holder's, though their keeper wrote it. */
export function doerOf({ type, by = '', facts }: Told): string {
  const { holder, because } = facts
  if (typeof holder !== 'string') return by
  const isHolders =
    type === 'task.claim' || (type === 'task.release' && (because === 'lapsed' || because === 'suspended'))
  return isHolders ? holder : by
}

/** The same as text, with rooms as one would type them. */
export const deed = (entry: Told, names: Names, doer?: string): string => plain(told(entry, names, doer, shownName))

/**
 * What an entry says was done, as the end of a sentence that begins with `doer`: its author, or who held the claim it speaks of. Of a type not known here:
 * the type and its facts.
 */
export function told(entry: Told, names: Names, doer = entry.by, roomName = (room: string) => room): Sentence {
  const { type, by, facts, texts = {} } = entry
  const text = (field: string): string | undefined =>
    typeof facts[field] === 'string' ? (facts[field] as string) : undefined
  const given = (field: string) => word(text(field) ?? '?')
  const who = (field: string) => name(calledBy(names, text(field) ?? '?'))
  const said = (...fields: string[]): Sentence => {
    const found = fields.map((field) => texts[field]).find((each) => each !== undefined && each !== '')
    return found === undefined ? [] : sentence`: ${prose(found)}`
  }
  const task = (): Sentence => {
    const id = text('task') ?? '?'
    const title = names.title(id)
    return title === undefined ? sentence`task ${short(id)}` : sentence`“${title}”`
  }
  const because = text('because')
  if (doer !== by && facts['holder'] === doer) {
    if (type === 'task.claim') return sentence`claimed ${task()}`
    if (type === 'task.release') {
      if (because === 'taken') return sentence`lost the claim on ${task()}: ${name(names.who(by ?? ''))} took it`
      if (because === 'suspended') return sentence`lost the claim on ${task()} by suspension`
      return sentence`let the claim on ${task()} lapse`
    }
  }
  switch (type) {
    case 'project.create':
      return sentence`created the project “${given('name')}”`
    case 'project.update':
      return sentence`changed ${changed(facts, texts, names)}`
    case 'project.invite':
      return sentence`invited ${who('to')} as ${inRole(text('role') ?? 'member')}${said('message')}`
    case 'project.withdraw':
      return sentence`${ended(because)} the invitation ${short(text('invitation') ?? '?')}`
    case 'project.accept':
      return sentence`joined`
    case 'project.leave':
      return text('agent') === undefined ? sentence`left` : sentence`took ${who('agent')} out`
    case 'project.role':
      return sentence`made ${who('who')} ${inRole(text('role') ?? '?')}`
    case 'project.transfer':
      return sentence`handed the project over to ${who('to')}`
    case 'project.stage':
      return sentence`set the stage to ${given('stage')}`
    case 'project.suspend':
      return sentence`suspended ${who('who')}${said('reason')}`
    case 'project.unsuspend':
      return sentence`lifted the suspension of ${who('who')}`
    case 'project.remove':
      return sentence`removed ${who('who')}${said('reason')}`
    case 'project.reinstate': {
      const count = Array.isArray(facts['entries']) ? facts['entries'].length : 0
      const some = count === 0 ? [] : [sentence`${count} held ${{ text: count === 1 ? 'entry' : 'entries' }}`]
      return sentence`brought back ${listed([...(text('who') === undefined ? [] : [[who('who')]]), ...some], ' and ')}`
    }
    case 'project.archive':
      return facts['archived'] === false ? sentence`took the project up again` : sentence`archived the project`
    case 'project.clock_in':
      return sentence`clocked in${said('focus')}`
    case 'project.clock_out':
      return sentence`clocked out`
    case 'project.audit':
      return sentence`noted “${given('action')}”${said('detail')}`
    case 'project.denied': {
      const count = typeof facts['count'] === 'number' && facts['count'] > 1 ? sentence` (${facts['count']} times)` : []
      return sentence`tells that ${who('who')} was denied ${given('operation')}${count}`
    }
    case 'project.redact':
      return sentence`took away the text of ${short(text('entry') ?? '?')}${said('reason')}`
    case 'task.create':
      return sentence`made the task “${given('title')}”`
    case 'task.update':
      if (facts['accepted'] === true) return sentence`accepted ${task()}${said('note')}`
      if (facts['accepted'] === false) return sentence`sent ${task()} back${said('note')}`
      return sentence`changed ${changed(facts, texts, names)} of ${task()}`
    case 'task.assign':
      return text('assignee') === undefined
        ? sentence`took ${task()} from its assignee`
        : sentence`gave ${task()} to ${who('assignee')}`
    case 'task.comment':
      return sentence`commented on ${task()}${said('text')}`
    case 'task.claim':
      return sentence`gave ${task()} to ${who('holder')}, who claimed it`
    case 'task.release':
      return sentence`released ${task()}${because === undefined ? [] : sentence` (${because})`}`
    case 'task.complete':
      return sentence`completed ${task()}${said('note')}`
    case 'task.delete':
      return sentence`deleted ${task()}`
    case 'room.create':
      return sentence`opened the room #${roomName(text('name') ?? '?')}`
    case 'room.message':
      return sentence`said in #${roomName(names.room(text('room') ?? '') ?? short(text('room') ?? '?'))}${said('text')}`
    case 'decision.record':
      return sentence`decided “${given('title')}”`
    case 'report.submit':
      return sentence`reported “${given('title')}”`
    default:
      return sentence`${type} ${prose(JSON.stringify(facts))}`
  }
}

/** What of facts are words of the protocol: roles, stages, statuses and priorities. Everything else that stands in them is whatever their author wrote. */
const vocabulary = new Set([
  ...['owner', 'overseer', 'developer', 'reviewer', 'tester', 'consultant', 'observer'],
  ...['investigation', 'implementation', 'review', 'integration', 'deployment'],
  ...['todo', 'in_progress', 'done', 'blocked', 'low', 'medium', 'high', 'critical'],
])
const word = (text: string): Part => (vocabulary.has(text) ? { text } : titled(text))
const inRole = (role: string): Sentence => (vocabulary.has(role) ? [{ text: aRole(role) }] : [titled(aRole(role))])

export const aRole = (role: string): string => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`

/** The beginning of an id, which tells it from the others of a page. */
const short = (id: string): string => displayLine(id).slice(0, 8)

/** What facts are called in words, where their names are not words of their own. */
const words: Record<string, string> = {
  depends_on: 'dependencies',
  repo: 'repository',
  profile: 'what stages take away',
}
/** Facts that tell nothing of what was changed. */
const untold = new Set(['task', 'texts_hash', 'describes', 'override'])

const known = new Set([
  ...[
    'name',
    'title',
    'status',
    'priority',
    'labels',
    'assignee',
    'accepted',
    'description',
    'note',
    'keeper',
    'limits',
  ],
])

/** Facts can name anything where somebody belongs. */
const calledBy = (names: Names, did: string): string => (isDid(did) ? names.who(did) : did)

function ended(because: string | undefined): Sentence {
  if (because === 'expired') return sentence`noted as expired`
  return because === 'declined' ? sentence`noted as declined` : sentence`withdrew`
}

/** What was changed, each to its new value where that is short; of texts only which. */
function changed(facts: Record<string, unknown>, texts: Record<string, string>, names: Names): Sentence {
  const called = (field: string): Sentence =>
    Object.hasOwn(words, field) || known.has(field) ? [{ text: words[field] ?? field }] : [titled(field)]
  const fields = Object.entries(facts)
    .filter(([field]) => !untold.has(field))
    .map(([field, value]) => {
      const what = called(field)
      if (value === null) return sentence`${what} to none`
      if (typeof value !== 'string' || value.length > 80) return what
      return sentence`${what} to ${isDid(value) ? name(names.who(value)) : word(value)}`
    })
  const all = [...fields, ...Object.keys(texts).map(called)]
  return all.length === 0 ? sentence`nothing` : listed(all, ', ')
}
