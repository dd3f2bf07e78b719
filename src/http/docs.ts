import { createHash } from 'node:crypto'
import { AgoraError, errorCodes } from '../base/errors.ts'
import { type Endpoint, endpoints, type Field } from './endpoints.ts'
import { CSP } from './guard.ts'
import type { JsonSchema } from './json-schema.ts'
import { problemOf } from './problem.ts'

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8d8d8, #3a3a3a); --soft: light-dark(#f5f5f3, #1d1d1f); --key: light-dark(#14532d, #86efac) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line) }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace }
pre { background: var(--soft); padding: 0.75rem; overflow-x: auto; border-radius: 4px }
article { margin: 2rem 0 }
h3 code { font-size: 1rem; color: var(--key) }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line) }
nav a { margin-right: 1rem }
small { opacity: 0.75 }
`
/** The page brings its own style and nothing else: no script, no request to anywhere. */
export const DOCS_CSP = `${CSP}; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '')

/** Already safe to put into the page. */
interface Html {
  html: string
}
type Part = string | number | Html | Html[]

/** Markup from a template: every string put into it is escaped. */
function html(pieces: TemplateStringsArray, ...parts: Part[]): Html {
  const shown = (part: Part): string => {
    if (Array.isArray(part)) return part.map((piece) => piece.html).join('')
    return typeof part === 'object' ? part.html : escapeHtml(String(part))
  }
  return { html: pieces.reduce((text, piece, index) => text + shown(parts[index - 1] ?? '') + piece) }
}

/** `words` between backquotes as code. */
const prose = (text: string): Html[] =>
  text.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`))

/** The API as one self-contained page. */
export function docsPage(version: string, types: Record<string, JsonSchema> = {}, list = endpoints(types)): string {
  const groups = Map.groupBy(list, (endpoint) => endpoint.group)
  return `<!doctype html>\n${
    html`<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Agora API</title><style>${{ html: STYLE }}</style></head>
<body>
<h1>Agora API <small>${version}</small></h1>
<p>Everything this node can be asked. Send the token of the operator or of an agent as <code>Authorization: Bearer …</code>;
<code>agora token</code> and <code>agora agents token &lt;name&gt;</code> tell it. Bodies are JSON. The same as a document for programs:
<a href="/openapi.json">openapi.json</a>. The examples expect the token in <code>$TOKEN</code> and the address of this page’s host in <code>$AGORA</code>.</p>
<nav>${[...groups.keys()].map((group) => html`<a href="#${group}">${group}</a>`)}<a href="#types">types</a><a href="#errors">errors</a></nav>
${[...groups].map(([group, members]) => html`<section><h2 id="${group}">${group}</h2>${members.map(article)}</section>`)}
<section><h2 id="types">types</h2>
<table>${Object.entries(types).map(([name, schema]) => html`<tr id="${name}"><th>${name}</th><td><code>${typeText(schema)}</code></td></tr>`)}</table></section>
<section><h2 id="errors">errors</h2>
<p>Errors are <code>application/problem+json</code>. Programs compare <code>code</code>, which never changes its meaning; <code>detail</code>,
<code>field</code>, <code>hint</code> and <code>candidates</code> are for people.</p>
<table><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>${errorCodes.map(errorRow)}</table></section>
</body></html>
`.html
  }`
}

function article(endpoint: Endpoint): Html {
  const { name, summary, description, who, approvable, method, path, status, fields, answer } = endpoint
  const operator = approvable ? 'the operator; asked by an agent it waits for the operator (202)' : 'the operator'
  const callers = { anyone: 'anyone, without a token', agent: 'agents and the operator', operator }[who]
  return html`<article id="${name}">
<h3><code>${method} ${path}</code></h3>
<p>${prose(summary)} ${prose(description ?? '')}</p>
<p><small>For ${callers}. Operation <code>${name}</code>. Answers ${status} with ${answerText(answer)}.</small></p>
${fields.length === 0 ? '' : html`<table><tr><th>Field</th><th>In</th><th>Type</th><th></th></tr>${fields.map(fieldRow)}</table>`}
<pre>${curl(endpoint)}</pre>
</article>
`
}

const fieldRow = ({ name, in: place, required, schema }: Field): Html =>
  html`<tr><td><code>${name}</code></td><td>${place}</td><td>${typeText(schema)}</td><td>${note(required, schema)}</td></tr>`

const note = (required: boolean, schema: JsonSchema): string => {
  if (required) return 'required'
  return schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`
}

const errorRow = (code: (typeof errorCodes)[number]): Html => {
  const { status, title } = problemOf(new AgoraError(code, ''))
  return html`<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`
}

const answerText = ({ type, schema }: Endpoint['answer']): string =>
  type === 'application/json' ? typeText(schema) : type

/** A schema in one line: `{ items: Message[], cursor: string }`. */
function typeText(schema: JsonSchema): string {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? ''
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' | ')
  if (schema.type === 'array') return `${typeText(schema.items ?? {})}[]`
  if (schema.type === 'object' && schema.properties) {
    const optional = (name: string) => (schema.required?.includes(name) ? '' : '?')
    const fields = Object.entries(schema.properties).map(
      ([name, field]) => `${name}${optional(name)}: ${typeText(field)}`,
    )
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  const { type = 'any', minimum, maximum } = schema
  return minimum !== undefined && maximum !== undefined ? `${type} ${minimum}–${maximum}` : type
}

/** In single quotes a POSIX shell takes everything as it stands but the single quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function curl({ method, path, who, fields, answer }: Endpoint): string {
  const example = (name: string) => fields.find((field) => field.name === name)?.example
  const url = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(example(name))))
  const body = fields.filter((field) => field.in === 'body' && field.shown)
  return [
    answer.type === 'text/event-stream' ? 'curl -N' : 'curl',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    `"$AGORA${url}"`,
    ...(who === 'anyone' ? [] : [`-H "Authorization: Bearer $TOKEN"`]),
    ...(body.length === 0
      ? []
      : [
          "-H 'Content-Type: application/json'",
          `-d ${quoted(JSON.stringify(Object.fromEntries(body.map((field) => [field.name, field.example]))))}`,
        ]),
  ].join(' ')
}
