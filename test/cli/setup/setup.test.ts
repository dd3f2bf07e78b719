import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'
import { parse } from 'jsonc-parser'
import { cli, homesFolder } from '../../helpers/cli.ts'

/** A checkout and a user's folder of their own, in which `agora setup` runs. */
function place() {
  const { folder, ...rest } = homesFolder()
  const [project, user] = [join(folder, 'project'), join(folder, 'user')]
  mkdirSync(join(project, '.git'), { recursive: true })
  mkdirSync(join(project, 'deep'))
  mkdirSync(user)
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    ...rest,
    folder,
    put,
    read: (path: string) => readFileSync(join(folder, path), 'utf8'),
    has: (path: string) => existsSync(join(folder, path)),
    run: (argv: string, env: Record<string, string> = {}) =>
      cli(['setup', ...argv.split(' ')], {
        folder,
        env: { HOME: user, PATH: '', ...env },
        io: { cwd: join(project, 'deep'), program: ['/usr/bin/node', '/opt/agora/bin/agora.js'] },
      }),
  }
}

const FILES: [client: string, scope: string, path: string, sample: string][] = [
  ['claude-code', 'project', 'project/.mcp.json', '{\n  "mcpServers": {\n    "x": {"command": "x"}\n  }\n}'],
  ['claude-code', 'user', 'user/.claude.json', '{"numStartups": 3, "projects": {"/a": {"mcpServers": {"agora": {}}}}}'],
  ['codex', 'project', 'project/.codex/config.toml', '# c\r\nmodel = "x"\r\n'],
  ['codex', 'user', 'user/.codex/config.toml', 'model = "x"'],
  ['cursor', 'project', 'project/.cursor/mcp.json', '\uFEFF{"mcpServers": {}}\n'],
  ['cursor', 'user', 'user/.cursor/mcp.json', '{\n\t"mcpServers": {\n\t\t"a": {"url": "https://a"},\n\t},\n}'],
  ['gemini', 'project', 'project/.gemini/settings.json', '{\n  // theme\n  "theme": "x"\n}\n'],
  ['gemini', 'user', 'user/.gemini/settings.json', ''],
  ['opencode', 'project', 'project/opencode.json', '{ "$schema": "https://opencode.ai/config.json" }\n'],
  ['opencode', 'user', 'user/.config/opencode/opencode.jsonc', '{\r\n  "model": "a/b", // best\r\n}\r\n'],
  ['vscode', 'project', 'project/.vscode/mcp.json', '{\n    "inputs": [],\n    "servers": {}\n}\n'],
  ['vscode', 'user', 'user/.config/Code/User/mcp.json', '{"servers":{"a":{"type":"http","url":"https://a"}}}'],
]

for (const [client, scope, path, sample] of FILES) {
  test(`${client}, ${scope}: into ${path} and out again, new or not`, async (t) => {
    using at = place()
    const before = readdirSync(at.folder, { recursive: true })
    const hooks = client === 'opencode' ? '' : ' --hooks'
    const set = `${client} --scope ${scope} --agent-name claude-1${hooks}`

    const rehearsed = await at.run(`${set} --dry-run`)
    t.is(rehearsed.code, 0, rehearsed.err)
    t.regex(rehearsed.out, /\+.*agora[\s\S]*Nothing was written/)
    t.deepEqual(readdirSync(at.folder, { recursive: true }), before)

    if (!path.endsWith('c')) {
      const made = await at.run(set)
      t.is(made.code, 0, made.err)
      t.true(made.out.includes(`${path}: created`), made.out)
      t.snapshot(at.read(path).replaceAll(at.folder, '<folder>'))
      t.regex((await at.run(set)).out, /unchanged[\s\S]*already/)
      t.is((await at.run(`${client} --scope ${scope} --remove`)).code, 0)
      t.deepEqual(readdirSync(at.folder, { recursive: true }), before)
    }

    at.put(path, sample)
    const merged = await at.run(set)
    t.is(merged.code, 0, merged.err)
    t.true(merged.out.includes(`${path}: changed`), merged.out)
    t.true(at.read(path).startsWith(sample.slice(0, 3)))
    const other = await at.run(`${client} --scope ${scope} --agent-name other`)
    t.is(other.code, 0, other.err)
    t.false(at.read(path).includes('claude-1'))
    t.is((await at.run(`${client} --scope ${scope} --remove`)).code, 0)
    t.is(at.read(path), sample)
    t.false(at.has('setup.json'))
  })
}

test('hooks stand beside those of others, follow the name, and go with --remove', async (t) => {
  using at = place()
  const settings =
    '{\n  "hooks": {\n    "Stop": [\n      {"hooks": [{"type": "command", "command": "say done"}]}\n    ]\n  }\n}\n'
  at.put('project/.claude/settings.json', settings)
  t.is((await at.run('claude-code --hooks --agent-name claude-1')).code, 0)
  const stop = () =>
    parse(at.read('project/.claude/settings.json')).hooks.Stop.map(
      (group: { hooks: { command: string }[] }) => group.hooks[0]?.command,
    )
  const line = (name: string) =>
    `AGORA_HOME=${at.folder} /usr/bin/node /opt/agora/bin/agora.js hook stop --agent-name ${name} --client claude-code`
  t.deepEqual(stop(), ['say done', line('claude-1')])
  t.is((await at.run('claude-code --agent-name claude-2')).code, 0)
  t.deepEqual(stop(), ['say done', line('claude-2')])
  t.is((await at.run('claude-code --remove')).code, 0)
  t.is(at.read('project/.claude/settings.json'), settings)
  t.false(at.has('project/.mcp.json'))
})

test('VS Code’s hooks have a file of their own, beside what stands there', async (t) => {
  using at = place()
  const path = 'project/.github/hooks/agora.json'
  t.is((await at.run('vscode --hooks --agent-name claude-1')).code, 0)
  const made = parse(at.read(path))
  t.deepEqual(Object.keys(made.hooks), ['SessionStart', 'PostToolUse', 'Stop', 'SessionEnd'])
  const line = `AGORA_HOME=${at.folder} /usr/bin/node /opt/agora/bin/agora.js hook stop --agent-name claude-1 --client vscode`
  t.deepEqual([made.version, made.hooks.Stop], [1, [{ type: 'command', command: line, timeout: 10 }]])
  await at.run('vscode --remove')
  t.false(at.has('project/.github'))
  const own = '{"version": 1, "hooks": {"Stop": [{"type": "command", "command": "say done"}]}}\n'
  at.put(path, own)
  await at.run('vscode --hooks')
  t.is(parse(at.read(path)).hooks.Stop.length, 2)
  await at.run('vscode --remove')
  t.is(at.read(path), own)
  await at.run('vscode --hooks --scope user')
  t.true(at.has('user/.copilot/hooks/agora.json'))
})

test('Codex is asked for no more time at the end of a session than it gives', async (t) => {
  using at = place()
  await at.run('codex --hooks')
  const { hooks } = parse(at.read('project/.codex/hooks.json'))
  const timeoutOf = (event: string) => hooks[event][0].hooks[0].timeout
  t.deepEqual(['SessionStart', 'PostToolUse', 'Stop', 'SessionEnd'].map(timeoutOf), [10, 10, 10, 3])
})

test('nothing is written when one of the files is malformed', async (t) => {
  using at = place()
  at.put('project/.claude/settings.json', '{\n  "hooks": {,}\n}')
  const { code, err } = await at.run('claude-code --hooks')
  t.is(code, 1)
  t.regex(err, /project\/\.claude\/settings\.json:2:13: .*should stand here\.\nNothing was written/)
  t.false(at.has('project/.mcp.json'))
  at.put('project/.codex/config.toml', 'a = "x\n')
  t.regex((await at.run('codex')).err, /config\.toml:1:5: this text in quotes has no end/)
  writeFileSync(join(at.folder, 'project/.mcp.json'), Buffer.from([0xff, 0xfe, 0x7b, 0]))
  t.regex((await at.run('claude-code')).err, /\.mcp\.json is not UTF-8/)
})

test('modes and links of files are kept, new ones are as they should be', async (t) => {
  using at = place()
  at.put('dotfiles/claude.json', '{}')
  chmodSync(join(at.folder, 'dotfiles/claude.json'), 0o640)
  symlinkSync(join(at.folder, 'dotfiles/claude.json'), join(at.folder, 'user/.claude.json'))
  await at.run('claude-code --scope user')
  t.regex(at.read('dotfiles/claude.json'), /agora/)
  const mode = (path: string) => statSync(join(at.folder, path)).mode & 0o777
  t.is(mode('dotfiles/claude.json'), 0o640)
  await at.run('cursor --scope user')
  t.is(mode('user/.cursor/mcp.json'), 0o600)
  await at.run('cursor')
  t.is(mode('project/.cursor/mcp.json'), 0o644)
})

test('the change is shown by its lines, and nothing beside them', async (t) => {
  using at = place()
  at.put(
    'project/.vscode/mcp.json',
    '{\n  "servers": {\n    "a": { "env": { "KEY": "secret" } }\n  },\n  "inputs": []\n}\n',
  )
  const { out } = await at.run('vscode')
  t.snapshot(out.replaceAll(at.folder, '<folder>'))
})

test('what is asked wrongly is told, and the node is named where it must be', async (t) => {
  using at = place()
  t.regex((await at.run('emacs')).err, /no client "emacs".*\n.*claude-code/)
  t.regex((await at.run('opencode --hooks')).err, /runs no hooks/)
  t.regex((await at.run('codex --agent-name a@b')).err, /--agent-name/)
  t.regex((await at.run('codex --remove')).out, /nothing of Agora/)
  await at.run('codex --name alice')
  t.regex(at.read('project/.codex/config.toml'), /"--agent-name", "codex", "--name", "alice"\]/)
  const { out } = await at.run('opencode --format json')
  t.like(JSON.parse(out), { client: 'opencode', agent: 'opencode', files: [{ change: 'created' }] })
  t.deepEqual(parse(at.read('project/opencode.json')).mcp.agora, {
    type: 'local',
    command: ['/usr/bin/node', '/opt/agora/bin/agora.js', 'mcp', '--agent-name', 'opencode'],
    environment: { AGORA_HOME: at.folder },
    enabled: true,
  })
})
