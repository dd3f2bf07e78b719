import { createHash } from 'node:crypto'
import test from 'ava'
import { errorCodes } from '../../src/base/errors.ts'
import { docsPage, escapeHtml } from '../../src/http/docs.ts'
import type { Endpoint } from '../../src/http/endpoints.ts'
import { operations } from '../../src/operations.ts'
import { api, ask } from '../helpers/http.ts'

test('the page describes every operation and every error', (t) => {
  const page = docsPage('1.2.3')
  for (const { name, http } of operations) {
    t.true(page.includes(`<article id="${name}">`), name)
    t.true(page.includes(`<code>${http.method} ${http.path}</code>`))
  }
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  t.is(new Set(ids).size, ids.length)
  for (const type of ['Message', 'Status', 'Delivery']) t.true(page.includes(`<tr id="${type}">`), type)
  for (const code of errorCodes) t.true(page.includes(`<tr id="${code}">`), code)
})

test('it has no script and asks for nothing, and its policy allows its own style alone', async (t) => {
  await using server = await api()
  const { text, headers } = await ask(server.port, { path: '/docs' })
  t.is(headers['content-type'], 'text/html; charset=utf-8')
  t.notRegex(text, /<script|<img|<link|<iframe|\son\w+=|url\(|@import|https?:/i)
  const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  t.regex(String(headers['content-security-policy']), /^default-src 'none'/)
  t.true(String(headers['content-security-policy']).includes(`style-src 'sha256-${hash}'`))
})

test('whatever stands in the table is shown, never run', (t) => {
  const nasty = `"'><script>alert(1)</script>&`
  const schema = { type: 'string', default: nasty, enum: [nasty] }
  const endpoint: Endpoint = {
    name: nasty,
    group: nasty,
    summary: `${nasty} \`${nasty}\``,
    description: nasty,
    who: 'agent',
    approvable: false,
    method: 'POST',
    path: `/${nasty}`,
    status: 200,
    fields: [{ name: nasty, in: 'body', required: true, schema, example: nasty, shown: true }],
    answer: { type: nasty, schema },
  }
  const page = docsPage(nasty, { [nasty]: schema }, [endpoint])
  t.notRegex(page, /<script|'>|"'/)
  t.true(page.includes(escapeHtml(nasty)))
  t.is(escapeHtml(nasty), '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;')
})

test('a shell takes the examples as they are meant', (t) => {
  const page = docsPage('1.2.3')
  const commands = [...page.matchAll(/<pre>(.*)<\/pre>/g)].map(([, command = '']) => command)
  t.snapshot(commands.map((command) => command.replaceAll('&quot;', '"').replaceAll('&#39;', "'")))
})
