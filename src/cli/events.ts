import { displayLine } from '../base/text.ts'
import type { Command } from './command.ts'
import { cut, safeJson } from './text.ts'

export const eventCommands: Command[] = [
  {
    usage: 'events',
    group: 'Programs',
    summary: 'Print events as they happen, until interrupted.',
    details: 'With --format json each is one line.',
    options: [
      { name: 'types', value: '<a,b>', meaning: 'only those whose type begins so, e.g. message.,peer.', many: true },
      { name: 'after', value: '<n>', meaning: 'begin with those after number n' },
    ],
    examples: ['agora events', 'agora events --types message.received,security. --format json'],
    async run(context) {
      const { inputs, io, json, style } = context
      const client = await context.client()
      const stopped = new AbortController()
      const off = io.onSignal(() => stopped.abort())
      const types = inputs.list('types')?.flatMap((text) => text.split(',').filter(Boolean))
      const after = inputs.number('after', 0, 999_999_999)
      try {
        const events = client.events({
          signal: stopped.signal,
          ...(types ? { types } : {}),
          ...(after === undefined ? {} : { after }),
        })
        for await (const event of events) {
          const { seq: _, at, type, ...rest } = event
          const data = displayLine(safeJson(rest))
          const line = `${String(at).slice(11, 19)}  ${displayLine(type).padEnd(20)} `
          await io.out(
            json
              ? `${safeJson(event)}\n`
              : `${line}${style.dim(io.columns === undefined ? data : cut(data, Math.max(20, io.columns - line.length - 1)))}\n`,
          )
        }
      } catch (error) {
        if (!stopped.signal.aborted) throw error
      } finally {
        off()
      }
    },
  },
]
