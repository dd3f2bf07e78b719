import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { AgoraError } from '../base/errors.ts'
import { shortEnd, title } from './text.ts'
import { ApprovalAsked, type Tool, type ToolContext } from './tool.ts'

/** What a tool answered, or why it did not. */
export interface Result {
  text: string
  data?: object | undefined
  isError?: true
  /** What waits for the operator. */
  approval?: { id: string; summary: string }
}

/**
 * The text is in both: there are clients whose model is shown what is structured and nothing else, and such that show it the text alone. What is structured beside
 * it holds ids and states, and nothing that others wrote.
 */
export const toolResult = ({ text, data, isError }: Result): CallToolResult => ({
  content: [{ type: 'text', text }],
  ...(data ? { structuredContent: { text, ...data } } : {}),
  ...(isError ? { isError } : {}),
})

/** Runs a tool; what it throws becomes an answer that a model can use. */
export async function runTool(one: Tool, input: unknown, context: ToolContext): Promise<Result> {
  const parsed = one.input.safeParse(input)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.') ?? ''
    const hint = `Fields of ${one.name}: ${Object.keys(one.input.shape).join(', ') || 'none'}.`
    return failed(new AgoraError('invalid_input', `${field}: ${issue?.message}`, { field, hint }))
  }
  try {
    return await one.run(parsed.data, context)
  } catch (error) {
    if (error instanceof ApprovalAsked) {
      const { id, summary } = error.approval
      const text = `Waits for the operator, who decides this (approval ${shortEnd(id)}): ${title(summary, 500)}. You will get a message; go on with something else.`
      return { text, data: { approval_id: id }, approval: error.approval }
    }
    if (error instanceof AgoraError) return failed(asFieldOf(one, error))
    throw error
  }
}

/** What operations call what a tool calls otherwise. */
const OTHERWISE: Record<string, readonly string[]> = {
  project_id: ['project'],
  task_id: ['task'],
  thread_id: ['thread'],
  peer_name: ['peer', 'to'],
  did: ['peer'],
  name: ['peer', 'member', 'participants', 'room'],
  trust_level: ['trust'],
  body: ['text'],
  query: ['text'],
  note: ['text'],
  topic: ['text'],
  action: ['note'],
}

const NAMES = 'Names match whole: agora_list_peers and agora_list_friends show them, or give a DID.'
/** Where an agent finds what it may have meant; the hints of operations are for people at a terminal. */
const WHERE_TO_LOOK: Record<string, string> = {
  task: 'agora_project_tasks with action list shows the ids.',
  room: 'agora_rooms with action list shows them, create opens one.',
  thread: 'agora_threads with action list shows the ids.',
  id: 'Give it whole or its end, as it was shown in brackets.',
  message: 'Give it whole or its end, as it was shown in brackets.',
  reply_to: 'Give it whole or its end, as it was shown in brackets.',
  to: NAMES,
  peer: NAMES,
  participants: NAMES,
  assignee: 'agora_projects with project shows the team.',
  member: 'agora_projects with project shows the team.',
}

/** The same error, naming the field by which the tool takes it, and where to look. */
function asFieldOf({ input }: Tool, error: AgoraError): AgoraError {
  const { field = '', code, message, hint, candidates } = error
  const own = field in input.shape ? field : OTHERWISE[field]?.find((name) => name in input.shape)
  if (own === undefined) return error
  const text = message.startsWith(`${field}:`) ? `${own}${message.slice(field.length)}` : message
  const next = (code === 'not_found' || code === 'unknown_name' ? WHERE_TO_LOOK[own] : undefined) ?? hint
  return new AgoraError(code, text, {
    ...{ field: own, cause: error },
    ...(next === undefined ? {} : { hint: next }),
    ...(candidates === undefined ? {} : { candidates }),
  })
}

function failed({ code, message, field, hint, candidates }: AgoraError): Result {
  const next = hint ?? (candidates?.length ? `Perhaps: ${candidates.join(', ')}` : undefined)
  const text = [message, next].filter((line) => line !== undefined).map((line) => title(line, 1000))
  return { isError: true, text: text.join('\n'), data: { code, ...(field ? { field } : {}) } }
}
