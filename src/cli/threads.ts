import { displayLine } from '../base/text.ts'
import type { Thread } from '../capabilities/threads/schema.ts'
import { type Command, type Option, pageOptions, withWords } from './command.ts'
import type { Context } from './context.ts'
import { projectNamed } from './projects/choice.ts'
import { again, given, paging, quoted, spoken } from './projects/fields.ts'
import { saidText } from './projects/said-text.ts'
import { short, shortest } from './projects/short-ids.ts'
import { ago, framed, plural, shownName } from './text.ts'

const inProject: Option = { name: 'project', value: '<project>', meaning: 'only those of this project' }
const ID = 'The id may be shortened to its beginning, as it is printed.'

export const threadCommands: Command[] = withWords([
  {
    usage: 'thread',
    alias: 'thread list',
    group: 'Projects',
    summary: 'List private threads, the latest first.',
    options: [inProject, { name: 'ended', meaning: 'those that ended too' }, ...pageOptions],
    examples: ['agora thread', 'agora thread list --project my-feature'],
    run: list,
  },
  {
    usage: 'thread create [title]',
    group: 'Projects',
    summary: 'Begin a private thread; what is said in it goes to no node but its participants’.',
    options: [
      { name: 'with', value: '<name>', meaning: 'who takes part: an agent, a node, or an agent there', many: true },
      { ...inProject, meaning: 'it belongs to this project, of which all must be members' },
      { name: 'min-trust', value: '<0-4>', meaning: 'the trust this node must have in whoever is added (default 0)' },
      { name: 'closed', meaning: 'only you add participants' },
    ],
    examples: ['agora thread create "Login page" --with bob --with claude-1@carol --min-trust 2'],
    async run(context) {
      const { inputs } = context
      const project = inputs.text('project')
      const thread = await context.call('threads.create', {
        ...given({ title: inputs.maybe('title'), participants: inputs.list('with') }),
        ...given({ min_trust: inputs.number('min-trust', 0, 4), closed: inputs.flag('closed') || undefined }),
        ...(project === undefined ? {} : { project_id: await projectNamed(context, project) }),
      })
      await context.answer(
        thread,
        () =>
          `Began ${titleOf(thread)} with ${names(thread)}.\nTo say something: ${context.next(`thread say ${short(thread.id)} <text>`)}\n`,
      )
    },
  },
  {
    usage: 'thread show <thread>',
    group: 'Projects',
    summary: 'Show a thread and what was said in it, or search there.',
    details: `${ID} The latest is shown, oldest first.`,
    options: [{ name: 'search', value: '<words>', meaning: 'only what holds all these words' }, ...pageOptions],
    examples: ['agora thread show 7f3aBc9d', 'agora thread show 7f3aBc9d --search "login page"'],
    run: show,
  },
  {
    usage: 'thread say <thread> <text>',
    group: 'Projects',
    summary: 'Say something in a thread.',
    details: `${ID} A text of \`-\` is read from standard input.`,
    options: [{ name: 'reply-to', value: '<id>', meaning: 'the message this answers' }],
    examples: ['agora thread say 7f3aBc9d "Shall we use OAuth?"', 'git diff | agora thread say 7f3aBc9d -'],
    async run(context) {
      const { inputs } = context
      const message = await context.call('threads.say', {
        thread_id: inputs.arg('thread'),
        body: await spoken(context, inputs.arg('text'), 'text'),
        ...given({ reply_to: inputs.text('reply-to') }),
      })
      await context.answer(message, ({ id }) => `Said.  ${context.style.dim(`id ${short(id)}`)}\n`)
    },
  },
  {
    usage: 'thread add <thread> <who>',
    group: 'Projects',
    summary: 'Add a participant, who is sent all that was said before.',
    examples: ['agora thread add 7f3aBc9d carol'],
    async run(context) {
      const { inputs } = context
      const input = { thread_id: inputs.arg('thread'), name: inputs.arg('who') }
      await context.answer(
        await context.call('threads.add', input),
        (thread) => `${shownName(input.name)} takes part in ${titleOf(thread)}, with ${names(thread)}.\n`,
      )
    },
  },
  {
    usage: 'thread remove <thread> <who>',
    group: 'Projects',
    summary: 'Remove a participant, who is sent nothing from then on; or leave.',
    examples: ['agora thread remove 7f3aBc9d carol'],
    async run(context) {
      const { inputs } = context
      const input = { thread_id: inputs.arg('thread'), name: inputs.arg('who') }
      await context.answer(
        await context.call('threads.remove', input),
        (thread) => `${shownName(input.name)} does not take part in ${titleOf(thread)} any more.\n`,
      )
    },
  },
  {
    usage: 'thread title <thread> <title>',
    group: 'Projects',
    summary: 'Give a thread of yours another title.',
    examples: ['agora thread title 7f3aBc9d "Login and logout"'],
    async run(context) {
      const { inputs } = context
      const input = { thread_id: inputs.arg('thread'), title: inputs.arg('title') }
      await context.answer(await context.call('threads.update', input), (thread) => `It is ${titleOf(thread)} now.\n`)
    },
  },
  {
    usage: 'thread close <thread>',
    group: 'Projects',
    summary: 'End a thread of yours; nothing more can be said in it.',
    options: [{ name: 'reason', value: '<text>', meaning: 'why, for its participants to read' }],
    examples: ['agora thread close 7f3aBc9d --reason "Decided: OAuth."'],
    async run(context) {
      const { inputs } = context
      const input = { thread_id: inputs.arg('thread'), ...given({ reason: inputs.text('reason') }) }
      await context.answer(await context.call('threads.close', input), (thread) => {
        const { id, project_id } = thread
        const report =
          project_id &&
          `To tell its outcome to the project: ${context.next(`project report ${short(project_id)} <title> --thread ${short(id)} --text <text>`)}\n`
        return `Ended ${titleOf(thread)}.\n${report ?? ''}`
      })
    },
  },
])

async function list(context: Context): Promise<void> {
  const { inputs, io } = context
  const project = inputs.text('project')
  const page = await context.call('threads.list', {
    ...paging(context),
    ...given({ ended: inputs.flag('ended') || undefined }),
    ...(project === undefined ? {} : { project_id: await projectNamed(context, project) }),
  })
  await context.answer(page, async ({ items, next_cursor }) => {
    if (items.length === 0)
      return `There is no thread. To begin one: ${context.next('thread create <title> --with <name>')}\n`
    const id = shortest(items.map((thread) => thread.id))
    const rows = items.map((thread) => [
      id(thread.id),
      thread.title ?? '-',
      thread.participants.map(({ name }) => shownName(name)).join(' '),
      String(thread.messages),
      ago(thread.last_at ?? thread.created_at, io.clock.now()),
      thread.status,
    ])
    const head = ['ID', 'TITLE', 'WITH', 'MESSAGES', 'LAST', 'STATE']
    return (await context.table(head, rows)) + context.more(next_cursor, again(context, 'thread'))
  })
}

async function show(context: Context): Promise<void> {
  const { inputs, io, style } = context
  const thread_id = inputs.arg('thread')
  const query = inputs.text('search')
  const page = await context.call('threads.read', { thread_id, ...given({ query }), ...paging(context) })
  await context.answer(page, ({ items, next_cursor, thread }) => {
    const now = io.clock.now()
    const about = context.pairs([
      ['ID', thread.id],
      ['With', thread.participants.map(participant).join(', ')],
      ['Begun', `${ago(thread.created_at, now)} by ${shownName(thread.creator.name)}`],
      ['Added by', thread.closed ? 'its creator alone' : 'any participant'],
      ...(thread.min_trust === 0 ? [] : [['Trust needed', String(thread.min_trust)] as const]),
      ...(thread.project_id === undefined ? [] : [['Project', short(thread.project_id)] as const]),
      ['State', thread.status],
    ])
    const why = thread.reason === undefined ? '' : `${framed(thread.reason, io.columns).join('\n')}\n`
    const said = items.toReversed().map((message) => saidText(message, context))
    const nothing = query === undefined ? 'Nothing was said yet.\n' : 'Nothing was found.\n'
    const earlier = context.more(next_cursor, again(context, `thread show ${short(thread.id)}`), 'Earlier')
    return `${style.bold(titleOf(thread))}\n\n${about}${why}\n${earlier}${said.join('\n') || nothing}`
  })
}

/** Somebody who takes part, and how far the invitation came where that is not all of the way. */
function participant({ name, told, reason }: Thread['participants'][number]): string {
  if (told === undefined || told === 'joined') return shownName(name)
  const state = told === 'invited' ? 'not answered yet' : told
  return `${shownName(name)} (${state}${reason === undefined ? '' : `: ${displayLine(reason)}`})`
}

const titleOf = (thread: Thread): string =>
  thread.title === undefined ? `thread ${short(thread.id)}` : quoted(thread.title)

const names = ({ participants }: Thread): string =>
  participants.length <= 5
    ? participants.map(({ name }) => shownName(name)).join(', ')
    : plural(participants.length, 'participant')
