import test from 'ava'
import { exportLines, readExport } from '../../src/log/export.ts'

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const ID = 'A'.repeat(43)
const head = {
  agora_log: 1 as const,
  space: ID,
  kind: 'project' as const,
  exported_at: '2026-11-24T12:00:00.000Z',
  tips: [ID],
}
const entries = [
  { header: '{"v":1}', facts: '{"name":"x"}', texts: '{"salt":"c2FsdA","text":"über\\n \u2028"}' },
  { header: '{"v":1}', facts: '{}' },
]

test('what was exported is read as it was', async (t) => {
  const text = [...exportLines(head, entries)].join('')
  t.is(text.split('\n').length, 4)
  const read = await collect(readExport(text.split('\n')))
  t.deepEqual(read, [
    { line: 1, head },
    { line: 2, entry: entries[0] },
    { line: 3, entry: entries[1] },
  ] as never)
})

test('a file that is something else says in which line', async (t) => {
  const lines = [...exportLines(head, entries)].map((line) => line.trimEnd())
  const [first = '', second = ''] = lines
  for (const [broken, message] of [
    [[], /empty/],
    [['hello'], /Line 1 is not the head .*JSON/],
    [[second], /Line 1 is not the head .*agora_log/],
    [[first, '{"header":1}'], /Line 2 is not an entry .*header/],
    [[first, second, second.slice(0, 20)], /Line 3 is not an entry .*JSON/],
    [[first.replace('"agora_log":1', '"agora_log":2')], /Line 1 .*agora_log/],
  ] as const) {
    await t.throwsAsync(collect(readExport(broken)), { code: 'malformed', message } as never)
  }
})
