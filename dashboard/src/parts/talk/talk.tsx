import { notifications } from '@mantine/notifications'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { Person } from '../foreign.tsx'
import { Failed, Loading } from '../states.tsx'
import { Composer, type ComposerHandle, type ReplyTo } from './composer.tsx'
import type { Candidate } from './mentions.ts'
import { MessageLog } from './message-log.tsx'
import { isSequel, SaidMessage } from './said.tsx'
import type { TalkLog } from './talk-log.ts'
import { isPending, usePending } from './use-pending.ts'

export interface Spoken {
  id: string
  sent_at: string
  from: Person
  body: string
  redacted?: boolean
  reply_to?: string | undefined
}

/** What one kind of talk shows beside what all of them do. */
export interface Details {
  about?: ReactNode
  names?: ReactNode
  isForMe?: boolean
  state?: ReactNode
  onRedact?: (() => void) | undefined
  /** More that can be done with it. */
  tools?: ReactNode
  /** Called when its end was on the screen. */
  onSeen?: () => void
  /** Nobody answers it. */
  mute?: boolean
}

interface Props<Item extends Spoken> {
  log: TalkLog<Item>
  me: Person
  /** Names what is written here among drafts. */
  place: string
  /** Of the list of messages. */
  label: string
  /** Of the text field. */
  prompt: string
  draft(text: string, replyTo: string | undefined): Item
  send(text: string, replyTo: string | undefined): Promise<Item>
  /** Stable. */
  details(item: Item): Details
  names?: readonly Candidate[]
  closed?: ReactNode
  options?: ReactNode
  empty: ReactNode
  /** Goes to this message whenever `at` is another. */
  find?: { id: string; at: number } | undefined
}

/** Messages somewhere, and the place to say something. */
export function Talk<Item extends Spoken>(props: Props<Item>) {
  const { log, me, place, label, prompt, draft, send, details, names, closed, options, empty, find } = props
  const [replyTo, setReplyTo] = useState<ReplyTo>()
  const [goTo, setGoTo] = useState<{ id: string; at: number }>()
  const composer = useRef<ComposerHandle>(null)
  const { items, say } = usePending(log)
  const { seek } = log

  const go = useCallback(
    async (id: string) => {
      if (await seek(id)) setGoTo({ id, at: performance.now() })
      else notifications.show({ message: 'That message is not here, or too far back.', color: 'orange' })
    },
    [seek],
  )
  const wish = find?.at
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes there once for each wish
  useEffect(() => {
    if (find && items) void go(find.id)
  }, [wish, items === undefined])

  const known = useRef(items)
  known.current = items
  const aim = goTo?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is quoted may be another now, too
  const row = useCallback(
    (item: Item, before: Item | undefined) => {
      const { mute, ...rest } = details(item)
      const signing = isPending(item)
      return (
        <SaidMessage
          from={item.from}
          at={item.sent_at}
          body={item.body}
          redacted={item.redacted ?? false}
          quote={item.reply_to === undefined ? undefined : quoteOf(known.current ?? [], item.reply_to, go)}
          follows={item.reply_to === undefined && rest.names === undefined && isSequel(item, before)}
          isAim={item.id === aim}
          onReply={
            signing || mute
              ? undefined
              : () => setReplyTo({ id: item.id, from: item.from, body: item.redacted ? '' : item.body })
          }
          {...rest}
          {...(signing && { state: 'Signing…', onRedact: undefined })}
        />
      )
    },
    [details, aim, go, log.changes],
  )
  const announce = useCallback(
    (item: Item) =>
      item.from.did === me.did ? undefined : `${displayLine(item.from.name)}: ${displayLine(item.body.slice(0, 300))}`,
    [me.did],
  )

  if (items === undefined) return log.error ? <Failed error={log.error} onRetry={log.retry} /> : <Loading lines={8} />
  return (
    <>
      {log.error && <Failed error={log.error} onRetry={log.retry} />}
      <MessageLog
        items={items}
        hasOlder={log.hasOlder}
        loadOlder={log.loadOlder}
        row={row}
        announce={announce}
        label={label}
        goTo={goTo}
        empty={empty}
      />
      <Composer
        ref={composer}
        key={place}
        place={place}
        label={prompt}
        send={async (text, answers) => void (await say(draft(text, answers), () => send(text, answers)))}
        replyTo={replyTo}
        onReplyTo={setReplyTo}
        closed={closed}
        options={options}
        {...(names && { names })}
      />
    </>
  )
}

/** Answers stand soon behind what they answer. */
const NEAR = 2000

function quoteOf(items: Spoken[], id: string, go: (id: string) => void) {
  const onGo = () => go(id)
  for (let index = items.length - 1, looked = 0; index >= 0 && looked < NEAR; index--, looked++) {
    const one = items[index]
    if (one?.id === id) return { from: one.from, body: one.redacted ? '' : one.body, onGo }
  }
  return { onGo }
}
