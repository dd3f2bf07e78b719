import { join } from 'node:path'
import { type ClientProgram, configFolder } from './client.ts'
import { jsonFormat } from './json-format.ts'

export const opencode: ClientProgram = {
  id: 'opencode',
  title: 'opencode',
  agent: 'opencode',
  server(scope, places, { server: { command, args, env } }) {
    const folder = scope === 'project' ? places.project : join(configFolder(places), 'opencode')
    return {
      paths: [join(folder, 'opencode.json'), join(folder, 'opencode.jsonc')],
      format: jsonFormat,
      entries: [
        {
          path: ['mcp', 'agora'],
          value: {
            type: 'local',
            command: [command, ...args],
            ...(Object.keys(env).length > 0 ? { environment: env } : {}),
            enabled: true,
          },
        },
      ],
    }
  },
  // It has plugins in their place: programs, of which its version 2 refuses those that version 1 runs, and the other way round.
  hooks: undefined,
  afterwards: 'Start opencode anew.',
}
