import { join } from 'node:path'
import { type ClientProgram, groupedHooks, type Places, type Scope, serverEntry } from './client.ts'
import { jsonFormat } from './json-format.ts'
import { tomlFormat } from './toml-format.ts'

const folder = (scope: Scope, { env, user, project }: Places) =>
  scope === 'project' ? join(project, '.codex') : env['CODEX_HOME'] || join(user, '.codex')

export const codex: ClientProgram = {
  id: 'codex',
  title: 'Codex',
  agent: 'codex',
  server: (scope, places, { server }) => ({
    paths: [join(folder(scope, places), 'config.toml')],
    format: tomlFormat,
    entries: [serverEntry('mcp_servers', server)],
  }),
  hooks: (scope, places, wanted) => ({
    paths: [join(folder(scope, places), 'hooks.json')],
    format: jsonFormat,
    entries: groupedHooks(
      {
        'session-start': 'SessionStart',
        'post-tool-use': 'PostToolUse',
        stop: 'Stop',
        'session-end': 'SessionEnd',
      },
      wanted,
      10,
      // It gives no more to what runs at the end, and complains of more each time it starts.
      { 'session-end': 3 },
    ),
  }),
  afterwards:
    'Start Codex anew. It reads a project’s settings only where the project is trusted, and runs hooks you have trusted under /hooks.',
}
