import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type TestNode, testNode } from './helpers/node.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
/** Words that are nowhere else. */
const secretWord = (n: number) => `zq${LETTERS[n % 26]}${LETTERS[Math.floor(n / 26) % 26]}xjzq`

/** In which files below the node's home any of these can be read. */
function filesWith(node: TestNode, words: readonly string[]): string[] {
  const files = readdirSync(node.home.dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return files.flatMap(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name))
    return words.filter((word) => bytes.includes(word)).map((word) => `${name}: ${word}`)
  })
}

/** Until nothing of it is left in the files; fails by the test's timeout otherwise. */
async function wiped(node: TestNode, words: readonly string[]): Promise<void> {
  while (filesWith(node, words).length > 0) {
    await node.settle()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what was redacted is in no file of the node any more', async (t) => {
  await using node = await testNode('alice')
  const claude = await node.agent('claude')
  const { operator } = node
  const { id: project_id } = await operator.call('projects.create', { name: 'p', description: `d ${secretWord(0)}` })
  const words = Array.from({ length: 60 }, (_, n) => secretWord(n))
  // Long ones do not fit into one page; the others move when pages are split.
  const text = (n: number) => `${words[n]} ${'lorem ipsum dolor '.repeat(n % 5 === 0 ? 900 : 12)} end`
  for (let n = 1; n < 40; n++) {
    await claude.call('rooms.say', { project_id, room: 'main', body: `@alice ${text(n)}` })
    await operator.call('rooms.say', { project_id, room: 'main', body: `nothing secret ${n}`.repeat(30) })
  }
  const { id: task_id } = await operator.call('tasks.create', { project_id, title: 't', description: text(40) })
  for (let n = 41; n < 50; n++) await operator.call('tasks.comment', { project_id, task_id, text: text(n) })
  for (let n = 50; n < 60; n++) await operator.call('reports.submit', { project_id, title: 'r', text: text(n) })
  // Somebody reads it, searches for it and copies the node meanwhile.
  t.is((await operator.call('messages.read', { limit: 100 })).items.length, 39)
  t.is((await operator.call('rooms.search', { project_id, query: secretWord(7) })).items.length, 1)
  t.true(filesWith(node, words).length > 60)

  const listed = []
  for (let cursor: string | undefined; ; ) {
    const page = await operator.call('audit.list', { project_id, limit: 100, ...(cursor ? { cursor } : {}) })
    listed.push(...page.items)
    cursor = page.next_cursor
    if (!cursor) break
  }
  const secret = listed.filter(({ texts }) => words.some((word) => JSON.stringify(texts ?? {}).includes(word)))
  t.is(secret.length, 60)
  for (const { id } of secret) await operator.call('audit.redact', { project_id, entry: id })
  await wiped(node, words)
  t.deepEqual(filesWith(node, words), [])
  t.is((await operator.call('rooms.search', { project_id, query: 'nothing' })).items.length, 39)
  t.like(await operator.call('projects.verify', { project_id }), { ok: true })

  await node.restart()
  t.deepEqual(filesWith(node, words), [])
})
