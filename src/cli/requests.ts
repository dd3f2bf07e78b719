import { type Command, pageOptions } from './command.ts'
import { ago, framed, plural, shortId, shownName } from './text.ts'

export const requestCommands: Command[] = [
  {
    usage: 'requests',
    alias: 'requests list',
    group: 'Messages',
    summary: 'List strangers whose messages wait for you; no agent sees them.',
    examples: ['agora requests'],
    async run(context) {
      const { io, style } = context
      await context.answer(await context.call('requests.list', {}), ({ items }) =>
        items.length === 0
          ? 'Nobody waits to be accepted.\n'
          : items
              .map(({ did, name, count, first_at, messages }) => {
                const head = `${style.bold(shownName(name))} ${style.dim(`${did} · ${plural(count, 'message')} · first ${ago(first_at, io.clock.now())}`)}`
                const bodies = messages.map(({ body }) => framed(body, io.columns).join('\n'))
                return `${head}\n${bodies.join(`\n${style.dim('  ├─')}\n`)}\n${style.dim(`  accept: ${context.next(`requests accept ${shownName(name)}`)}`)}\n`
              })
              .join('\n'),
      )
    },
  },
  {
    usage: 'requests accept <peer>',
    group: 'Messages',
    summary: 'Deliver what a stranger sent, and give it trust 1.',
    examples: ['agora requests accept bob', 'agora requests accept did:agora:z6Mk…'],
    async run(context) {
      const answer = await context.call('requests.accept', { peer: context.inputs.arg('peer') })
      await context.answer(
        answer,
        ({ name, delivered, trust_level }) =>
          `${shownName(name)} now has trust ${trust_level}; ${plural(delivered, 'message')} delivered.\n`,
      )
    },
  },
  {
    usage: 'requests drop <peer>',
    group: 'Messages',
    summary: 'Throw away what a stranger sent.',
    examples: ['agora requests drop bob'],
    async run(context) {
      const answer = await context.call('requests.drop', { peer: context.inputs.arg('peer') })
      await context.answer(answer, ({ dropped }) => `${plural(dropped, 'message')} thrown away.\n`)
    },
  },
  {
    usage: 'outbox',
    group: 'Messages',
    summary: 'List what is still on its way, oldest first.',
    options: pageOptions,
    examples: ['agora outbox'],
    async run(context) {
      const { inputs, io } = context
      const now = io.clock.now()
      const page = await context.call('messages.outbox', {
        limit: inputs.number('limit', 1, 500),
        cursor: inputs.text('cursor'),
      })
      await context.answer(page, async ({ items, next_cursor }) => {
        if (items.length === 0) return 'Nothing is on its way.\n'
        const rows = items.map((entry) => [
          shownName(entry.to_name),
          entry.connected ? 'yes' : 'no',
          entry.stage,
          String(entry.attempts),
          ago(entry.created_at, now),
          entry.type,
          shortId(entry.id),
        ])
        const head = ['TO', 'CONNECTED', 'STAGE', 'TRIES', 'WRITTEN', 'TYPE', 'ID']
        return (await context.table(head, rows)) + context.more(next_cursor, 'outbox')
      })
    },
  },
]
