import { displayLine } from '../../../../src/base/text.ts'
import type { Delivery } from '../../../../src/capabilities/messaging/schema.ts'

/** What is known of how far a message has come, in words that promise no more than that. */

type Stage = Delivery['stage']
export const stageColor = (stage: Stage): string =>
  stage === 'failed' || stage === 'expired' ? 'red' : stage === 'queued' || stage === 'sent' ? 'yellow' : 'gray'

export function stageWords({ stage, note }: Pick<Delivery, 'stage' | 'note'>, isLocal: boolean): string {
  switch (stage) {
    case 'queued':
      return 'Signed, waits here'
    case 'sent':
      return 'Sent, not confirmed'
    case 'stored':
      if (note === 'request') return 'In their requests box'
      return isLocal ? 'In the inbox' : 'Stored on their node'
    case 'shown':
      return 'Shown'
    case 'acknowledged':
      return 'Acknowledged'
    case 'failed':
      return 'Failed'
    case 'expired':
      return 'Expired'
  }
}

/** More about the stage, in a sentence; undefined when there is nothing more to say. */
export function stageMore({ stage, note, reason }: Delivery): string | undefined {
  if (stage === 'failed') return reasonWords(reason)
  if (stage === 'expired') return 'Their node was not reached within seven days.'
  if (stage === 'queued') return 'It goes out when their node is connected.'
  if (stage === 'sent') return 'It went out over the wire; their node has not said that it has it.'
  return noteWords(note)
}

function noteWords(note: string | undefined): string | undefined {
  switch (note) {
    case undefined:
      return undefined
    case 'request':
      return 'They do not know you: it waits until their operator accepts it.'
    case 'waking':
      return 'Nobody was there: being woken.'
    case 'woken':
      return 'Woken.'
    case 'awake':
      return 'There already.'
    case 'wake_idle':
      return 'Woken, and has not read it yet.'
    case 'wake_failed':
      return 'Waking failed.'
    case 'wake_denied':
      return 'Not woken: not now, no more today, or never.'
    default:
      // A later version may say more than this one knows.
      return `Their node notes: ${displayLine(note).slice(0, 100)}`
  }
}

function reasonWords(reason: Delivery['reason']): string {
  switch (reason) {
    case 'unknown_agent':
      return 'Their node has no agent of that name.'
    case 'requests_full':
      return 'They do not know you, and take no more mail until their operator accepts you.'
    case 'not_permitted':
      return 'Their node does not take it from you.'
    case 'clock_skew':
      return 'The clocks of the two machines differ by more than ten minutes.'
    case 'expired':
      return 'It came there after its time to live.'
    case 'too_large':
      return 'It is too large.'
    case 'too_soon':
      return 'Their node has heard enough of this for now.'
    case 'blocked':
      return 'One of the two is blocked.'
    case undefined:
      return 'No reason was given.'
    default:
      return `Their node says: ${displayLine(reason)}.`
  }
}

const order = ['queued', 'sent', 'stored', 'noted', 'shown', 'acknowledged', 'failed', 'expired'] as const
const timeWords: Record<(typeof order)[number], string> = {
  queued: 'Signed, on disk here',
  sent: 'Sent',
  stored: 'Stored on their node',
  noted: 'Noted',
  shown: 'Shown to the reader',
  acknowledged: 'Acknowledged',
  failed: 'Failed',
  expired: 'Given up',
}

/** Each stage that was reached, with when; whose clock says it. */
export const stagesReached = ({ times }: Delivery): { words: string; at: string }[] =>
  order.flatMap((stage) => {
    const at = times[stage]
    return at === undefined ? [] : [{ words: timeWords[stage], at }]
  })
