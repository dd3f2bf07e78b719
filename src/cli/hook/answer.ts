import type { HookEvent } from '../setup/client.ts'

/** What a hook has to say to the agent. */
export interface Said {
  text: string
  /** At a stop: it is to go on. */
  isReason: boolean
}

/** The client's own names where it did not tell. */
const NAMES: Record<HookEvent, string> = {
  'session-start': 'SessionStart',
  'post-tool-use': 'PostToolUse',
  stop: 'Stop',
  'session-end': 'SessionEnd',
}

/** As that client expects it on standard output: Cursor in a form of its own, the others in that of Claude Code. */
export function answerOf(said: Said, event: HookEvent, client: string, name = NAMES[event]): string {
  const answer =
    client === 'cursor' ? forCursor(said) : client === 'vscode' ? forVsCode(said, name) : forClaudeCode(said, name)
  return `${JSON.stringify(answer)}\n`
}

const forCursor = ({ text, isReason }: Said) => (isReason ? { followup_message: text } : { additional_context: text })

const forClaudeCode = ({ text, isReason }: Said, hookEventName: string) =>
  isReason ? { decision: 'block', reason: text } : { hookSpecificOutput: { hookEventName, additionalContext: text } }

/** VS Code looks for all of it in a part for the event, and Copilot's command line, which runs the same hooks, outside. */
function forVsCode({ text, isReason }: Said, hookEventName: string) {
  const told = isReason ? { decision: 'block', reason: text } : { additionalContext: text }
  return { ...told, hookSpecificOutput: { hookEventName, ...told } }
}
