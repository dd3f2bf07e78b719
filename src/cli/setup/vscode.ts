import { join } from 'node:path'
import {
  type ClientProgram,
  configFolder,
  hookEvents,
  isOurHook,
  type Places,
  type Scope,
  serverEntry,
} from './client.ts'
import { jsonFormat } from './json-format.ts'
import { shellLine } from './launch.ts'

/** Names of events in capitals: what they are told is then alike in VS Code and in Copilot's command line, which read the same files. */
const names = {
  'session-start': 'SessionStart',
  'post-tool-use': 'PostToolUse',
  stop: 'Stop',
  'session-end': 'SessionEnd',
} as const

function userSettings(places: Places): string {
  const { env, platform, user } = places
  if (platform === 'win32') return join(env['APPDATA'] || join(user, 'AppData', 'Roaming'), 'Code', 'User')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Code', 'User')
  return join(configFolder(places), 'Code', 'User')
}

const hooksFolder = (scope: Scope, { env, user, project }: Places): string =>
  scope === 'project' ? join(project, '.github', 'hooks') : join(env['COPILOT_HOME'] || join(user, '.copilot'), 'hooks')

export const vscode: ClientProgram = {
  id: 'vscode',
  title: 'VS Code',
  agent: 'vscode',
  server: (scope, places, { server }) => ({
    paths: [join(scope === 'project' ? join(places.project, '.vscode') : userSettings(places), 'mcp.json')],
    format: jsonFormat,
    entries: [serverEntry('servers', server, { type: 'stdio' })],
  }),
  hooks: (scope, places, { hook }) => ({
    paths: [join(hooksFolder(scope, places), 'agora.json')],
    format: jsonFormat,
    entries: [
      { path: ['version'], value: 1, isShared: true },
      ...hookEvents.map((event) => ({
        path: ['hooks', names[event]],
        value: { type: 'command', command: shellLine(hook(event)), timeout: 10 },
        isOurs: isOurHook,
      })),
    ],
  }),
  afterwards: 'VS Code shows the server above its entry in mcp.json: start it there.',
}
