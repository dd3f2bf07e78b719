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
export function answerOf({ text, isReason }: Said, event: HookEvent, client: string, name = NAMES[event]): string {
  const answer =
    client === 'cursor'
      ? isReason
        ? { followup_message: text }
        : { additional_context: text }
      : isReason
        ? { decision: 'block', reason: text }
        : { hookSpecificOutput: { hookEventName: name, additionalContext: text } }
  return `${JSON.stringify(answer)}\n`
}
