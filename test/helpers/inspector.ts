import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const program = join(import.meta.dirname, '../../node_modules/@modelcontextprotocol/inspector-cli/build/cli.js')
const run = promisify(execFile)

/** An entry of a client's configuration, as `.mcp.json` has it. */
export type McpEntry =
  | { type: 'stdio'; command: string; args: string[]; env: Record<string, string> }
  | { type: 'streamable-http'; url: string }

/** The Inspector's command-line mode, a process of its own with a server of its own each time; answers what it prints. */
export async function inspector(agora: McpEntry, ...flags: string[]): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'agora-inspector-'))
  const config = join(folder, '.mcp.json')
  writeFileSync(config, JSON.stringify({ mcpServers: { agora } }))
  // It starts a `node` of its own: the one that runs here.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` }
  try {
    const { stdout } = await run(process.execPath, [program, '--cli', '--config', config, ...flags], {
      env,
      // Where it looks for its own package.json.
      cwd: dirname(program),
    })
    return JSON.parse(stdout)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
