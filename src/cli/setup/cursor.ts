import { join } from 'node:path'
import { type ClientProgram, hookEvents, isOurHook, type Places, type Scope, serverEntry } from './client.ts'
import { jsonFormat } from './json-format.ts'
import { shellLine } from './launch.ts'

const names = {
  'session-start': 'sessionStart',
  'post-tool-use': 'postToolUse',
  stop: 'stop',
  'session-end': 'sessionEnd',
} as const

const folder = (scope: Scope, { user, project }: Places) => join(scope === 'project' ? project : user, '.cursor')

export const cursor: ClientProgram = {
  id: 'cursor',
  title: 'Cursor',
  agent: 'cursor',
  server: (scope, places, { server }) => ({
    paths: [join(folder(scope, places), 'mcp.json')],
    format: jsonFormat,
    entries: [serverEntry('mcpServers', server)],
  }),
  hooks: (scope, places, { hook }) => ({
    paths: [join(folder(scope, places), 'hooks.json')],
    format: jsonFormat,
    entries: [
      { path: ['version'], value: 1, isShared: true },
      ...hookEvents.map((event) => ({
        path: ['hooks', names[event]],
        value: { command: shellLine(hook(event)), timeout: 10 },
        isOurs: isOurHook,
      })),
    ],
  }),
  afterwards: 'Switch the server on under Cursor Settings, MCP, when it is not.',
}
