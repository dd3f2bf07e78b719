import test from 'ava'
import { createScanner, parse } from 'jsonc-parser'
import { groupedHooks, serverEntry } from '../../../src/cli/setup/client.ts'
import { type Entry, Fault, type Format } from '../../../src/cli/setup/edit.ts'
import { jsonFormat } from '../../../src/cli/setup/json-format.ts'
import { merged } from '../../../src/cli/setup/merge.ts'
import { tomlFormat } from '../../../src/cli/setup/toml-format.ts'
import { fc } from '../../helpers/fast-check.ts'

const launch = { command: '/usr/bin/node', args: ['/opt/agora/bin/agora.js', 'mcp', '--agent-name', 'claude'], env: {} }
const server = serverEntry('mcpServers', launch)
const hooks = groupedHooks(
  { 'session-start': 'SessionStart', 'post-tool-use': 'PostToolUse', stop: 'Stop', 'session-end': 'SessionEnd' },
  { server: launch, hook: (event) => ({ ...launch, args: ['hook', event, '--agent-name', 'claude'] }) },
  10,
)

/** Puts the entries in, looks at it, and takes them out again. */
function around(before: string, format: Format, entries: readonly Entry[], change = (text: string) => text) {
  const set = merged({ format, all: entries, wanted: entries, before, recorded: undefined })
  const recorded = { created: set.created, folders: [], edits: set.edits }
  const after = set.after ?? ''
  const again = merged({ format, all: entries, wanted: entries, before: after, recorded })
  const back = merged({ format, all: entries, wanted: [], before: change(after), recorded })
  return { after, again: again.after, back: back.after }
}

const samples: Record<string, string> = {
  empty: '',
  'an empty object': '{}',
  'no line end at the end': '{\n  "mcpServers": {}\n}',
  'another server':
    '{\n  "mcpServers": {\n    "github": {\n      "command": "npx",\n      "args": ["-y", "x"]\n    }\n  }\n}\n',
  'comments everywhere':
    '// mine\n{\n  // servers\n  "mcpServers": {\n    "a": { "command": "a" } // the first, ours goes after\n    /* and this */\n  }, // end\n  "x": [1, 2] // more\n}\n// last\n',
  'trailing commas': '{\n\t"mcpServers": {\n\t\t"a": {"command": "a"},\n\t\t// not yet\n\t\t// "b": {},\n\t},\n}\n',
  CRLF: '{\r\n    "mcpServers": {\r\n        "a": { "url": "https://x/{y}" }\r\n    }\r\n}\r\n',
  minified: '{"numStartups":12,"mcpServers":{"a":{"command":"a","args":[]}},"projects":{"/x":{"allowedTools":[]}}}',
  'hooks of others':
    '{\n  "permissions": { "allow": ["Bash(ls)"] },\n  "hooks": {\n    "PostToolUse": [\n      { "matcher": "Edit", "hooks": [{ "type": "command", "command": "prettier" }] }\n    ],\n    "Stop": []\n  }\n}\n',
  'only a comment': '// nothing yet',
  'a comment in an empty object': '{ // nothing yet\n}',
  'one line': '{ "mcpServers": { "a": { "command": "a" } }, "b": 1 }\n',
  'the same key twice': '{"mcpServers": {}, "mcpServers": {"z": {}}}',
  'texts that look like the end': '{\n  "mcpServers": { "a": { "command": "}//,\\"" } }\n}\n',
}

for (const [name, before] of Object.entries(samples)) {
  test(`JSON, ${name}: all that was there stays, ours is there, and goes to the byte`, (t) => {
    const { after, again, back } = around(before, jsonFormat, [server, ...hooks.slice(2, 3)])
    t.snapshot(after)
    t.is(again, after)
    t.is(back, before)
    const value = parse(after, [], { allowTrailingComma: true })
    t.deepEqual(value.mcpServers.agora, server.value)
    t.is(value.hooks.Stop.length, 1)
    // What was written before, in its order, with its comments.
    let from = 0
    for (const token of before.match(/\/\/[^\n]*|\/\*.*?\*\/|"(?:[^"\\]|\\.)*"|[{}[\]]|\d+/g) ?? []) {
      const at = after.indexOf(token, from)
      t.true(at >= 0, token)
      from = at
    }
  })
}

test('what was written by hand is put right, and is again what it was afterwards', (t) => {
  const before =
    '{\n  "mcpServers": {\n    "agora": { "command": "./agora", "args": ["mcp"] }, // mine\n    "b": {}\n  }\n}\n'
  const { after, back } = around(before, jsonFormat, [server])
  t.regex(after, /\/\/ mine\n {4}"b"/)
  t.deepEqual(parse(after).mcpServers.agora, server.value)
  t.is(back, before)
})

test('when the file was changed in the meantime, only ours goes', (t) => {
  const before = '{\n  "mcpServers": {\n    "a": {} // one\n  }\n}\n'
  const beside = around(before, jsonFormat, [server], (text) => text.replace('"a": {}', '"a": {"command": "x"}'))
  t.is(beside.back, before.replace('"a": {}', '"a": {"command": "x"}'))
  const reordered = around('', jsonFormat, [server, ...hooks], (text) =>
    JSON.stringify({ theme: 'dark', ...parse(text) }),
  )
  t.is(reordered.back, '{"theme":"dark"}')
  const emptied = around('', jsonFormat, [server, ...hooks], (text) => JSON.stringify(parse(text)))
  t.is(emptied.back, '{}')
  const more = around(before, jsonFormat, [server], (text) => text.replace('"claude"\n', '"other"\n'))
  t.is(more.back, before)
})

test('without a record it is found by its name', (t) => {
  const text = '{\n  "mcpServers": {\n    "a": {}, // a\n    "agora": { "command": "agora" }\n  }\n}\n'
  const { after } = merged({ format: jsonFormat, all: [server], wanted: [], before: text, recorded: undefined })
  t.is(after, '{\n  "mcpServers": {\n    "a": {} // a\n  }\n}\n')
})

test('malformed JSON is told with its place', (t) => {
  for (const [text, offset] of [
    ['{"a": 1', 7],
    ['{"a" 1}', 5],
    ['{"mcpServers": [}', 16],
    ['{"a": 1} x', 9],
    ['{"a": "b\n"}', 6],
    ['{"mcpServers": null}', 15],
    ['[1]', 0],
    ['{a: 1}', 1],
  ] as const) {
    const fault = t.throws(() => jsonFormat.put(text, server), { instanceOf: Fault }, text) as Fault
    t.is(fault.offset, offset, text)
  }
  t.throws(() => jsonFormat.put('['.repeat(200_000), server), { instanceOf: Fault })
})

test('any JSON with comments comes back as it was', (t) => {
  const blank = fc.constantFrom('', ' ', '\n', '\n  ', '\t', '\r\n    ', ' /* x */ ', ' // y\n', '\n  // "agora": {}\n')
  const key = fc.constantFrom('a', 'mcpServers', 'hooks', 'Stop', 'agora', 'é"', '//')
  const { value } = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('1', 'null', 'true', '"x"', '"{//}"', '-0.5e3'),
      fc
        .tuple(fc.array(fc.tuple(blank, tie('value'), blank), { maxLength: 3 }), fc.boolean(), blank)
        .map(
          ([items, trailing, end]) =>
            `[${items.map((item) => item.join('')).join(',')}${trailing && items.length ? ',' : ''}${end}]`,
        ),
      tie('object'),
    ),
    object: fc
      .tuple(
        fc.uniqueArray(fc.tuple(blank, key, blank, tie('value'), blank), {
          maxLength: 4,
          selector: ([, name]) => name,
        }),
        fc.boolean(),
        blank,
      )
      .map(
        ([items, trailing, end]) =>
          `{${items.map(([a, name, b, held, c]) => `${a}${JSON.stringify(name)}${b}:${b}${held}${c}`).join(',')}${trailing && items.length ? ',' : ''}${end}}`,
      ),
  }))
  const document = fc.tuple(blank, value, blank).map((parts) => parts.join(''))
  fc.assert(
    fc.property(document, (before) => {
      let done: ReturnType<typeof around>
      try {
        done = around(before, jsonFormat, [server, ...hooks])
      } catch (error) {
        // Something of another kind stands where ours should.
        if (error instanceof Fault) return
        throw error
      }
      const read = (text: string) => parse(text, [], { allowTrailingComma: true }) ?? {}
      const after = read(done.after)
      t.deepEqual(after.mcpServers.agora, server.value)
      const old = read(before)
      t.deepEqual(
        { ...after, mcpServers: { ...after.mcpServers, agora: 0 }, hooks: 0 },
        { ...old, mcpServers: { ...old.mcpServers, agora: 0 }, hooks: 0 },
      )
      t.is(after.hooks.Stop.length, (old.hooks?.Stop?.length ?? 0) + 1)
      // What stood under our name goes, with what it said.
      if (old.mcpServers?.agora === undefined) t.deepEqual(comments(done.after), comments(before))
      t.is(done.again, done.after)
      t.is(done.back, before)
    }),
    { numRuns: 400 },
  )
})

/** The comments of a text, in their order. */
function comments(text: string): string[] {
  const scanner = createScanner(text, false)
  const found: string[] = []
  for (let kind: number = scanner.scan(); kind !== 17; kind = scanner.scan()) {
    if (kind === 12 || kind === 13) found.push(scanner.getTokenValue())
  }
  return found
}

const table = serverEntry('mcp_servers', { ...launch, env: { AGORA_HOME: '/home/é "x"' } })
const tomls: Record<string, string> = {
  empty: '',
  'no line end at the end': 'model = "gpt-5"',
  'other servers and comments':
    '# mine\nmodel = "gpt-5" # best\napproval_policy = "on-request"\n\n[mcp_servers.github]\ncommand = "npx"\nargs = [\n  "-y", # yes\n  "x",\n]\n\n[mcp_servers.github.env]\nTOKEN = "a#b"\n\n[projects."/home/me/x.y"]\ntrust_level = "trusted"\n',
  CRLF: 'model = "x"\r\n\r\n[tui]\r\nnotifications = true\r\n',
  'long texts': 'notes = """\n[mcp_servers.agora]\n"quoted" \\"""\n"""\nraw = \'\'\'\n[x]\n\'\'\'\npath = \'C:\\x\'\n',
  'by hand':
    'a = 1\n\n[mcp_servers.agora] # mine\ncommand = "./target/debug/agora"\nargs = ["mcp", "--api-port", "7313"]\n\n# about b\n[mcp_servers.b]\ncommand = "b"\n',
  'a table of its below': '[mcp_servers.agora.tools]\nx = "1"\n',
  'inline and dates': 'a = { b = [1, 2], c = "}" }\nd = 1979-05-27 07:32:00\ne.f."g h" = 0x1F\n[[l]]\nx = 1\n[[l]]\n',
}

for (const [name, before] of Object.entries(tomls)) {
  test(`TOML, ${name}: ours is added, and goes to the byte`, (t) => {
    const { after, again, back } = around(before, tomlFormat, [table])
    t.snapshot(after)
    t.is(again, after)
    t.is(back, before)
  })
}

test('a block in TOML is found again without a record, and wherever it has moved', (t) => {
  const { after } = around('a = 1\n', tomlFormat, [table])
  const moved = `b = 2\n${after}\n[c]\nd = 1\n`
  const plain = merged({ format: tomlFormat, all: [table], wanted: [], before: moved, recorded: undefined })
  t.is(plain.after, 'b = 2\na = 1\n\n[c]\nd = 1\n')
  const changed = around('a = 1\n', tomlFormat, [table], (text) => text.replace('"claude"', '"other"'))
  t.is(changed.back, 'a = 1\n')
})

test('malformed TOML, and forms that no table can be added to, are told with their place', (t) => {
  for (const [text, offset] of [
    ['a = "x', 4],
    ['a = [1, 2', 4],
    ['a = """x', 4],
    ['[a', 2],
    ['a 1', 2],
    ['a = 1 b = 2', 8],
    ['a =\n', 3],
    ['= 1', 0],
    ['a = 1]', 5],
    ['mcp_servers = { x = { command = "x" } }', 0],
    ['[mcp_servers]\nagora = { command = "x" }', 14],
    ['mcp_servers.agora.command = "x"', 0],
    ['[[mcp_servers]]', 0],
    ['[mcp_servers.agora.env]\nX = "1"', 0],
  ] as const) {
    const fault = t.throws(() => tomlFormat.put(text, table), { instanceOf: Fault }, text) as Fault | undefined
    t.is(fault?.offset, offset, text)
  }
})
