import { join } from 'node:path'
import { type ClientProgram, configFolder, type Places, serverEntry } from './client.ts'
import { jsonFormat } from './json-format.ts'

function userSettings(places: Places): string {
  const { env, platform, user } = places
  if (platform === 'win32') return join(env['APPDATA'] || join(user, 'AppData', 'Roaming'), 'Code', 'User')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Code', 'User')
  return join(configFolder(places), 'Code', 'User')
}

export const vscode: ClientProgram = {
  id: 'vscode',
  title: 'VS Code',
  agent: 'vscode',
  server: (scope, places, { server }) => ({
    paths: [join(scope === 'project' ? join(places.project, '.vscode') : userSettings(places), 'mcp.json')],
    format: jsonFormat,
    entries: [serverEntry('servers', server, { type: 'stdio' })],
  }),
  // Only a preview so far, and in a form of each harness.
  hooks: undefined,
  afterwards: 'VS Code shows the server above its entry in mcp.json: start it there.',
}
