import { claudeCode } from './claude-code.ts'
import type { ClientProgram } from './client.ts'
import { codex } from './codex.ts'
import { cursor } from './cursor.ts'
import { gemini } from './gemini.ts'
import { opencode } from './opencode.ts'
import { vscode } from './vscode.ts'

export const clients: readonly ClientProgram[] = [claudeCode, codex, cursor, gemini, opencode, vscode]
