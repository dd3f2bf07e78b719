import { join } from 'node:path'
import { type ClientProgram, groupedHooks, type Places, serverEntry } from './client.ts'
import { jsonFormat } from './json-format.ts'

/** Its folder for this user, which a variable of its own can move. */
const folder = ({ env, user }: Places) => env['CLAUDE_CONFIG_DIR'] || join(user, '.claude')

export const claudeCode: ClientProgram = {
  id: 'claude-code',
  title: 'Claude Code',
  agent: 'claude',
  server: (scope, places, { server }) => ({
    paths: [
      scope === 'project'
        ? join(places.project, '.mcp.json')
        : join(places.env['CLAUDE_CONFIG_DIR'] || places.user, '.claude.json'),
    ],
    format: jsonFormat,
    entries: [serverEntry('mcpServers', server, { type: 'stdio' })],
  }),
  hooks: (scope, places, wanted) => ({
    paths: [join(scope === 'project' ? join(places.project, '.claude') : folder(places), 'settings.json')],
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
    ),
  }),
  afterwards: 'Start Claude Code anew; in a project it asks once whether to use the server.',
}
