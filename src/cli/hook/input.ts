import { z } from 'zod'

/** What a client tells a hook, as far as we look at it; Cursor has conversations for sessions, VS Code other names. */
const Told = z.object({
  session_id: z.string().optional(),
  conversation_id: z.string().optional(),
  sessionId: z.string().optional(),
  hook_event_name: z.string().optional(),
  /** Why the session began or ends. */
  source: z.string().optional(),
  reason: z.string().optional(),
  /** Whether the agent goes on only because a hook told it to. */
  stop_hook_active: z.boolean().optional(),
  /** Set within an agent of the agent, which the mail is not for. */
  agent_id: z.string().optional(),
})

export interface HookInput {
  session: string
  /** The client's own name for the event. */
  event: string | undefined
  reason: string
  isForced: boolean
  isInner: boolean
}

/** Whatever is no JSON of that shape tells nothing: a hook must not get in the way of the work. */
export function readInput(text: string): HookInput {
  const told = parsed(text)
  return {
    session: told.session_id ?? told.conversation_id ?? told.sessionId ?? '',
    event: told.hook_event_name,
    reason: told.reason ?? told.source ?? '',
    isForced: told.stop_hook_active ?? false,
    isInner: told.agent_id !== undefined,
  }
}

function parsed(text: string): z.output<typeof Told> {
  try {
    const read = Told.safeParse(JSON.parse(text))
    return read.success ? read.data : {}
  } catch {
    // Typed by a person, or of a client yet to be.
    return {}
  }
}
