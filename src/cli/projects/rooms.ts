import type { RoomMessage } from '../../capabilities/rooms/schema.ts'
import { type Command, pageOptions } from '../command.ts'
import type { Context } from '../context.ts'
import { ago, shownName } from '../text.ts'
import { chosenProject, chosenProjectFor } from './choice.ts'
import { again, fitting, given, PROJECT, paging, spoken } from './fields.ts'
import { saidText } from './said-text.ts'
import { short } from './short-ids.ts'

const MAIN = 'main'

export const roomCommands: Command[] = [
  {
    usage: 'project rooms [project]',
    group: 'Projects',
    summary: 'List the rooms of a project, or open one.',
    details: PROJECT,
    options: [
      { name: 'open', value: '<name>', meaning: 'open this room' },
      { name: 'topic', value: '<text>', meaning: 'with --open: what it is for' },
      ...pageOptions,
    ],
    examples: ['agora project rooms my-feature', 'agora project rooms --open design --topic "How it looks"'],
    run: rooms,
  },
  {
    usage: 'project room [project] <room>',
    group: 'Projects',
    summary: 'Show what was said in a room, oldest first, or search there.',
    details: PROJECT,
    options: [{ name: 'search', value: '<words>', meaning: 'only what holds all these words' }, ...pageOptions],
    examples: ['agora project room my-feature main', 'agora project room main --search "login page"'],
    run: room,
  },
  {
    usage: 'project say [project] <text>',
    group: 'Projects',
    summary: 'Say something in a room of a project.',
    details: `${PROJECT} \`@bob\`, \`@claude-1@bob\` and \`@role:reviewer\` in the text bring it to their inboxes. A text of \`-\` is read from standard input.`,
    options: [
      { name: 'room', value: '<room>', meaning: `where (default ${MAIN})` },
      { name: 'reply-to', value: '<id>', meaning: 'the message this answers' },
    ],
    examples: ['agora project say "@bob: shall we merge?"', 'agora project say my-feature "Merged." --room design'],
    async run(context) {
      const { inputs, style } = context
      const message = await context.call('rooms.say', {
        project_id: await chosenProjectFor(context, 'text'),
        room: inputs.text('room') ?? MAIN,
        body: await spoken(context, inputs.arg('text'), 'text'),
        ...given({ reply_to: inputs.text('reply-to') }),
      })
      await context.answer(message, ({ id, room: { name }, mentions, named_nobody }) => {
        const told = mentions.map((each) => ('role' in each ? `every ${each.role}` : shownName(each.name)))
        const whom = told.length === 0 ? '' : `, and to the inbox of ${told.join(', ')}`
        const nobody = named_nobody.map((each) => `Nobody in the project is called ${shownName(each)}.\n`).join('')
        return `Said in #${shownName(name)}${whom}.  ${style.dim(`id ${short(id)}`)}\n${style.yellow(nobody)}`
      })
    },
  },
]

async function rooms(context: Context): Promise<void> {
  const { inputs, io, next } = context
  const project_id = await chosenProject(context)
  const name = inputs.text('open')
  if (name !== undefined) {
    const opened = await context.call('rooms.create', { project_id, name, ...given({ topic: inputs.text('topic') }) })
    const say = (room: string) => next(`project say ${short(project_id)} <text> --room ${shownName(room)}`)
    return context.answer(
      opened,
      (made) => `Opened #${shownName(made.name)}.\nTo say something there: ${say(made.name)}\n`,
    )
  }
  const page = await context.call('rooms.list', { project_id, ...paging(context) })
  await context.answer(
    page,
    async ({ items, next_cursor }) =>
      (await context.table(
        ['ROOM', 'MESSAGES', 'LAST', 'TOPIC'],
        items.map((each) => [
          `#${shownName(each.name)}`,
          String(each.messages),
          ago(each.last_at, io.clock.now()) || '-',
          each.topic ?? '',
        ]),
      )) + context.more(next_cursor, `project rooms ${short(project_id)}`),
  )
}

async function room(context: Context): Promise<void> {
  const { inputs, style } = context
  const project_id = await chosenProject(context)
  const name = inputs.arg('room')
  const input = { project_id, room: name, ...paging(context) }
  const query = inputs.text('search')
  const shown = (items: RoomMessage[], cursor: string | undefined, topic?: string): string => {
    const head = topic
      ? `${style.bold(`#${shownName(name.replace(/^#/, ''))}`)}  ${fitting(context, topic, name.length + 4)}\n\n`
      : ''
    const nothing = query === undefined ? 'Nothing was said here yet.\n' : 'Nothing was found.\n'
    const said = items.toReversed().map((message) => saidText(message, context))
    const earlier = again(context, `project room ${short(project_id)} ${shownName(name)}`)
    return head + context.more(cursor, earlier, 'Earlier') + (said.join('\n') || nothing)
  }
  if (query !== undefined) {
    const found = await context.call('rooms.search', { ...input, query })
    return context.answer(found, ({ items, next_cursor }) => shown(items, next_cursor))
  }
  const page = await context.call('rooms.read', input)
  await context.answer(page, ({ items, next_cursor, room: { topic } }) => shown(items, next_cursor, topic))
}
