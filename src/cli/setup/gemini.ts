import { join } from 'node:path'
import { type ClientProgram, groupedHooks, type Places, type Scope, serverEntry } from './client.ts'
import { jsonFormat } from './json-format.ts'

const settings = (scope: Scope, { user, project }: Places) =>
  join(scope === 'project' ? project : user, '.gemini', 'settings.json')

export const gemini: ClientProgram = {
  id: 'gemini',
  title: 'Gemini CLI',
  agent: 'gemini',
  server: (scope, places, { server }) => ({
    paths: [settings(scope, places)],
    format: jsonFormat,
    entries: [serverEntry('mcpServers', server)],
  }),
  hooks: (scope, places, wanted) => ({
    paths: [settings(scope, places)],
    format: jsonFormat,
    entries: groupedHooks(
      {
        'session-start': 'SessionStart',
        'post-tool-use': 'AfterTool',
        stop: 'AfterAgent',
        'session-end': 'SessionEnd',
      },
      wanted,
      // Here in ms.
      10_000,
    ),
  }),
  afterwards: 'Start Gemini CLI anew.',
}
