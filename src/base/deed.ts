import { displayLine, shownName } from './text.ts'

/** What of an entry says what was done. */
export interface Told {
  type: string
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

/** What an entry says was done, as the end of a sentence that begins with its author. Of a type not known here: the type and its facts. */
export function deed({ type, facts, texts = {} }: Told, names: Names): string {
  const text = (name: string): string | undefined =>
    typeof facts[name] === 'string' ? (facts[name] as string) : undefined
  const who = (name: string) => (text(name) === undefined ? '?' : names.who(text(name) ?? ''))
  const said = (...fields: string[]) => {
    const found = fields.map((field) => texts[field]).find((each) => each !== undefined && each !== '')
    return found === undefined ? '' : `: ${found}`
  }
  const task = () => {
    const id = text('task') ?? '?'
    const title = names.title(id)
    return title === undefined ? `task ${short(id)}` : `“${title}”`
  }
  const because = text('because')
  switch (type) {
    case 'project.create':
      return `created the project “${text('name') ?? '?'}”`
    case 'project.update':
      return `changed ${changed(facts, texts, names) || 'nothing'}`
    case 'project.invite':
      return `invited ${who('to')} as ${aRole(text('role') ?? 'member')}${said('message')}`
    case 'project.withdraw':
      return `${because === 'expired' ? 'noted as expired' : because === 'declined' ? 'noted as declined' : 'withdrew'} the invitation ${short(text('invitation') ?? '?')}`
    case 'project.accept':
      return 'joined'
    case 'project.leave':
      return text('agent') === undefined ? 'left' : `took ${who('agent')} out`
    case 'project.role':
      return `made ${who('who')} ${aRole(text('role') ?? '?')}`
    case 'project.transfer':
      return `handed the project over to ${who('to')}`
    case 'project.stage':
      return `set the stage to ${text('stage') ?? '?'}`
    case 'project.suspend':
      return `suspended ${who('who')}${said('reason')}`
    case 'project.unsuspend':
      return `lifted the suspension of ${who('who')}`
    case 'project.remove':
      return `removed ${who('who')}${said('reason')}`
    case 'project.reinstate': {
      const count = Array.isArray(facts['entries']) ? facts['entries'].length : 0
      const some = count === 0 ? [] : [`${count} held ${count === 1 ? 'entry' : 'entries'}`]
      return `brought back ${[...(text('who') === undefined ? [] : [who('who')]), ...some].join(' and ')}`
    }
    case 'project.archive':
      return facts['archived'] === false ? 'took the project up again' : 'archived the project'
    case 'project.clock_in':
      return `clocked in${said('focus')}`
    case 'project.clock_out':
      return 'clocked out'
    case 'project.audit':
      return `noted “${text('action') ?? '?'}”${said('detail')}`
    case 'project.denied': {
      const count = typeof facts['count'] === 'number' && facts['count'] > 1 ? ` (${facts['count']} times)` : ''
      return `tells that ${who('who')} was denied ${text('operation') ?? '?'}${count}`
    }
    case 'project.redact':
      return `took away the text of ${short(text('entry') ?? '?')}${said('reason')}`
    case 'task.create':
      return `made the task “${text('title') ?? '?'}”`
    case 'task.update':
      if (facts['accepted'] === true) return `accepted ${task()}${said('note')}`
      if (facts['accepted'] === false) return `sent ${task()} back${said('note')}`
      return `changed ${changed(facts, texts, names)} of ${task()}`
    case 'task.assign':
      return text('assignee') === undefined
        ? `took ${task()} from its assignee`
        : `gave ${task()} to ${who('assignee')}`
    case 'task.comment':
      return `commented on ${task()}${said('text')}`
    case 'task.claim':
      return `gave ${task()} to ${who('holder')}, who claimed it`
    case 'task.release':
      return `released ${task()}${because === undefined ? '' : ` (${because})`}`
    case 'task.complete':
      return `completed ${task()}${said('note')}`
    case 'task.delete':
      return `deleted ${task()}`
    case 'room.create':
      return `opened the room #${shownName(text('name') ?? '?')}`
    case 'room.message':
      return `said in #${shownName(names.room(text('room') ?? '') ?? short(text('room') ?? '?'))}${said('text')}`
    case 'decision.record':
      return `decided “${text('title') ?? '?'}”`
    case 'report.submit':
      return `reported “${text('title') ?? '?'}”`
    default:
      return `${type} ${JSON.stringify(facts)}`
  }
}

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

/** What was changed, each to its new value where that is short; of texts only which. */
function changed(facts: Record<string, unknown>, texts: Record<string, string>, names: Names): string {
  const told = Object.entries(facts)
    .filter(([field]) => !untold.has(field))
    .map(([field, value]) => {
      const name = words[field] ?? field
      if (value === null) return `${name} to none`
      if (typeof value !== 'string' || value.length > 80) return name
      return `${name} to ${value.startsWith('did:') ? names.who(value) : value}`
    })
  return [...told, ...Object.keys(texts)].join(', ')
}
