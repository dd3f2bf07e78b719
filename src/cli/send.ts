import { nodeOf } from '../base/did.ts'
import { displayLine } from '../base/text.ts'
import type { Delivery } from '../capabilities/messaging/schema.ts'
import { conversationId, messageId } from '../client/ids.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { shownName } from './text.ts'
import { usageError } from './usage.ts'

const stages = ['sent', 'stored', 'shown', 'acknowledged'] as const
/** Seconds `send` waits to tell of the stage: long enough for a connected peer, short enough for a person. */
const PATIENCE = 3

export const sendCommands: Command[] = [
  {
    usage: 'send <body>',
    group: 'Messages',
    summary: 'Send a message to an agent, a node, or everybody known.',
    details:
      'Without --to it goes to the agents of this node and to connected peers of trust 1 or more. A body of `-` is read from standard input. It prints how far the message has come; what is queued is on disk and goes out by itself.',
    options: [
      {
        name: 'to',
        value: '<name>',
        meaning: 'an agent (claude-1), a node (bob), an agent there (claude-1@bob), or a DID',
      },
      { name: 'reply-to', value: '<id>', meaning: 'the message this answers' },
      { name: 'conversation', value: '<id>', meaning: 'the conversation it belongs to' },
      { name: 'wait-for', value: '<stage>', meaning: 'wait until it is (default stored)', choices: stages },
      { name: 'timeout', value: '<seconds>', meaning: `how long to wait for that, 0-300 (default ${PATIENCE})` },
    ],
    examples: [
      'agora send "Hello Bob!" --to bob',
      'agora send "Please review my branch" --to claude-1@bob --as codex-1',
      'git diff | agora send - --to bob',
      'agora send "Thanks" --to bob --reply-to 7f3a91bc --wait-for shown --timeout 60',
    ],
    run: send,
  },
]

async function send(context: Context): Promise<number> {
  const { inputs, io } = context
  const typed = inputs.arg('body')
  const body = typed === '-' ? await io.read() : typed
  if (body.trim() === '') throw usageError('There is nothing to send: the body is empty.')
  const replyTo = inputs.text('reply-to')
  const conversation = inputs.text('conversation')
  const stage = inputs.text('wait-for') as (typeof stages)[number] | undefined
  const answer = await context.call('messages.send', {
    body,
    to: inputs.text('to'),
    reply_to: replyTo === undefined ? undefined : await messageId(context.call, replyTo),
    conversation_id: conversation === undefined ? undefined : await conversationId(context.call, conversation),
    wait_for: stage ?? 'stored',
    timeout: inputs.number('timeout', 0, 300) ?? PATIENCE,
  })
  const deliveries = answer.items ?? ('stage' in answer && answer.stage ? [answer as Delivery] : [])
  await context.answer(answer, async () => {
    if (deliveries.length === 0)
      return 'Nobody to send to: no agent on this node, and no peer of trust 1 or more is connected.\n'
    const connected = await connectedPeers(context, deliveries)
    return deliveries.map((delivery) => deliveryText(delivery, connected, context)).join('')
  })
  return deliveries.length === 0 || deliveries.some((delivery) => isLost(delivery)) ? 1 : 0
}

const isLost = ({ stage }: Delivery): boolean => stage === 'failed' || stage === 'expired'

/** The nodes that are connected, asked for only when it explains why a message still waits. */
async function connectedPeers(context: Context, deliveries: Delivery[]): Promise<Set<string>> {
  if (!deliveries.some((delivery) => delivery.stage === 'queued')) return new Set()
  const { items } = await context.call('node.peers', {})
  return new Set(items.map((peer) => peer.did))
}

function deliveryText(delivery: Delivery, connected: Set<string>, context: Context): string {
  const { style } = context
  const local = nodeOf(delivery.to) === context.daemon().did
  const words = stageWords(delivery, { local, connected: connected.has(nodeOf(delivery.to)) })
  const colour = isLost(delivery) ? style.red : delivery.stage === 'queued' ? style.yellow : style.green
  return `${colour(words)}  ${style.dim(`id ${delivery.id}`)}\n`
}

/** What a stage means, for somebody who has never heard of stages. */
function stageWords(delivery: Delivery, { local, connected }: { local: boolean; connected: boolean }): string {
  const to = shownName(delivery.to_name)
  const node = shownName(delivery.to_name.split('@').at(-1) ?? '')
  switch (delivery.stage) {
    case 'queued':
      return connected
        ? `queued: ${node} is connected but has not confirmed it yet`
        : `queued: ${node} is not connected; it goes out when it is`
    case 'sent':
      return `sent to ${node}, not confirmed yet`
    case 'stored':
      if (delivery.note === 'request')
        return `stored on ${node}, whose operator does not know you: it waits to be accepted`
      return `${local ? `stored in the inbox of ${to}` : `stored on ${node} for ${to === node ? 'its operator' : to}`}${afterwards(delivery.note)}`
    case 'shown':
      return `shown to ${to}`
    case 'acknowledged':
      return `acknowledged by ${to}`
    case 'expired':
      return `expired: ${node} was not reached in time`
    case 'failed':
      return `failed: ${reasonWords(delivery, node)}`
  }
}

const afterwards = (note: string | undefined): string => {
  const words = noteWords(note)
  return words === undefined ? '' : `; ${words}`
}

/** What is noted on a stage; a later version may say more than we know. */
export function noteWords(note: string | undefined): string | undefined {
  switch (note) {
    case undefined:
      return undefined
    case 'request':
      return 'it waits to be accepted'
    case 'waking':
      return 'nobody was there: being woken'
    case 'woken':
      return 'woken'
    case 'awake':
      return 'there already'
    case 'wake_idle':
      return 'woken, and has not read it yet'
    case 'wake_failed':
      return 'waking failed'
    case 'wake_denied':
      return 'not woken: not now, or no more today, or never'
    default:
      return displayLine(note)
  }
}

export function reasonWords({ reason, to_name }: Pick<Delivery, 'reason' | 'to_name'>, node: string): string {
  switch (reason) {
    case 'unknown_agent':
      return `${node} has no agent ${shownName(to_name.split('@')[0] ?? '')}`
    case 'requests_full':
      return `${node} does not know you and takes no more mail until its operator accepts you`
    case 'not_permitted':
      return `${node} does not take it from you`
    case 'clock_skew':
      return `the clocks of this machine and of ${node} differ by more than 10 minutes`
    case 'expired':
      return `${node} got it after its time to live`
    case 'too_large':
      return 'it is too large'
    case 'too_soon':
      return `${node} has heard enough of this for now`
    default:
      return reason ?? 'no reason was given'
  }
}
