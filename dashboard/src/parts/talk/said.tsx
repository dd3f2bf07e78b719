import { Button, UnstyledButton } from '@mantine/core'
import { IconArrowBackUp, IconEraser } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { Foreign, ForeignMarkdown, Name, type Person } from '../foreign.tsx'
import { absoluteText } from '../moment.tsx'
import { timeText } from './days.ts'
import classes from './said.module.css'

/** What a message answers, as far as it is here. */
export interface Quote {
  from?: Person
  body?: string
  onGo(): void
}

interface Props {
  from: Person
  /** Beside the name: role, trust. */
  about?: ReactNode
  at: string
  body: string
  redacted?: boolean
  quote?: Quote | undefined
  /** Whom it names, as the message itself says. */
  names?: ReactNode
  /** It is for the reader. */
  isForMe?: boolean
  /** It goes on from the one in front of it, by the same author. */
  follows?: boolean
  /** It was looked for. */
  isAim?: boolean
  /** How far it has come. */
  state?: ReactNode
  onReply?: (() => void) | undefined
  onRedact?: (() => void) | undefined
  tools?: ReactNode
  /** Called when its end is on the screen. */
  onSeen?: (() => void) | undefined
}

/** One message. Who and when are the dashboard's words; what was said stands in a box that it cannot leave. */
export function SaidMessage(props: Props) {
  const {
    from,
    about,
    at,
    body,
    redacted,
    quote,
    names,
    isForMe,
    follows,
    isAim,
    state,
    onReply,
    onRedact,
    tools,
    onSeen,
  } = props
  const name = displayLine(from.name)
  const mark = [!follows && classes['begin'], isForMe && classes['me'], isAim && classes['aim']].filter(Boolean)
  return (
    <article className={[classes['said'], ...mark].join(' ')} aria-label={`${name}, ${timeText(at)}`} tabIndex={-1}>
      {!follows && (
        <div className={classes['head']}>
          <Name who={from} fw={600} tip={false} />
          {about}
          <Time at={at} />
          {names}
        </div>
      )}
      {quote && <Quoted quote={quote} />}
      <div className={classes['body']}>
        {redacted ? <div className={classes['gone']}>The text was taken away.</div> : <Body text={body} />}
      </div>
      {state !== undefined && <div className={classes['small']}>{state}</div>}
      {onSeen && <End onSeen={onSeen} />}
      <div className={classes['tools']}>
        {tools}
        {onReply && (
          <Tool label={`Reply to ${name}, ${timeText(at)}`} onUse={onReply}>
            <IconArrowBackUp size={16} aria-hidden />
          </Tool>
        )}
        {onRedact && !redacted && (
          <Tool label={`Take away the text of ${name}, ${timeText(at)}`} onUse={onRedact}>
            <IconEraser size={16} aria-hidden />
          </Tool>
        )}
      </div>
    </article>
  )
}

/** A plain button: rows come by the dozen in a frame when one scrolls fast, and each piece of a component library is paid in each. */
export const Tool = ({ label, onUse, children }: { label: string; onUse(): void; children: ReactNode }) => (
  <button type="button" className={classes['tool']} aria-label={label} title={label} onClick={onUse}>
    {children}
  </button>
)

/** Where a message ends: who sees this can have seen all of it. */
function End({ onSeen }: { onSeen(): void }) {
  const place = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) onSeen()
    })
    if (place.current) watch.observe(place.current)
    return () => watch.disconnect()
  }, [onSeen])
  return <span ref={place} className={classes['end']} />
}

const Time = ({ at }: { at: string }) => (
  <time className={classes['small']} dateTime={at} title={absoluteText(at)}>
    {timeText(at)}
  </time>
)

const number = new Intl.NumberFormat()
/** Of a text that would fill pages only the beginning is laid out until it is asked for. */
const LONG = 4000
const BEGINNING = 1500
/** What has no mark of Markdown in it needs no parser. */
const PLAIN = /^[^*_`#>[\]|~<\\\n]*$/u

function Body({ text }: { text: string }) {
  const [whole, setWhole] = useState(false)
  if (text.length > LONG && !whole) {
    return (
      <>
        <Foreign text={`${text.slice(0, BEGINNING)}…`} />
        <Button variant="subtle" size="compact-xs" onClick={() => setWhole(true)}>
          Show all {number.format(text.length)} characters
        </Button>
      </>
    )
  }
  return PLAIN.test(text) && !text.includes('://') && !text.includes('www.') ? (
    <Foreign text={text} />
  ) : (
    <ForeignMarkdown text={text} />
  )
}

function Quoted({ quote: { from, body, onGo } }: { quote: Quote }) {
  return (
    <UnstyledButton className={classes['quote'] as string} onClick={onGo}>
      <span className={classes['answers']}>
        <IconArrowBackUp size={12} aria-hidden style={{ flex: 'none' }} />
        <span className="agora-visually-hidden">Go to what it answers:</span>
        {from ? (
          <>
            <Name who={from} fw={500} icon={false} tip={false} />
            <span className={`agora-foreign ${classes['quoted']}`}>
              {body === undefined || body === '' ? '…' : displayLine(body.slice(0, 200))}
            </span>
          </>
        ) : (
          <span>an earlier message</span>
        )}
      </span>
    </UnstyledButton>
  )
}

/** By the same author, and soon after. */
const SOON = 5 * 60_000
export const isSequel = (
  one: { from: Person; sent_at: string },
  before: { from: Person; sent_at: string } | undefined,
): boolean => before?.from.did === one.from.did && Date.parse(one.sent_at) - Date.parse(before.sent_at) < SOON
