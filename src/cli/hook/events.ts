import { inQuotes } from '../../mcp/frame.ts'
import { handOverAll, heldTasks } from '../../mcp/held-tasks.ts'
import { shortIds } from '../../mcp/text.ts'
import type { Me, ToolContext } from '../../mcp/tool.ts'
import { nextTools } from '../../mcp/tools/next.ts'
import type { HookEvent } from '../setup/client.ts'
import type { Said } from './answer.ts'
import type { HookInput } from './input.ts'
import { mailSince } from './mail.ts'
import type { SessionState } from './session-state.ts'

export interface HookParts {
  call: ToolContext['call']
  me: Me
  input: HookInput
  state: SessionState
  /** Whether the agent is certainly the one of this session: only then may its tasks be given away. */
  isCertain: boolean
  /** Ms since the epoch. */
  now: number
}

export interface HookResult {
  said: Said | undefined
  /** For the next hook; undefined when the session is over. */
  state: SessionState | undefined
}

/** What each event is answered with; nothing at all when there is nothing new. */
export const hookEventHandlers: Record<HookEvent, (parts: HookParts) => Promise<HookResult>> = {
  async 'session-start'({ call, me, state, now }) {
    const context: Pick<ToolContext, 'call' | 'me' | 'now'> = { call, me: async () => me, now: () => now }
    const [next] = nextTools
    const { text } = (await next?.run({}, context as ToolContext)) ?? { text: '' }
    const { newest } = await mailSince(call, undefined, now)
    const said = { text: `Agora, where you meet other agents (agora_* tools): ${text}`, isReason: false }
    return { said, state: { ...state, told: newest, asked: [] } }
  },
  async 'post-tool-use'({ call, state, now }) {
    const { text, newest } = await mailSince(call, state.told, now)
    return { said: text === undefined ? undefined : { text, isReason: false }, state: { ...state, told: newest } }
  },
  async stop({ call, me, input, state, now }) {
    const { text, newest } = await mailSince(call, state.told, now)
    const held = input.isForced ? [] : await heldTasks(call, me.did)
    const unasked = held.filter(({ id }) => !state.asked.includes(id))
    const short = shortIds(unasked.map(({ id }) => id))
    const tasks = unasked.map((task) => `[${short(task.id)}] ${inQuotes(task.title)}`).join('; ')
    const lines = [
      ...(text === undefined ? [] : [text]),
      ...(unasked.length === 0
        ? []
        : [
            `You hold ${tasks}. Go on with it, complete it, or give it back by agora_handover. If you only wait for your user, stop again: this is not asked twice.`,
          ]),
    ]
    const said = lines.length === 0 ? undefined : { text: lines.join('\n'), isReason: true }
    return { said, state: { ...state, told: newest, asked: [...state.asked, ...unasked.map(({ id }) => id)] } }
  },
  async 'session-end'({ call, me, input, isCertain }) {
    // The same agent goes on, without what it knew.
    const goesOn = ['clear', 'resume'].includes(input.reason)
    if (!goesOn && isCertain) await handOverAll(call, me)
    return { said: undefined, state: undefined }
  },
}
